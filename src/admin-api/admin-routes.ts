import { z } from 'zod';
import { GatewayError } from '../vocabulary/errors';
import type { Act, AdminPlaneParts, Answer, Change } from './admin-plane-parts';
import { POLICY_ROUTES } from './policy-routes';
import { bodyOf, invalid, parsed } from './read-body';

export interface AdminRoute {
  /** Stands in entries as route and action: at most 16 letters, or the log refuses it. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly says: string;
  /** Any one of them is enough. `feed:*`: the feed's right for some system that is served; the handler asks for each that is named. */
  readonly rights: readonly string[];
  readonly query: z.ZodObject;
  readonly body: { readonly schema: z.ZodType; readonly formats: readonly ('json' | 'ndjson')[]; readonly mostBytes: number } | null;
  readonly answer: z.ZodType | 'text';
  readonly handle: (act: Act, parts: AdminPlaneParts) => Promise<Answer | Change>;
}

const MIB = 1024 * 1024;
const none = z.strictObject({});
const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$/);
const pageSize = z.string().regex(/^(?:[1-9]\d{0,2}|1000)$/);
const systemName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
const cursor = z.string().regex(/^[A-Za-z0-9_-]{1,2000}$/);
const place = z.object({ line: z.int(), column: z.string(), reason: z.string() });
const account = z.object({
  id: z.string(),
  kind: z.enum(['person', 'service']),
  person: z.string(),
  issuer: z.string(),
  subject: z.string(),
  environment: z.enum(['production', 'training']),
  organization: z.string(),
  standings: z.array(z.object({ standing: z.enum(['pending', 'active', 'suspended', 'terminated']), from: z.string() })),
});

const driftField = z.object({
  system: z.string(),
  place: z.string().nullable(),
  holds: z.enum(['value', 'flag', 'object', 'list']),
  problem: z.enum(['unclassified', 'another-shape', 'beyond-the-list']),
  expected: z.enum(['value', 'object', 'list']).nullable(),
  count: z.int(),
  firstSeen: z.string(),
  lastSeen: z.string(),
  lines: z.array(z.string()),
});

export const importRequest = z.strictObject({
  files: z
    .array(
      z.strictObject({
        // A name, not a path: nothing is opened by it.
        name: z
          .string()
          .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,100}\.(?:csv|yaml|yml)$/, 'expected a file name that ends in .csv, .yaml or .yml'),
        content: z.string(),
      }),
    )
    .min(1)
    .max(20),
  dryRun: z.boolean(),
  timeZone: z.string().max(64).optional(),
});

const privacyTransactions = z.array(
  z.strictObject({
    transactionId: z.string(),
    system: z.string(),
    environment: z.enum(['production', 'training']),
    recordId: z.string(),
    action: z.enum(['set', 'clear']),
    effectiveAt: z.iso.datetime({ offset: true }),
    sourceSequence: z.int().min(0),
  }),
);

