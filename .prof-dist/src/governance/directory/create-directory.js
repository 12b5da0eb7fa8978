"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createDirectory = createDirectory;
const follow_changes_1 = require("../follow-changes");
const spans_1 = require("../spans");
const directory_tables_1 = require("./directory-tables");
const LOAD_PAGE = 1000;
/** Accounts read and put in place in one piece when changes are applied; between pieces the loop is free. */
const REPLACE_PIECE = 100;
/**
 * The directory in memory: loaded once in pages, then kept in step by the change log.
 * Nothing can be looked up before `start` has loaded it.
 */
function createDirectory(store, clock) {
    let tables = (0, directory_tables_1.emptyTables)();
    let origins = null;
    const follower = (0, follow_changes_1.followChanges)({
        name: 'directory',
        log: store,
        clock,
        keyOf: (row) => `${row.kind}:${row.key}`,
        async load() {
            tables = await loadTables(store);
            origins = null;
        },
        async replace(rows) {
            await replaceTouched(store, tables, rows);
            if (rows.some((row) => row.kind === 'application'))
                origins = null;
        },
    });
    const usable = () => {
        follower.assertUsable();
        return tables;
    };
    const isActive = (account, atMs) => {
        if (account === undefined || (0, spans_1.standingAt)(account.standings, atMs) !== 'active')
            return false;
        const organization = tables.organizations.get(account.organization);
        return organization !== undefined && (0, spans_1.standingAt)(organization.standings, atMs) === 'active';
    };
    return {
        get version() {
            return follower.version;
        },
        findAccount(issuer, subject, environment) {
            const { bySubject } = usable();
            if (typeof issuer !== 'string' || typeof subject !== 'string')
                return undefined;
            const account = bySubject.get(environment)?.get(issuer)?.get(subject)?.account;
            return account?.subject === subject && account.issuer === issuer && account.environment === environment ? account : undefined;
        },
        account: (id) => (typeof id === 'string' ? usable().accounts.get(id)?.account : undefined),
        organization: (id) => (typeof id === 'string' ? usable().organizations.get(id) : undefined),
        findApplication(issuer, clientId, environment) {
            const { byClient } = usable();
            if (typeof issuer !== 'string' || typeof clientId !== 'string')
                return undefined;
            return byClient.get(environment)?.get(issuer)?.get(clientId);
        },
        memberships(accountId, system, environment) {
            const all = usable().accounts.get(accountId)?.memberships ?? NONE;
            const fits = (one) => one.system === system && one.environment === environment;
            return all.every(fits) ? all : all.filter(fits);
        },
        supervises(supervisorId, staffId, system, environment, atMs) {
            const { accounts, byStaffId } = usable();
            const supervisor = accounts.get(supervisorId);
            if (supervisor === undefined || typeof staffId !== 'string' || staffId === '')
                return false;
            const holders = holdersAt(byStaffId.get(environment)?.get(system)?.get(staffId) ?? NONE, atMs);
            const holder = holders[0]?.account;
            if (holder === undefined || holder === supervisorId || holders.some((one) => one.account !== holder))
                return false;
            const supervisee = accounts.get(holder);
            if (supervisee === undefined || supervisee.account.person === supervisor.account.person)
                return false;
            return supervisor.supervises.some((edge) => edge.supervisee === holder && (0, spans_1.holdsAt)(edge, atMs));
        },
        isDelegated(actorId, personId, atMs) {
            const { accounts } = usable();
            if (actorId === personId || !isActive(accounts.get(actorId)?.account, atMs))
                return false;
            return accounts.get(personId)?.actors.some((one) => one.actor === actorId && (0, spans_1.holdsAt)(one, atMs)) ?? false;
        },
        hasRight(accountId, right, atMs) {
            const file = usable().accounts.get(accountId);
            if (file === undefined || !isActive(file.account, atMs))
                return false;
            return file.rights.some((one) => one.right === right && (0, spans_1.holdsAt)(one, atMs));
        },
        origins() {
            const nowMs = clock();
            const { applications } = usable();
            if (origins === null || nowMs >= origins.untilMs)
                origins = activeOrigins([...applications.values()], nowMs);
            return origins.values;
        },
        changedSince: (version, keys) => follower.changedSince(version, keys),
        start: () => follower.start(),
        catchUp: (atLeast) => follower.catchUp(atLeast),
        poll: (everyMs) => follower.poll(everyMs),
        state: () => ({ ...follower.state(), accounts: tables.accounts.size }),
    };
}
const NONE = [];
/**
 * Whose staff id it is: those who hold it; where nobody does, whoever held it last. A counselor who left is still the one to whom the
 * record is assigned until the data specialist reassigns it, and the supervisor reaches it meanwhile (WF1-09).
 */
function holdersAt(memberships, atMs) {
    const now = memberships.filter((one) => (0, spans_1.holdsAt)(one, atMs));
    if (now.length > 0)
        return now;
    const lastMs = Math.max(...memberships.map((one) => (one.toMs !== null && one.toMs <= atMs ? one.toMs : -Infinity)));
    return memberships.filter((one) => one.toMs === lastMs);
}
async function loadTables(store) {
    const tables = (0, directory_tables_1.emptyTables)();
    for (const one of await store.organizations(null))
        tables.organizations.set(one.id, one);
    for (const one of await store.applications(null))
        (0, directory_tables_1.putApplication)(tables, one);
    for (let after = null;;) {
        const page = await store.accountPage(after, LOAD_PAGE);
        for (const file of page)
            (0, directory_tables_1.putAccount)(tables, file);
        after = page.at(-1)?.account.id ?? null;
        if (page.length < LOAD_PAGE || after === null)
            return tables;
        await letOthersRun();
    }
}
async function replaceTouched(store, tables, rows) {
    const touched = (kind) => [...new Set(rows.filter((row) => row.kind === kind).map((row) => row.key))];
    const organizations = touched('organization');
    if (organizations.length > 0) {
        const found = new Map((await store.organizations(organizations)).map((one) => [one.id, one]));
        for (const id of organizations)
            putOrRemove(tables.organizations, id, found.get(id));
    }
    const applications = touched('application');
    if (applications.length > 0) {
        const found = new Map((await store.applications(applications)).map((one) => [one.id, one]));
        for (const id of applications)
            (0, directory_tables_1.putApplication)(tables, found.get(id), id);
    }
    const accounts = touched('account');
    for (let i = 0; i < accounts.length; i += REPLACE_PIECE) {
        const piece = accounts.slice(i, i + REPLACE_PIECE);
        const found = new Map((await store.accounts(piece)).map((file) => [file.account.id, file]));
        for (const id of piece) {
            (0, directory_tables_1.removeAccount)(tables, id);
            const file = found.get(id);
            if (file !== undefined)
                (0, directory_tables_1.putAccount)(tables, file);
        }
        await letOthersRun();
    }
}
function putOrRemove(map, key, value) {
    if (value === undefined)
        map.delete(key);
    else
        map.set(key, value);
}
function activeOrigins(applications, nowMs) {
    const values = new Set();
    let untilMs = Number.POSITIVE_INFINITY;
    for (const one of applications) {
        if ((0, spans_1.standingAt)(one.standings, nowMs) === 'active')
            for (const origin of one.origins)
                values.add(origin);
        for (const span of one.standings)
            if (span.fromMs > nowMs)
                untilMs = Math.min(untilMs, span.fromMs);
    }
    return { values, untilMs };
}
const letOthersRun = () => new Promise((resolve) => setImmediate(resolve));
