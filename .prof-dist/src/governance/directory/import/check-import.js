"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.checkAgainstEachOther = checkAgainstEachOther;
const spans_1 = require("../../spans");
const read_world_1 = require("./read-world");
/** Everything that is wrong with rows that are well formed by themselves: doubles, look-alikes, references, clashes. */
function checkAgainstEachOther(rows, world) {
    const problems = [];
    const say = (one, column, reason) => void problems.push({ file: one.file, line: one.line, column, reason });
    checkDoubles(rows, say);
    checkLookalikes(rows, world, say);
    checkSubjects(rows, world, say);
    checkClients(rows, world, say);
    checkStaffIds(rows, world, say);
    checkFixedWords(rows, world, say);
    checkReferences(rows, world, say);
    checkPrivacy(rows, world, say);
    return problems;
}
function checkDoubles(rows, say) {
    const seen = new Map();
    for (const one of rows) {
        if (one.row === undefined)
            continue;
        const key = `${one.kind} ${(0, read_world_1.keyOf)(one.kind, one.row)}`;
        const first = seen.get(key);
        if (first === undefined)
            seen.set(key, one);
        else
            say(one, '', `stands twice: first in ${placeOf(first)}`);
    }
}
function checkLookalikes(rows, world, say) {
    for (const kind of ['organizations', 'applications', 'accounts', 'memberships']) {
        const known = world.alike[kind];
        const placed = [...known.map((row) => stored(row)), ...inFiles(rows, kind)];
        const byLook = groupBy(placed, ({ row }) => row.look);
        for (const [one, row] of readable(rows, kind)) {
            const other = byLook.get(row.look)?.find((that) => that.row.id !== row.id);
            if (other)
                say(one, 'id', `looks like "${other.row.id}" ${other.where}: the two differ only in what people overlook`);
        }
    }
}
function checkSubjects(rows, world, say) {
    const placed = [...world.alike.accounts.map(stored), ...inFiles(rows, 'accounts')];
    const bySubject = groupBy(placed, ({ row }) => JSON.stringify([row.issuer, row.subjectLook, row.environment]));
    for (const [one, row] of readable(rows, 'accounts')) {
        const key = JSON.stringify([row.issuer, row.subjectLook, row.environment]);
        const other = bySubject.get(key)?.find((that) => that.row.id !== row.id);
        if (other === undefined)
            continue;
        const how = other.row.subject === row.subject ? 'is' : 'looks like';
        say(one, 'subject', `${how} the subject of account "${other.row.id}" ${other.where}`);
    }
}
function checkClients(rows, world, say) {
    const keyed = (row) => JSON.stringify([row.issuer, row.clientId, row.environment]);
    const byClient = groupBy([...world.alike.applications.map(stored), ...inFiles(rows, 'applications')], ({ row }) => keyed(row));
    for (const [one, row] of readable(rows, 'applications')) {
        const other = byClient.get(keyed(row))?.find((that) => that.row.id !== row.id);
        if (other)
            say(one, 'client_id', `is the client of application "${other.row.id}" ${other.where}`);
    }
}
/** A staff id stands for one account at a time: assigned staff is told by it. */
function checkStaffIds(rows, world, say) {
    const inImport = new Set(readable(rows, 'memberships').map(([, row]) => row.id));
    const placed = [...world.alike.memberships.filter((row) => !inImport.has(row.id)).map(stored), ...inFiles(rows, 'memberships')];
    const byStaffId = groupBy(placed, ({ row }) => JSON.stringify([row.system, row.environment, row.staffLook]));
    for (const [one, row] of readable(rows, 'memberships')) {
        if (row.staffId === '')
            continue;
        const others = byStaffId.get(JSON.stringify([row.system, row.environment, row.staffLook])) ?? [];
        const alike = others.find((that) => that.row.staffId !== row.staffId);
        const same = others.find((that) => that.row.account !== row.account && (0, spans_1.doOverlap)(that.row, row));
        if (alike)
            say(one, 'staff_id', `looks like the staff id of account "${alike.row.account}" ${alike.where}`);
        else if (same)
            say(one, 'staff_id', `is held by account "${same.row.account}" ${same.where} at the same time`);
    }
}
/** Entries of the access log name accounts and memberships by id: what an id stands for never changes. */
function checkFixedWords(rows, world, say) {
    const check = (kind, words) => {
        for (const [one, row] of readable(rows, kind)) {
            const before = world[kind].get((0, read_world_1.keyOf)(kind, row));
            if (before === undefined)
                continue;
            for (const word of words) {
                if (before[word] !== row[word])
                    say(one, word, 'cannot change once it is known; make a new one and end this one');
            }
        }
    };
    check('applications', ['environment']);
    check('accounts', ['kind', 'person', 'environment']);
    check('memberships', ['account', 'system', 'environment']);
}
function checkReferences(rows, world, say) {
    const known = (kind) => new Map([...[...world[kind].values()], ...readable(rows, kind).map(([, row]) => row)].map((row) => [row.id, row]));
    const organizations = known('organizations');
    const applications = known('applications');
    const accounts = known('accounts');
    const account = (one, column, id) => {
        const found = accounts.get(id);
        if (found === undefined)
            say(one, column, `there is no account "${id}", neither in the directory nor in these files`);
        return found;
    };
    const organization = (one, column, id) => {
        if (!organizations.has(id))
            say(one, column, `there is no organization "${id}", neither in the directory nor in these files`);
    };
    for (const [one, row] of readable(rows, 'accounts'))
        organization(one, 'organization', row.organization);
    for (const [one, row] of readable(rows, 'standings')) {
        if (row.of === 'organization')
            organization(one, 'id', row.id);
        else if (row.of === 'account')
            account(one, 'id', row.id);
        else if (!applications.has(row.id)) {
            say(one, 'id', `there is no application "${row.id}", neither in the directory nor in these files`);
        }
    }
    for (const [one, row] of readable(rows, 'memberships')) {
        const holder = account(one, 'account', row.account);
        if (holder && holder.environment !== row.environment)
            say(one, 'environment', `is not that of the account, ${holder.environment} (CT-06)`);
    }
    for (const [one, row] of readable(rows, 'supervision')) {
        const supervisor = account(one, 'supervisor', row.supervisor);
        const supervisee = account(one, 'supervisee', row.supervisee);
        if (!supervisor || !supervisee)
            continue;
        if (supervisor.person === supervisee.person)
            say(one, 'supervisee', 'nobody supervises themselves, not through a second account either');
        if (supervisor.environment !== supervisee.environment)
            say(one, 'supervisee', 'is an account of another environment (CT-06)');
    }
    for (const [one, row] of readable(rows, 'delegations')) {
        const actor = account(one, 'actor', row.actor);
        const person = account(one, 'account', row.account);
        if (actor && actor.kind !== 'service')
            say(one, 'actor', 'is no service account');
        if (person && person.kind !== 'person')
            say(one, 'account', 'is no account of a person');
        if (actor && person && actor.environment !== person.environment)
            say(one, 'account', 'is an account of another environment (CT-06)');
    }
    for (const [one, row] of readable(rows, 'rights')) {
        account(one, 'account', row.account);
        if (row.right.startsWith('security-officer:'))
            organization(one, 'right', row.right.slice('security-officer:'.length));
    }
}
/** WF1-06: where the feed has spoken, a roster extract that is older or blank must not lift or set the indicator. */
function checkPrivacy(rows, world, say) {
    for (const [one, row] of readable(rows, 'records')) {
        const before = world.records.get((0, read_world_1.keyOf)('records', row));
        if (before?.last && row.isPrivate !== undefined && row.isPrivate !== before.isPrivate) {
            say(one, 'private', 'is told by the privacy feed for this record; leave it blank here');
        }
    }
}
function readable(rows, kind) {
    return rows.flatMap((one) => (one.kind === kind && one.row !== undefined ? [[one, one.row]] : []));
}
function inFiles(rows, kind) {
    return readable(rows, kind).map(([one, row]) => ({ row, where: `in ${placeOf(one)}` }));
}
const stored = (row) => ({ row, where: 'in the directory' });
const placeOf = (one) => `${one.file} line ${one.line}`;
function groupBy(values, keyed) {
    const groups = new Map();
    for (const value of values) {
        const key = keyed(value);
        const group = groups.get(key);
        if (group === undefined)
            groups.set(key, [value]);
        else
            group.push(value);
    }
    return groups;
}
