"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createPrivacyFeed = createPrivacyFeed;
const apply_privacy_batch_1 = require("./apply-privacy-batch");
const read_privacy_batch_1 = require("./read-privacy-batch");
/** The feed of privacy transactions (WF1-06). `caughtUp` brings the registry in memory up to the version just committed. */
function createPrivacyFeed(means) {
    return {
        read(text, format) {
            const { rows, problems, systems } = (0, read_privacy_batch_1.readPrivacyBatch)(text, format, means.clock());
            return {
                systems,
                transactions: rows.length,
                problems,
                async apply() {
                    const report = await means.store.changing(async (transaction) => {
                        if (problems.length > 0) {
                            return { outcome: 'refused', rows: [], problems, registryVersion: (await transaction.versions()).registry };
                        }
                        return (0, apply_privacy_batch_1.applyPrivacyBatch)(rows, means.clock(), transaction);
                    });
                    if (report.outcome === 'applied')
                        await means.caughtUp?.(report.registryVersion);
                    return report;
                },
            };
        },
    };
}
