"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createDirectoryStore = createDirectoryStore;
const directory_change_log_1 = require("./directory-change-log");
const directory_columns_1 = require("./directory-columns");
/** Rows of one page of accounts are looked up by their ids, this many to a statement. */
const PIECE = 400;
/**
 * What the directory in memory is read from, on both engines. Raw rows: a million accounts are not hydrated.
 * Fails   whatever the database throws, and Error for a row that cannot be read.
 */
function createDirectoryStore(store) {
    return {
        ...(0, directory_change_log_1.createChangeLog)(store, 'directory'),
        organizations: (ids) => store.read(async (manager) => {
            const rows = await select(manager, 'SELECT id, name FROM organization', 'id', ids);
            const standings = await standingsOf(manager, 'organization', ids);
            return rows.map((row) => ({ id: (0, directory_columns_1.words)(row['id']), name: (0, directory_columns_1.words)(row['name']), standings: standings.get((0, directory_columns_1.words)(row['id'])) ?? NONE }));
        }),
        applications: (ids) => store.read(async (manager) => {
            const sql = 'SELECT id, issuer, client_id, environment, application_class, grants, origins FROM application';
            const rows = await select(manager, sql, 'id', ids);
            const standings = await standingsOf(manager, 'application', ids);
            return rows.map((row) => ({
                id: (0, directory_columns_1.words)(row['id']),
                issuer: (0, directory_columns_1.words)(row['issuer']),
                clientId: (0, directory_columns_1.words)(row['client_id']),
                environment: (0, directory_columns_1.environmentWord)(row['environment']),
                applicationClass: (0, directory_columns_1.words)(row['application_class']),
                grants: (0, directory_columns_1.fromJson)(row['grants']),
                origins: (0, directory_columns_1.fromJson)(row['origins']),
                standings: standings.get((0, directory_columns_1.words)(row['id'])) ?? NONE,
            }));
        }),
        accounts: (ids) => store.read(async (manager) => accountFiles(manager, await select(manager, ACCOUNTS, 'id', ids))),
        accountPage: (afterId, limit) => store.read(async (manager) => accountFiles(manager, await manager.query(`${ACCOUNTS} WHERE id > ? ORDER BY id LIMIT ${(0, directory_columns_1.wholeNumber)(limit)}`, [afterId ?? '']))),
    };
}
const NONE = [];
const ACCOUNTS = 'SELECT id, kind, person, issuer, subject, environment, organization FROM account';
async function accountFiles(manager, rows) {
    const ids = rows.map((row) => (0, directory_columns_1.words)(row['id']));
    const standings = await standingsOf(manager, 'account', ids);
    const memberships = groupBy((await select(manager, 'SELECT id, account, system, environment, workgroup, staff_id, scopes, privileges, from_ms, to_ms FROM membership', 'account', ids)).map(membership), (one) => one.account);
    const supervises = groupBy((await select(manager, 'SELECT supervisor, supervisee, from_ms, to_ms FROM supervision', 'supervisor', ids)).map((row) => ({ supervisor: (0, directory_columns_1.words)(row['supervisor']), supervisee: (0, directory_columns_1.words)(row['supervisee']), ...span(row) })), (one) => one.supervisor);
    const actors = groupBy((await select(manager, 'SELECT account, actor, from_ms, to_ms FROM delegation', 'account', ids)).map((row) => ({
        actor: (0, directory_columns_1.words)(row['actor']),
        account: (0, directory_columns_1.words)(row['account']),
        ...span(row),
    })), (one) => one.account);
    const rights = groupBy((await select(manager, 'SELECT account, right_word, from_ms, to_ms FROM admin_right', 'account', ids)).map((row) => ({
        account: (0, directory_columns_1.words)(row['account']),
        right: (0, directory_columns_1.words)(row['right_word']),
        ...span(row),
    })), (one) => one.account);
    return rows.map((row) => {
        const account = {
            id: (0, directory_columns_1.words)(row['id']),
            kind: (0, directory_columns_1.accountKind)(row['kind']),
            person: (0, directory_columns_1.words)(row['person']),
            issuer: (0, directory_columns_1.words)(row['issuer']),
            subject: (0, directory_columns_1.words)(row['subject']),
            environment: (0, directory_columns_1.environmentWord)(row['environment']),
            organization: (0, directory_columns_1.words)(row['organization']),
            standings: standings.get((0, directory_columns_1.words)(row['id'])) ?? NONE,
        };
        return {
            account,
            memberships: memberships.get(account.id) ?? NONE,
            supervises: supervises.get(account.id) ?? NONE,
            actors: actors.get(account.id) ?? NONE,
            rights: rights.get(account.id) ?? NONE,
        };
    });
}
const membership = (row) => ({
    id: (0, directory_columns_1.words)(row['id']),
    account: (0, directory_columns_1.words)(row['account']),
    system: (0, directory_columns_1.words)(row['system']),
    environment: (0, directory_columns_1.environmentWord)(row['environment']),
    workgroup: (0, directory_columns_1.words)(row['workgroup']),
    staffId: (0, directory_columns_1.words)(row['staff_id']),
    scopes: (0, directory_columns_1.fromJson)(row['scopes']),
    privileges: (0, directory_columns_1.fromJson)(row['privileges']),
    ...span(row),
});
const span = (row) => ({
    fromMs: (0, directory_columns_1.wholeNumber)(row['from_ms']),
    toMs: (0, directory_columns_1.wholeOrNull)(row['to_ms']),
});
async function standingsOf(manager, kind, ids) {
    const sql = `SELECT owner, standing, from_ms FROM standing`;
    const rows = await select(manager, sql, 'owner', ids, `owner_kind = '${kind}'`);
    const spans = new Map();
    for (const row of rows) {
        const owner = (0, directory_columns_1.words)(row['owner']);
        const list = spans.get(owner) ?? [];
        list.push({ standing: (0, directory_columns_1.standingWord)(row['standing']), fromMs: (0, directory_columns_1.wholeNumber)(row['from_ms']) });
        spans.set(owner, list);
    }
    for (const list of spans.values())
        list.sort((one, other) => one.fromMs - other.fromMs);
    return spans;
}
/** All rows, or those whose column is exactly one of the values. `sql`, `column` and `also` are ours, never a caller's text. */
async function select(manager, sql, column, values, also = '1 = 1') {
    if (values === null)
        return manager.query(`${sql} WHERE ${also}`);
    const wanted = new Set(values);
    const found = [];
    for (let i = 0; i < values.length; i += PIECE) {
        const piece = values.slice(i, i + PIECE);
        const rows = await manager.query(`${sql} WHERE ${also} AND ${column} IN (${piece.map(() => '?').join()})`, [...piece]);
        for (const row of rows)
            if (wanted.has((0, directory_columns_1.words)(row[column])))
                found.push(row);
    }
    return found;
}
function groupBy(values, keyed) {
    const groups = new Map();
    for (const value of values) {
        const group = groups.get(keyed(value));
        if (group === undefined)
            groups.set(keyed(value), [value]);
        else
            group.push(value);
    }
    return groups;
}
