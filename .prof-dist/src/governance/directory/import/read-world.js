"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.keyOf = keyOf;
exports.readWorld = readWorld;
/** A row's natural key as JSON text of its parts: parts cannot run into each other. */
function keyOf(kind, given) {
    return JSON.stringify(KEYS[kind](given));
}
const KEYS = {
    organizations: (row) => [row.id],
    applications: (row) => [row.id],
    accounts: (row) => [row.id],
    standings: (row) => [row.of, row.id, row.fromMs],
    memberships: (row) => [row.id],
    supervision: (row) => [row.supervisor, row.supervisee, row.fromMs],
    delegations: (row) => [row.actor, row.account, row.fromMs],
    rights: (row) => [row.account, row.right, row.fromMs],
    records: (row) => [row.system, row.environment, row.recordId],
};
async function readWorld(rows, reader) {
    const of = (kind) => rows.filter((one) => one.kind === kind && one.row !== undefined).map((one) => one.row);
    const memberships = of('memberships');
    const supervision = of('supervision');
    const delegations = of('delegations');
    const rights = of('rights');
    const standings = of('standings');
    const organizationIds = unique([
        ...of('organizations').map((row) => row.id),
        ...of('accounts').map((row) => row.organization),
        ...standings.filter((row) => row.of === 'organization').map((row) => row.id),
        ...rights.filter((row) => row.right.startsWith('security-officer:')).map((row) => row.right.slice('security-officer:'.length)),
    ]);
    const applicationIds = unique([
        ...of('applications').map((row) => row.id),
        ...standings.filter((row) => row.of === 'application').map((row) => row.id),
    ]);
    const accountIds = unique([
        ...of('accounts').map((row) => row.id),
        ...memberships.map((row) => row.account),
        ...supervision.flatMap((row) => [row.supervisor, row.supervisee]),
        ...delegations.flatMap((row) => [row.actor, row.account]),
        ...rights.map((row) => row.account),
        ...standings.filter((row) => row.of === 'account').map((row) => row.id),
    ]);
    const membershipAccounts = unique(memberships.map((row) => row.account));
    const edges = await reader.find('supervision', 'supervisee', membershipAccounts);
    return {
        organizations: byKey('organizations', await reader.find('organizations', 'id', organizationIds)),
        applications: byKey('applications', await reader.find('applications', 'id', applicationIds)),
        accounts: byKey('accounts', await reader.find('accounts', 'id', accountIds)),
        standings: byKey('standings', await reader.find('standings', 'id', unique(standings.map((row) => row.id)))),
        memberships: byKey('memberships', await reader.find('memberships', 'id', memberships.map((row) => row.id))),
        supervision: byKey('supervision', await reader.find('supervision', 'supervisor', unique(supervision.map((row) => row.supervisor)))),
        delegations: byKey('delegations', await reader.find('delegations', 'account', unique(delegations.map((row) => row.account)))),
        rights: byKey('rights', await reader.find('rights', 'account', unique(rights.map((row) => row.account)))),
        records: byKey('records', await findRecords(of('records'), reader)),
        alike: {
            organizations: await reader.find('organizations', 'look', unique(of('organizations').map((row) => row.look))),
            applications: [
                ...(await reader.find('applications', 'look', unique(of('applications').map((row) => row.look)))),
                ...(await reader.find('applications', 'clientId', unique(of('applications').map((row) => row.clientId)))),
            ],
            accounts: [
                ...(await reader.find('accounts', 'look', unique(of('accounts').map((row) => row.look)))),
                ...(await reader.find('accounts', 'subjectLook', unique(of('accounts').map((row) => row.subjectLook)))),
            ],
            memberships: [
                ...(await reader.find('memberships', 'look', unique(memberships.map((row) => row.look)))),
                ...(await reader.find('memberships', 'staffLook', unique(memberships.map((row) => row.staffLook).filter((look) => look !== '')))),
            ],
        },
        supervisorsOf: groupSupervisors(edges),
    };
}
async function findRecords(records, reader) {
    const groups = new Map();
    for (const row of records) {
        const group = JSON.stringify([row.system, row.environment]);
        const rows = groups.get(group);
        if (rows === undefined)
            groups.set(group, [row]);
        else
            rows.push(row);
    }
    const found = [];
    for (const rows of groups.values()) {
        const [first] = rows;
        if (first === undefined)
            continue;
        const fixed = { system: first.system, environment: first.environment };
        found.push(...(await reader.find('records', 'recordId', unique(rows.map((row) => row.recordId)), fixed)));
    }
    return found;
}
function groupSupervisors(edges) {
    const groups = new Map();
    for (const edge of edges)
        groups.set(edge.supervisee, [...(groups.get(edge.supervisee) ?? []), edge.supervisor]);
    return groups;
}
const byKey = (kind, rows) => new Map(rows.map((row) => [keyOf(kind, row), row]));
const unique = (values) => [...new Set(values)];
