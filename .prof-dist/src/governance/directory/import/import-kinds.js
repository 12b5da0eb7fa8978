"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.FACT_COLUMN = exports.CSV_COLUMNS = exports.IMPORT_KINDS = void 0;
exports.importSchemas = importSchemas;
const zod_1 = require("zod");
const case_system_1 = require("../../../vocabulary/case-system");
const identifiers_1 = require("../../identifiers");
const parse_moment_1 = require("../../parse-moment");
/** The kinds of rows a directory import may hold: the name of a CSV file, or a key of a YAML document. In the order of their references. */
exports.IMPORT_KINDS = [
    'organizations',
    'applications',
    'accounts',
    'standings',
    'memberships',
    'supervision',
    'delegations',
    'rights',
    'records',
];
/** CSV columns, and those among them that hold several values divided by `;`. */
exports.CSV_COLUMNS = {
    organizations: { columns: ['id', 'name'], lists: [] },
    applications: {
        columns: ['id', 'issuer', 'client_id', 'environment', 'class', 'grants', 'origins'],
        lists: ['grants', 'origins'],
    },
    accounts: { columns: ['id', 'kind', 'person', 'issuer', 'subject', 'environment', 'organization'], lists: [] },
    standings: { columns: ['of', 'id', 'standing', 'from'], lists: [] },
    memberships: {
        columns: [
            ...['id', 'account', 'system', 'environment', 'workgroup', 'staff_id', 'agency', 'counties', 'offices', 'programs'],
            ...['regions', 'privileges', 'from', 'to'],
        ],
        lists: ['counties', 'offices', 'programs', 'regions', 'privileges'],
    },
    supervision: { columns: ['supervisor', 'supervisee', 'from', 'to'], lists: [] },
    delegations: { columns: ['actor', 'account', 'from', 'to'], lists: [] },
    rights: { columns: ['account', 'right', 'from', 'to'], lists: [] },
    records: { columns: ['system', 'environment', 'record_id', 'private'], lists: [] },
};
/** What a column of records.csv that holds the codes of a fact begins with: `fact:assigned-staff`. */
exports.FACT_COLUMN = 'fact:';
/** One strict schema a kind: anything it does not name is refused. Plain dates begin in the zone given. Building them takes 10 ms: the last are kept. */
function importSchemas(timeZone) {
    if (kept?.timeZone !== timeZone)
        kept = { timeZone, schemas: buildSchemas(timeZone) };
    return kept.schemas;
}
let kept;
function buildSchemas(timeZone) {
    const moment = word('expected a date or a moment with its offset (RFC 3339)').transform((text, context) => {
        const atMs = (0, parse_moment_1.parseMoment)(text, timeZone);
        if (atMs !== undefined)
            return atMs;
        context.addIssue({ code: 'custom', message: 'expected a date (2026-01-31) or a moment with its offset (2026-01-31T08:00:00-06:00)' });
        return zod_1.z.NEVER;
    });
    const span = { from: moment, to: moment.nullish().transform((toMs) => toMs ?? null) };
    return {
        organizations: zod_1.z.strictObject({ id, name: text(255) }).transform((row) => ({ id: row.id, look: (0, identifiers_1.lookOf)(row.id), name: row.name })),
        applications: zod_1.z
            .strictObject({
            id,
            issuer,
            client_id: foreign,
            environment,
            class: id,
            grants: zod_1.z.array(grant),
            origins: zod_1.z.array(origin).default([]),
        })
            .transform((row) => ({
            id: row.id,
            look: (0, identifiers_1.lookOf)(row.id),
            issuer: row.issuer,
            clientId: row.client_id,
            environment: row.environment,
            applicationClass: row.class,
            grants: row.grants,
            origins: sorted(row.origins),
        })),
        accounts: zod_1.z
            .strictObject({ id, kind: zod_1.z.enum(['person', 'service']), person: id, issuer, subject: foreign, environment, organization: id })
            .transform((row) => ({ ...row, look: (0, identifiers_1.lookOf)(row.id), subjectLook: (0, identifiers_1.lookOf)(row.subject) })),
        standings: zod_1.z
            .strictObject({
            of: zod_1.z.enum(['organization', 'application', 'account']),
            id,
            standing: zod_1.z.enum(['pending', 'active', 'suspended', 'terminated']),
            from: moment,
        })
            .transform((row) => ({ of: row.of, id: row.id, standing: row.standing, fromMs: row.from })),
        memberships: zod_1.z
            .strictObject({
            id,
            account: id,
            system,
            environment,
            workgroup: id,
            staff_id: zod_1.z.union([zod_1.z.literal(''), foreign]).default(''),
            agency: zod_1.z.union([zod_1.z.literal(''), codeOrAll]).default(''),
            counties: codes,
            offices: codes,
            programs: codes,
            regions: codes,
            privileges: zod_1.z.array(id).default([]).transform(sorted),
            ...span,
        })
            .superRefine(endsAfterItBegins)
            .transform((row) => ({
            id: row.id,
            look: (0, identifiers_1.lookOf)(row.id),
            account: row.account,
            system: row.system,
            environment: row.environment,
            workgroup: row.workgroup,
            staffId: row.staff_id,
            staffLook: (0, identifiers_1.lookOf)(row.staff_id),
            scopes: {
                agency: row.agency === '' ? [] : [row.agency],
                counties: row.counties,
                offices: row.offices,
                programs: row.programs,
                regions: row.regions,
            },
            privileges: row.privileges,
            fromMs: row.from,
            toMs: row.to,
        })),
        supervision: zod_1.z
            .strictObject({ supervisor: id, supervisee: id, ...span })
            .superRefine(endsAfterItBegins)
            .transform((row) => ({ supervisor: row.supervisor, supervisee: row.supervisee, fromMs: row.from, toMs: row.to })),
        delegations: zod_1.z
            .strictObject({ actor: id, account: id, ...span })
            .superRefine(endsAfterItBegins)
            .transform((row) => ({ actor: row.actor, account: row.account, fromMs: row.from, toMs: row.to })),
        rights: zod_1.z
            .strictObject({ account: id, right, ...span })
            .superRefine(endsAfterItBegins)
            .transform((row) => ({ account: row.account, right: row.right, fromMs: row.from, toMs: row.to })),
        records: zod_1.z
            .strictObject({
            system,
            environment,
            record_id: word('expected a record id').regex(identifiers_1.RECORD_ID, 'expected letters, digits, - and _, at most 64'),
            private: zod_1.z.union([zod_1.z.boolean(), zod_1.z.enum(['true', 'false']).transform((said) => said === 'true')], 'expected true or false').nullish(),
            codes: zod_1.z.record(factName, zod_1.z.array(recordCode).transform(sorted)).optional(),
        })
            .transform((row) => ({
            system: row.system,
            environment: row.environment,
            recordId: row.record_id,
            isPrivate: row.private ?? undefined,
            codes: row.codes === undefined ? undefined : spoken(row.codes),
        })),
    };
}
const word = (otherwise) => zod_1.z.string({ error: (issue) => (issue.input === undefined ? 'is missing' : `${otherwise}; text in quotes`) });
const id = word('expected an id').superRefine((value, context) => {
    if (identifiers_1.NAMESPACE.test(value))
        refuse(context, 'an id is written without its namespace (user:, group:, org:)');
    else if (!identifiers_1.ID.test(value))
        refuse(context, 'expected letters, digits and . _ @ -, beginning with a letter or digit, at most 128');
});
const foreign = word('expected text').superRefine((value, context) => {
    const odd = (0, identifiers_1.oddText)(value);
    if (odd !== null)
        refuse(context, odd);
});
const text = (most) => word('expected text').superRefine((value, context) => {
    const odd = value.length > most ? `must have at most ${most} characters` : (0, identifiers_1.oddText)(value);
    if (odd !== null)
        refuse(context, odd);
});
const environment = zod_1.z.enum(['production', 'training'], 'expected production or training');
const system = word('expected a system').regex(identifiers_1.SYSTEM, 'expected the name of a system: small letters, digits and -');
const codeOrAll = word('expected a code').refine((value) => value === '*' || identifiers_1.CODE.test(value), 'expected a code, or * for all');
const recordCode = foreign.refine((value) => value !== '*' && !value.includes(';'), 'a record carries codes, not * or ;');
const factName = zod_1.z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'expected the name of a fact: small letters, digits and -');
const codes = zod_1.z
    .array(codeOrAll)
    .default([])
    .superRefine((values, context) => {
    if (values.includes('*') && values.length > 1)
        refuse(context, '* stands for all and must stand alone');
})
    .transform(sorted);
