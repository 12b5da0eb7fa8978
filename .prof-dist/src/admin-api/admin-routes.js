"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.ADMIN_ROUTES = exports.importRequest = void 0;
const zod_1 = require("zod");
const read_json_1 = require("../reading/read-json");
const errors_1 = require("../vocabulary/errors");
const MIB = 1024 * 1024;
const none = zod_1.z.strictObject({});
const id = zod_1.z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$/);
const pageSize = zod_1.z.string().regex(/^(?:[1-9]\d{0,2}|1000)$/);
const place = zod_1.z.object({ line: zod_1.z.int(), column: zod_1.z.string(), reason: zod_1.z.string() });
const account = zod_1.z.object({
    id: zod_1.z.string(),
    kind: zod_1.z.enum(['person', 'service']),
    person: zod_1.z.string(),
    issuer: zod_1.z.string(),
    subject: zod_1.z.string(),
    environment: zod_1.z.enum(['production', 'training']),
    organization: zod_1.z.string(),
    standings: zod_1.z.array(zod_1.z.object({ standing: zod_1.z.enum(['pending', 'active', 'suspended', 'terminated']), from: zod_1.z.string() })),
});
exports.importRequest = zod_1.z.strictObject({
    files: zod_1.z
        .array(zod_1.z.strictObject({
        // A name, not a path: nothing is opened by it.
        name: zod_1.z
            .string()
            .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,100}\.(?:csv|yaml|yml)$/, 'expected a file name that ends in .csv, .yaml or .yml'),
        content: zod_1.z.string(),
    }))
        .min(1)
        .max(20),
    dryRun: zod_1.z.boolean(),
    timeZone: zod_1.z.string().max(64).optional(),
});
const privacyTransactions = zod_1.z.array(zod_1.z.strictObject({
    transactionId: zod_1.z.string(),
    system: zod_1.z.string(),
    environment: zod_1.z.enum(['production', 'training']),
    recordId: zod_1.z.string(),
    action: zod_1.z.enum(['set', 'clear']),
    effectiveAt: zod_1.z.iso.datetime({ offset: true }),
    sourceSequence: zod_1.z.int().min(0),
}));
/** Everything the admin plane does for a caller; `/healthz` and `/readyz` stand outside. The OpenAPI document is made of this table. */
exports.ADMIN_ROUTES = [
    {
        name: 'privacy-feed',
        method: 'POST',
        path: '/api/v1/feeds/privacy',
        says: 'Takes in a batch of privacy transactions, all or nothing (WF1-06).',
        rights: ['feed:*'],
        query: none,
        body: { schema: privacyTransactions, formats: ['json', 'ndjson'], mostBytes: 4 * MIB },
        answer: zod_1.z.object({
            rows: zod_1.z.array(zod_1.z.object({ line: zod_1.z.int(), outcome: zod_1.z.enum(['applied', 'superseded', 'duplicate']) })),
            registryVersion: zod_1.z.int(),
        }),
        handle: takePrivacy,
    },
    {
        name: 'directory-import',
        method: 'POST',
        path: '/api/v1/directory/imports',
        says: 'Imports directory files, all or nothing; a dry run only reports.',
        rights: ['directory-admin'],
        query: none,
        body: { schema: exports.importRequest, formats: ['json'], mostBytes: 4 * MIB },
        answer: zod_1.z.object({
            outcome: zod_1.z.enum(['applied', 'unchanged', 'dry-run']),
            totals: zod_1.z.record(zod_1.z.string(), zod_1.z.int()),
            rows: zod_1.z.array(zod_1.z.object({ file: zod_1.z.string(), line: zod_1.z.int(), kind: zod_1.z.string(), key: zod_1.z.string(), outcome: zod_1.z.string() })),
            problems: zod_1.z.array(place.extend({ file: zod_1.z.string() })),
            versions: zod_1.z.object({ directory: zod_1.z.int(), registry: zod_1.z.int() }),
        }),
        handle: importFiles,
    },
    {
        name: 'directory-accounts',
        method: 'GET',
        path: '/api/v1/directory/accounts',
        says: 'Accounts in the order of their ids; `next` of one page is `after` of the next.',
        rights: ['directory-admin', 'auditor'],
        query: zod_1.z.strictObject({ after: id.optional(), limit: pageSize.optional() }),
        body: null,
        answer: zod_1.z.object({ accounts: zod_1.z.array(account), next: zod_1.z.string().nullable() }),
        handle: listAccounts,
    },
    {
        name: 'access-log',
        method: 'GET',
        path: '/api/v1/access-log',
        says: 'Entries of the access log, newest first. `record` needs `system`. Reading them is itself an entry.',
        rights: ['auditor'],
        query: zod_1.z
            .strictObject({
            system: zod_1.z
                .string()
                .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
                .optional(),
            record: zod_1.z
                .string()
                .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/)
                .optional(),
            account: id.optional(),
            accessId: zod_1.z
                .string()
                .regex(/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/)
                .optional(),
            after: zod_1.z
                .string()
                .regex(/^[A-Za-z0-9._-]{1,200}$/)
                .optional(),
            limit: pageSize.optional(),
        })
            .refine((query) => query.record === undefined || query.system !== undefined),
        body: null,
        answer: zod_1.z.object({ entries: zod_1.z.array(zod_1.z.looseObject({})), next: zod_1.z.string().nullable() }),
        handle: readLog,
    },
    {
        name: 'readiness',
        method: 'GET',
        path: '/api/v1/readiness',
        says: 'What stands behind the one word of /readyz.',
        rights: ['auditor', 'policy-admin'],
        query: none,
        body: null,
        answer: zod_1.z.looseObject({}),
        handle: (_act, parts) => Promise.resolve({ status: 200, body: { json: parts.readiness() }, details: {} }),
    },
    {
        name: 'metrics',
        method: 'GET',
        path: '/metrics',
        says: 'Prometheus metrics.',
        rights: ['metrics', 'auditor'],
        query: none,
        body: null,
        answer: 'text',
        handle: async (_act, parts) => ({
            status: 200,
            body: { text: await parts.metrics(), mediaType: 'text/plain; version=0.0.4; charset=utf-8' },
            details: {},
        }),
    },
];
async function takePrivacy(act, parts) {
    const { text, format } = bodyOf(act);
    const batch = parts.readPrivacyBatch(text, format);
    const lacking = batch.systems.filter((system) => !parts.directory.hasRight(act.caller.account.id, `feed:${system}`, act.nowMs));
    if (lacking.length > 0)
        throw new errors_1.GatewayError('right-missing', 'the batch names systems beyond the right');
    if (batch.problems.length > 0)
        throw invalid(batch.problems);
    return {
        intent: { systems: batch.systems, transactions: batch.transactions },
        async carryOut() {
            const report = await batch.apply();
            if (report.outcome === 'refused')
                throw invalid(report.problems);
            const counts = countBy(report.rows.map((row) => row.outcome));
            return {
                status: 200,
                body: { json: { rows: report.rows, registryVersion: report.registryVersion } },
                details: { systems: batch.systems, ...counts, registryVersion: report.registryVersion },
            };
        },
    };
}
async function importFiles(act, parts) {
    const request = parsed(exports.importRequest, bodyOf(act).text);
    const answer = async () => {
        const report = await parts.importDirectory(request);
        if (report.outcome === 'refused')
            throw invalid(report.problems, { rows: report.rows, totals: report.totals });
        return { status: 200, body: { json: report }, details: { outcome: report.outcome, ...report.totals, versions: report.versions } };
    };
    if (request.dryRun)
        return answer();
    // File names are the caller's text: the entry counts them.
    return { intent: { files: request.files.length }, carryOut: answer };
}
async function listAccounts(act, parts) {
    const limit = Number(act.query['limit'] ?? 100);
    const page = await parts.listAccounts(act.query['after'] ?? null, limit);
    const accounts = page.map(({ standings, ...rest }) => ({
        ...rest,
        standings: standings.map((span) => ({ standing: span.standing, from: new Date(span.fromMs).toISOString() })),
    }));
    const next = page.length < limit ? null : (page.at(-1)?.id ?? null);
    return { status: 200, body: { json: { accounts, next } }, details: { accounts: accounts.length } };
}
async function readLog(act, parts) {
    const { system, record, account: asked, accessId, after, limit } = act.query;
    const page = await parts.readAccessLog({
        system: system ?? null,
        record: record ?? null,
        account: asked ?? null,
        accessId: accessId ?? null,
        after: after ?? null,
        limit: Number(limit ?? 100),
    });
    const named = asked === undefined ? {} : { account: parts.directory.account(asked) ? asked : parts.digestOf(asked) };
    return {
        status: 200,
        body: { json: page },
        details: {
            ...(system === undefined ? {} : { system: parts.systems().includes(system) ? system : parts.digestOf(system) }),
            ...(record === undefined ? {} : { recordDigest: parts.digestOf(`${system ?? ''} ${record}`) }),
            ...named,
            ...(accessId === undefined ? {} : { accessId }),
            entries: page.entries.length,
        },
    };
}
function bodyOf(act) {
    if (act.body === null)
        throw new errors_1.GatewayError('internal-fault', 'a route with a body was carried without one');
    return act.body;
}
/** CON-08: what the schema does not name is refused, not dropped. */
function parsed(schema, text) {
    const json = (0, read_json_1.readJson)(text);
    if ('problem' in json)
        throw invalid([{ line: 0, column: '', reason: json.problem }]);
    const read = schema.safeParse(json.value);
    if (read.success)
        return read.data;
    throw invalid(read.error.issues.map((issue) => ({
        line: 0,
        // Keys that are not ours are the caller's text: only the place around them is named.
        column: issue.path.map(String).join('.'),
        reason: issue.code === 'unrecognized_keys' ? 'has a key that is not known here' : issue.message,
    })));
}
function invalid(problems, more = {}) {
    return new errors_1.GatewayError('input-invalid', `${problems.length} problems`, { details: { problems, ...more } });
}
function countBy(words) {
    const counts = {};
    for (const word of words)
        counts[word] = (counts[word] ?? 0) + 1;
    return counts;
}
