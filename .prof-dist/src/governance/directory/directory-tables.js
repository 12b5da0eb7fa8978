"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.emptyTables = emptyTables;
exports.putAccount = putAccount;
exports.removeAccount = removeAccount;
exports.putApplication = putApplication;
const interner_1 = require("../interner");
const sharded_map_1 = require("../sharded-map");
function emptyTables() {
    return {
        organizations: new Map(),
        applications: new Map(),
        byClient: new Map(),
        accounts: new sharded_map_1.ShardedMap(),
        bySubject: new Map(),
        byStaffId: new Map(),
        share: createSharing(),
    };
}
function putAccount(tables, given) {
    const file = tables.share(given);
    const { account } = file;
    tables.accounts.set(account.id, file);
    const byIssuer = within(tables.bySubject, account.environment, () => new Map());
    within(byIssuer, account.issuer, () => new sharded_map_1.ShardedMap()).set(account.subject, file);
    for (const one of file.memberships) {
        if (one.staffId === '')
            continue;
        const holders = holdersOf(tables, one);
        holders.set(one.staffId, [...(holders.get(one.staffId) ?? []), one]);
    }
}
function removeAccount(tables, id) {
    const file = tables.accounts.get(id);
    if (file === undefined)
        return;
    const { account } = file;
    tables.accounts.delete(id);
    const subjects = tables.bySubject.get(account.environment)?.get(account.issuer);
    // Another account may have taken the subject over in the same change.
    if (subjects?.get(account.subject)?.account.id === id)
        subjects.delete(account.subject);
    for (const one of file.memberships) {
        if (one.staffId === '')
            continue;
        const holders = holdersOf(tables, one);
        const left = (holders.get(one.staffId) ?? []).filter((other) => other.account !== id);
        if (left.length === 0)
            holders.delete(one.staffId);
        else
            holders.set(one.staffId, left);
    }
}
/** Puts the application in place of the one with that id; undefined removes it. */
function putApplication(tables, application, id = application?.id) {
    const before = id === undefined ? undefined : tables.applications.get(id);
    if (before !== undefined) {
        tables.applications.delete(before.id);
        const clients = tables.byClient.get(before.environment)?.get(before.issuer);
        if (clients?.get(before.clientId)?.id === before.id)
            clients.delete(before.clientId);
    }
    if (application === undefined)
        return;
    tables.applications.set(application.id, application);
    const byIssuer = within(tables.byClient, application.environment, () => new Map());
    within(byIssuer, application.issuer, () => new Map()).set(application.clientId, application);
}
function holdersOf(tables, one) {
    const bySystem = within(tables.byStaffId, one.environment, () => new Map());
    return within(bySystem, one.system, () => new sharded_map_1.ShardedMap());
}
function within(map, key, make) {
    const known = map.get(key);
    if (known !== undefined)
        return known;
    const made = make();
    map.set(key, made);
    return made;
}
/** Equal words, scopes and standings are kept once: at a million accounts they would fill the heap. */
function createSharing() {
    const words = (0, interner_1.createInterner)(65_536);
    const scopes = (0, interner_1.createInterner)(65_536);
    const lists = (0, interner_1.createInterner)(65_536);
    const spans = (0, interner_1.createInterner)(65_536);
    const word = (text) => words(text, text);
    return ({ account, memberships, supervises, actors, rights }) => ({
        account: {
            id: account.id,
            kind: word(account.kind),
            person: account.person,
            issuer: word(account.issuer),
            subject: account.subject,
            environment: word(account.environment),
            organization: word(account.organization),
            standings: spans(account.standings.map((span) => `${span.fromMs}${span.standing}`).join(), account.standings),
        },
        memberships: memberships.map((one) => ({
            id: one.id,
            account: account.id,
            system: word(one.system),
            environment: word(one.environment),
            workgroup: word(one.workgroup),
            staffId: one.staffId,
            scopes: scopes(JSON.stringify(one.scopes), one.scopes),
            privileges: lists(JSON.stringify(one.privileges), one.privileges),
            fromMs: one.fromMs,
            toMs: one.toMs,
        })),
        supervises: supervises.length === 0 ? NONE : supervises,
        actors: actors.length === 0 ? NONE : actors,
        rights: rights.length === 0 ? NONE : rights,
    });
}
const NONE = [];
