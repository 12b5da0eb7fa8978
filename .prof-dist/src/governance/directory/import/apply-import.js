"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.applyImport = applyImport;
/**
 * Writes a plan without problems, and what it touched into the change logs, within the transaction that planned it.
 * Gives the versions in force after the commit; a plan that changes nothing raises none.
 */
async function applyImport(plan, transaction) {
    for (const writes of plan.writes)
        await write(writes, transaction);
    const before = await transaction.versions();
    const { directory, registry } = plan.touched;
    return {
        directory: directory.length === 0 ? before.directory : await transaction.publish('directory', directory),
        registry: registry.length === 0 ? before.registry : await transaction.publish('registry', registry),
    };
}
async function write({ kind, added, changed }, transaction) {
    if (added.length > 0)
        await transaction.insert(kind, added);
    if (changed.length > 0)
        await transaction.update(kind, changed);
}