/** Everything the admin plane does for a caller; `/healthz` and `/readyz` stand outside. The OpenAPI document is made of this table. */
export const ADMIN_ROUTES: readonly AdminRoute[] = [
  {
    name: 'privacy-feed',
    method: 'POST',
    path: '/api/v1/feeds/privacy',
    says: 'Takes in a batch of privacy transactions, all or nothing (WF1-06).',
    rights: ['feed:*'],
    query: none,
    body: { schema: privacyTransactions, formats: ['json', 'ndjson'], mostBytes: 4 * MIB },
    answer: z.object({
      rows: z.array(z.object({ line: z.int(), outcome: z.enum(['applied', 'superseded', 'duplicate']) })),
      registryVersion: z.int(),
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
    body: { schema: importRequest, formats: ['json'], mostBytes: 4 * MIB },
    answer: z.object({
      outcome: z.enum(['applied', 'unchanged', 'dry-run']),
      totals: z.record(z.string(), z.int()),
      rows: z.array(z.object({ file: z.string(), line: z.int(), kind: z.string(), key: z.string(), outcome: z.string() })),
      problems: z.array(place.extend({ file: z.string() })),
      versions: z.object({ directory: z.int(), registry: z.int() }),
    }),
    handle: importFiles,
  },
  {
    name: 'list-accounts',
    method: 'GET',
    path: '/api/v1/directory/accounts',
    says: 'Accounts in the order of their ids; `next` of one page is `after` of the next.',
    rights: ['directory-admin', 'auditor'],
    query: z.strictObject({ after: id.optional(), limit: pageSize.optional() }),
    body: null,
    answer: z.object({ accounts: z.array(account), next: z.string().nullable() }),
    handle: listAccounts,
  },
  {
    name: 'access-log',
    method: 'GET',
    path: '/api/v1/access-log',
    says: 'Entries of the access log, newest first. `record` needs `system`. Reading them is itself an entry.',
    rights: ['auditor'],
    query: z
      .strictObject({
        system: systemName.optional(),
        record: z
          .string()
          .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/)
          .optional(),
        account: id.optional(),
        accessId: z
          .string()
          .regex(/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/)
          .optional(),
        after: z
          .string()
          .regex(/^[A-Za-z0-9._-]{1,200}$/)
          .optional(),
        limit: pageSize.optional(),
      })
      .refine((query) => query.record === undefined || query.system !== undefined),
    body: null,
    answer: z.object({ entries: z.array(z.looseObject({})), next: z.string().nullable() }),
    handle: readLog,
  },
  {
    name: 'policy-drift',
    method: 'GET',
    path: '/api/v1/policy/drift',
    says: 'Fields that case systems send and record.yaml does not classify, with the lines to add; names alone, no values.',
    rights: ['auditor', 'policy-admin'],
    query: z.strictObject({ system: systemName.optional(), after: cursor.optional(), limit: pageSize.optional() }),
    body: null,
    answer: z.object({ fields: z.array(driftField), next: z.string().nullable() }),
    handle: listDrift,
  },
  {
    name: 'readiness',
    method: 'GET',
    path: '/api/v1/readiness',
    says: 'What stands behind the one word of /readyz.',
    rights: ['auditor', 'policy-admin'],
    query: none,
    body: null,
    answer: z.looseObject({}),
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
  ...POLICY_ROUTES,
];

async function takePrivacy(act: Act, parts: AdminPlaneParts): Promise<Answer | Change> {
  const { text, format } = bodyOf(act);
  const batch = parts.readPrivacyBatch(text, format);
  const lacking = batch.systems.filter((system) => !parts.directory.hasRight(act.caller.account.id, `feed:${system}`, act.nowMs));
  if (lacking.length > 0) throw new GatewayError('right-missing', 'the batch names systems beyond the right');
  if (batch.problems.length > 0) throw invalid(batch.problems);
  return {
    intent: { systems: batch.systems, transactions: batch.transactions },
    async carryOut() {
      const report = await batch.apply();
      if (report.outcome === 'refused') throw invalid(report.problems);
      const counts = countBy(report.rows.map((row) => row.outcome));
      return {
        status: 200,
        body: { json: { rows: report.rows, registryVersion: report.registryVersion } },
        details: { systems: batch.systems, ...counts, registryVersion: report.registryVersion },
      };
    },
  };
}

async function importFiles(act: Act, parts: AdminPlaneParts): Promise<Answer | Change> {
  const request = parsed(importRequest, bodyOf(act).text);
  const answer = async (): Promise<Answer> => {
    const report = await parts.importDirectory(request);
    if (report.outcome === 'refused') throw invalid(report.problems, { rows: report.rows, totals: report.totals });
    return { status: 200, body: { json: report }, details: { outcome: report.outcome, ...report.totals, versions: report.versions } };
  };
  if (request.dryRun) return answer();
  // File names are the caller's text: the entry counts them.
  return { intent: { files: request.files.length }, carryOut: answer };
}

async function listAccounts(act: Act, parts: AdminPlaneParts): Promise<Answer> {
  const limit = Number(act.query['limit'] ?? 100);
  const page = await parts.listAccounts(act.query['after'] ?? null, limit);
  const accounts = page.map(({ standings, ...rest }) => ({
    ...rest,
    standings: standings.map((span) => ({ standing: span.standing, from: new Date(span.fromMs).toISOString() })),
  }));
  const next = page.length < limit ? null : (page.at(-1)?.id ?? null);
  return { status: 200, body: { json: { accounts, next } }, details: { accounts: accounts.length } };
}

async function listDrift(act: Act, parts: AdminPlaneParts): Promise<Answer> {
  const { system, after, limit } = act.query;
  const page = await parts.listDrift({ system: system ?? null, after: after ?? null, limit: Number(limit ?? 100) });
  return { status: 200, body: { json: page }, details: { ...systemDetail(system, parts), fields: page.fields.length } };
}

/** Only the name of a system that is served stands in an entry as it was sent. */
const systemDetail = (system: string | undefined, parts: AdminPlaneParts): { readonly system?: string } =>
  system === undefined ? {} : { system: parts.systems().includes(system) ? system : parts.digestOf(system) };

async function readLog(act: Act, parts: AdminPlaneParts): Promise<Answer> {
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
      ...systemDetail(system, parts),
      ...(record === undefined ? {} : { recordDigest: parts.digestOf(`${system ?? ''} ${record}`) }),
      ...named,
      ...(accessId === undefined ? {} : { accessId }),
      entries: page.entries.length,
    },
  };
}

function countBy(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
