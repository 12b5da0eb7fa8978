"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.PrivacyTransaction0000000001203 = void 0;
const typeorm_1 = require("typeorm");
const columns_1 = require("./columns");
/** Privacy transactions as they were taken in; each id once (WF1-06). */
class PrivacyTransaction0000000001203 {
    name = 'PrivacyTransaction0000000001203';
    async up(queryRunner) {
        const column = await (0, columns_1.columnsFor)(queryRunner);
        await queryRunner.createTable(new typeorm_1.Table({
            name: 'privacy_transaction',
            columns: [
                column.identity('system', 64, { isPrimary: true }),
                column.identity('environment', 16, { isPrimary: true }),
                column.identity('transaction_id', 128, { isPrimary: true }),
                column.identity('record_id', 64),
                column.identity('action', 8),
                column.whole('effective_ms'),
                column.whole('source_sequence'),
                column.whole('received_ms'),
            ],
        }), true);
    }
    async down(queryRunner) {
        await queryRunner.dropTable('privacy_transaction', true);
    }
}
exports.PrivacyTransaction0000000001203 = PrivacyTransaction0000000001203;
