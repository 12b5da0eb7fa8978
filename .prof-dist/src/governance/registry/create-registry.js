"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createRegistry = createRegistry;
const follow_changes_1 = require("../follow-changes");
const interner_1 = require("../interner");
const sharded_map_1 = require("../sharded-map");
const record_key_1 = require("./record-key");
const LOAD_PAGE = 1000;
/** The registry in memory: loaded once in pages, then kept in step by the change log. */
function createRegistry(store, clock) {
    let table = emptyTable();
    const follower = (0, follow_changes_1.followChanges)({
        name: 'registry',
        log: store,
        clock,
        keyOf: (row) => row.key,
        async load() {
            table = await loadTable(store);
        },
        async replace(rows) {
            const names = [...new Set(rows.map((row) => row.key))].map(record_key_1.readRecordKey).filter((name) => name !== undefined);
            const found = new Map((await store.records(names)).map((row) => [(0, record_key_1.recordKey)(row), row]));
            for (const name of names)
                table.put(name, found.get((0, record_key_1.recordKey)(name)));
        },
    });
    return {
        get version() {
            return follower.version;
        },
        find(system, environment, recordId) {
            follower.assertUsable();
            return typeof recordId === 'string' ? table.find(system, environment, recordId) : undefined;
        },
        changedSince: (version, key) => follower.changedSince(version, [key]),
        recordKey: (system, environment, recordId) => (0, record_key_1.recordKey)({ system, environment, recordId }),
        start: () => follower.start(),
        catchUp: (atLeast) => follower.catchUp(atLeast),
        poll: (everyMs) => follower.poll(everyMs),
        state: () => ({ ...follower.state(), records: table.size() }),
    };
}
function emptyTable() {
    const bySystem = new Map();
    const share = (0, interner_1.createInterner)(65_536);
    const rowsOf = ({ system, environment }) => {
        let byEnvironment = bySystem.get(system);
        if (byEnvironment === undefined)
            bySystem.set(system, (byEnvironment = new Map()));
        let rows = byEnvironment.get(environment);
        if (rows === undefined)
            byEnvironment.set(environment, (rows = new sharded_map_1.ShardedMap()));
        return rows;
    };
    return {
        find: (system, environment, recordId) => bySystem.get(system)?.get(environment)?.get(recordId),
        put(name, row) {
            if (row === undefined)
                rowsOf(name).delete(name.recordId);
            else
                rowsOf(name).set(name.recordId, { ...row, codes: share(JSON.stringify(row.codes), row.codes) });
        },
        size: () => [...bySystem.values()].flatMap((one) => [...one.values()]).reduce((sum, rows) => sum + rows.size, 0),
    };
}
async function loadTable(store) {
    const table = emptyTable();
    for (let after = null;;) {
        const page = await store.recordPage(after, LOAD_PAGE);
        for (const row of page)
            table.put(row, row);
        after = page.at(-1) ?? null;
        if (page.length < LOAD_PAGE || after === null)
            return table;
        await new Promise((resolve) => setImmediate(resolve));
    }
}