const issuer = foreign.refine(isIssuer, 'expected the issuer as in its tokens: an https address (http on this machine alone)');
const origin = word('expected an origin').refine(isOrigin, 'expected an origin such as https://apps.example.gov, without a path');
const right = word('expected a right').superRefine((value, context) => {
    const [name, of, ...rest] = value.split(':');
    const isPlain = of === undefined && ['policy-admin', 'directory-admin', 'auditor', 'metrics'].includes(name ?? '');
    const isFeed = name === 'feed' && of !== undefined && identifiers_1.SYSTEM.test(of) && rest.length === 0;
    const isOfficer = name === 'security-officer' && of !== undefined && identifiers_1.ID.test(of) && rest.length === 0;
    if (isPlain || isFeed || isOfficer)
        return;
    refuse(context, 'expected policy-admin, directory-admin, auditor, metrics, feed:<system> or security-officer:<organization>');
});
/** In a cell `system:action|action:section|section`; in YAML the three by name. */
const grant = zod_1.z
    .union([
    zod_1.z.string().transform((value, context) => {
        const [name, actions, sections, ...rest] = value.split(':').map((part) => part.trim());
        if (name !== undefined && actions !== undefined && sections !== undefined && rest.length === 0) {
            return { system: name, actions: actions.split('|'), sections: sections.split('|') };
        }
        refuse(context, 'expected system:actions:sections, such as workforce-one:read|search:*');
        return zod_1.z.NEVER;
    }),
    zod_1.z.strictObject({ system: zod_1.z.string(), actions: zod_1.z.array(zod_1.z.string()), sections: zod_1.z.array(zod_1.z.string()) }),
], 'expected system:actions:sections, such as workforce-one:read|search:*')
    .superRefine((value, context) => {
    if (!identifiers_1.SYSTEM.test(value.system))
        refuse(context, 'a grant names one system');
    if (value.actions.length === 0 || !value.actions.every((one) => one === '*' || case_system_1.ACTIONS.includes(one))) {
        refuse(context, `a grant names actions: * or some of ${case_system_1.ACTIONS.join(', ')}`);
    }
    if (value.sections.length === 0 || !value.sections.every((one) => one === '*' || /^[a-z][a-z0-9-]{0,62}$/.test(one))) {
        refuse(context, 'a grant names sections: * or their names');
    }
});
function isIssuer(value) {
    if (!URL.canParse(value))
        return false;
    const { protocol, hostname, hash, search } = new URL(value);
    const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
    return (protocol === 'https:' || (protocol === 'http:' && isLocal)) && hash === '' && search === '';
}
function isOrigin(value) {
    return URL.canParse(value) && /^https?:/.test(value) && new URL(value).origin === value;
}
function endsAfterItBegins(row, context) {
    if (row.to !== null && row.to <= row.from)
        context.addIssue({ code: 'custom', path: ['to'], message: 'must be later than from' });
}
function refuse(context, message) {
    context.addIssue({ code: 'custom', message });
}
function sorted(values) {
    return [...new Set(values)].sort();
}
/** A fact without codes is silence, and silence is not written down. */
function spoken(codesByFact) {
    const kept = Object.entries(codesByFact).filter(([, values]) => values.length > 0);
    return Object.fromEntries(kept.sort(([one], [other]) => (one < other ? -1 : 1)));
}
