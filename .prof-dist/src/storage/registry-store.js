"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createRegistryStore = createRegistryStore;
const directory_change_log_1 = require("./directory-change-log");
const directory_columns_1 = require("./directory-columns");
const RECORDS = 'SELECT system, environment, record_id, is_private, codes, version FROM record_registry';
const PIECE = 400;
/** What the registry in memory is read from, on both engines. */
function createRegistryStore(store) {
    return {
        ...(0, directory_change_log_1.createChangeLog)(store, 'registry'),
        records: (names) => store.read(async (manager) => {
            const found = [];
            for (const group of bySystem(names).values()) {
                const [first] = group;
                const wanted = new Set(group.map((name) => name.recordId));
                for (let i = 0; i < group.length; i += PIECE) {
                    const ids = group.slice(i, i + PIECE).map((name) => name.recordId);
                    const rows = await manager.query(`${RECORDS} WHERE system = ? AND environment = ? AND record_id IN (${ids.map(() => '?').join()})`, [first?.system, first?.environment, ...ids]);
                    found.push(...rows.map(registryRow).filter((row) => wanted.has(row.recordId)));
                }
            }
            return found;
        }),
        recordPage: (after, limit) => store.read(async (manager) => {
            const page = [];
            let group = after ?? (await nextGroup(manager, { system: '', environment: '' }));
            for (let lastId = after?.recordId ?? ''; group !== undefined && page.length < limit; lastId = '') {
                const rows = await manager.query(`${RECORDS} WHERE system = ? AND environment = ? AND record_id > ? ORDER BY record_id LIMIT ${(0, directory_columns_1.wholeNumber)(limit - page.length)}`, [group.system, group.environment, lastId]);
                page.push(...rows.map(registryRow));
                if (page.length < limit)
                    group = await nextGroup(manager, group);
            }
            return page;
        }),
    };
}
/** Step by step along the primary key: neither engine finds its way by one condition over three columns. */
async function nextGroup(manager, { system, environment }) {
    const columns = 'SELECT system, environment FROM record_registry';
    const [same] = await manager.query(`${columns} WHERE system = ? AND environment > ? ORDER BY environment LIMIT 1`, [
        system,
        environment,
    ]);
    const [row] = same ? [same] : await manager.query(`${columns} WHERE system > ? ORDER BY system, environment LIMIT 1`, [system]);
    return row && { system: (0, directory_columns_1.words)(row['system']), environment: (0, directory_columns_1.words)(row['environment']) };
}
const registryRow = (row) => ({
    system: (0, directory_columns_1.words)(row['system']),
    environment: (0, directory_columns_1.environmentWord)(row['environment']),
    recordId: (0, directory_columns_1.words)(row['record_id']),
    isPrivate: (0, directory_columns_1.flagOrNull)(row['is_private']),
    codes: (0, directory_columns_1.fromJson)(row['codes']),
    registryVersion: (0, directory_columns_1.wholeNumber)(row['version']),
});
function bySystem(names) {
    const groups = new Map();
    for (const name of names) {
        const key = JSON.stringify([name.system, name.environment]);
        const group = groups.get(key);
        if (group === undefined)
            groups.set(key, [name]);
        else
            group.push(name);
    }
    return groups;
}
