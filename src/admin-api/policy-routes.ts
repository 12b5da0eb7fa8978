import { z } from 'zod';
import { GatewayError } from '../vocabulary/errors';
import type { Act, AdminPlaneParts, Answer, Change } from './admin-plane-parts';
import type { AdminRoute } from './admin-routes';
import type { PolicyChangeLine, PolicyOutcome, PolicyProposalLine } from './policy-desk-parts';
import { bodyOf, invalid, parsed } from './read-body';

const none = z.strictObject({});
/** At least twelve digits of the hash: enough that nobody vouches for another version by a slip. */
const versionStart = z.string().regex(/^[0-9a-f]{12,64}$/, 'expected a version: at least 12 of its 64 hexadecimal digits');
const moment = z.iso.datetime({ offset: true });

/** The files of all systems: whole, as they would stand in a folder. */
const files = z
  .array(
    z.strictObject({
      system: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'expected the name of a system'),
      file: z.string().regex(/^[a-z][a-z0-9-]{0,40}\.(?:yaml|csv)$/, 'expected the name of a policy file'),
      content: z.string(),
    }),
  )
  .min(1)
  .max(400);

const publication = z
  .strictObject({
    version: versionStart.optional().meta({ description: 'A version that was kept, such as one to go back to.' }),
    files: files
      .optional()
      .meta({ description: 'The files of all systems. Without these and a version: the folder of the gateway that is asked.' }),
    from: z
      .int()
      .min(0)
      .optional()
      .meta({ description: 'The change that was in force when this was prepared; another one in force refuses.' }),
    ends: z
      .array(z.string().regex(/^[a-z][a-z0-9-]{0,63}$/))
      .max(100)
      .optional()
      .meta({ description: 'Systems in force that may end by it.' }),
    reason: z.string().max(500).optional(),
  })
  .refine((body) => body.version === undefined || body.files === undefined, 'either a version or files');
const approval = z.strictObject({ version: versionStart });
const candidate = z.union([z.strictObject({ version: versionStart }), z.strictObject({ files })]);

const outcome = z.object({
  outcome: z.enum(['in-force', 'unchanged', 'waiting']),
  version: z.string(),
  number: z.int(),
  changed: z.array(z.string()).optional(),
  lacking: z.int().optional().meta({ description: 'So many more people must approve.' }),
});
const act = {
  version: z.string(),
  changed: z.array(z.string()),
  account: z.string().nullable(),
  origin: z.string(),
  host: z.string(),
  reason: z.string(),
  at: moment,
};

const shadowReport = z.object({
  isRunning: z.boolean(),
  version: z.string().nullable(),
  since: moment.nullable(),
  by: z.string().nullable(),
  counts: z.array(
    z.object({
      kind: z.enum(['compared', 'gained', 'lost', 'not-comparable']),
      system: z.string(),
      action: z.string(),
      key: z.string(),
      words: z.array(z.string()),
      count: z.int(),
      example: z.string(),
    }),
  ),
});

/** Policy versions: which is in force, who brought it, and bringing another. The right is `policy-admin`. */
export const POLICY_ROUTES: readonly AdminRoute[] = [
  {
    name: 'policy-versions',
    method: 'GET',
    path: '/api/v1/policy/versions',
    says: 'Changes of the policy in force, newest first, and the proposals that wait for approval.',
    rights: ['policy-admin', 'auditor'],
    query: z.strictObject({
      before: z
        .string()
        .regex(/^[1-9]\d{0,14}$/)
        .optional(),
      limit: z
        .string()
        .regex(/^(?:[1-9]\d{0,2}|1000)$/)
        .optional(),
    }),
    body: null,
    answer: z.object({
      changes: z.array(z.object({ number: z.int(), ...act, approvedBy: z.array(z.string()) })),
      waiting: z.array(z.object({ from: z.int(), ...act, approvals: z.array(z.object({ account: z.string(), at: moment })) })),
      next: z.string().nullable(),
    }),
    handle: listVersions,
  },
  {
    name: 'policy-publish',
    method: 'POST',
    path: '/api/v1/policy/publications',
    says: "Brings files, the gateway's own folder or a kept version into force, after the same checks as always.",
    rights: ['policy-admin'],
    query: none,
    body: { schema: publication, formats: ['json'], mostBytes: 16 * 1024 * 1024 },
    answer: outcome,
    handle: publish,
  },
  {
    name: 'policy-approve',
    method: 'POST',
    path: '/api/v1/policy/approvals',
    says: 'Vouches for a version that waits; it comes into force when enough people have.',
    rights: ['policy-admin'],
    query: none,
    body: { schema: approval, formats: ['json'], mostBytes: 4096 },
    answer: outcome,
    handle: approve,
  },
  {
    name: 'shadow-report',
    method: 'GET',
    path: '/api/v1/policy/shadow',
    says: 'What the candidate that runs in the shadow, or ran last, would have decided otherwise: counted, most first.',
    rights: ['policy-admin', 'auditor'],
    query: none,
    body: null,
    answer: shadowReport,
    handle: reportShadow,
  },
  {
    name: 'shadow-start',
    method: 'POST',
    path: '/api/v1/policy/shadow/start',
    says: 'Runs a candidate beside the policy in force: differences are counted, never enforced. It takes the place of one that runs.',
    rights: ['policy-admin'],
    query: none,
    body: { schema: candidate, formats: ['json'], mostBytes: 16 * 1024 * 1024 },
    answer: z.object({ number: z.int(), version: z.string(), at: moment }),
    handle: startShadow,
  },
  {
    name: 'shadow-stop',
    method: 'POST',
    path: '/api/v1/policy/shadow/stop',
    says: 'Ends the candidate in the shadow; its report stays.',
    rights: ['policy-admin'],
    query: none,
    body: { schema: none, formats: ['json'], mostBytes: 64 },
    answer: z.object({ version: z.string().nullable() }),
    handle: stopShadow,
  },
];

async function listVersions({ query }: Act, { policy }: AdminPlaneParts): Promise<Answer> {
  const limit = Number(query['limit'] ?? 100);
  const [changes, waiting] = await Promise.all([
    policy.changes(query['before'] === undefined ? null : Number(query['before']), limit),
    policy.waiting(),
  ]);
  const next = changes.length < limit ? null : String(changes.at(-1)?.number ?? '');
  const json = { changes: changes.map(changeLine), waiting: waiting.map(proposalLine), next };
  return { status: 200, body: { json }, details: { changes: changes.length } };
}

const timed = <T extends { readonly atMs: number }>({ atMs, ...rest }: T) => ({ ...rest, at: new Date(atMs).toISOString() });
const changeLine = (change: PolicyChangeLine) => timed(change);
const proposalLine = ({ approvals, ...rest }: PolicyProposalLine) => ({ ...timed(rest), approvals: approvals.map(timed) });

function publish(act: Act, parts: AdminPlaneParts): Promise<Change> {
  const { version, files, from, ends, reason } = parsed(publication, bodyOf(act).text);
  const source = version !== undefined ? { version } : files !== undefined ? { files } : 'folder';
  return Promise.resolve({
    // A reason is free text and stays in the store; names of files are the caller's.
    intent: {
      source: version !== undefined ? 'version' : files !== undefined ? 'files' : 'folder',
      ...(version === undefined ? {} : { version }),
    },
    carryOut: async () =>
      answerOf(await parts.policy.publish(source, { from: from ?? null, ends: ends ?? [], reason: reason ?? '' }, act.caller)),
  });
}

function approve(act: Act, parts: AdminPlaneParts): Promise<Change> {
  const { version } = parsed(approval, bodyOf(act).text);
  return Promise.resolve({ intent: { version }, carryOut: async () => answerOf(await parts.policy.approve(version, act.caller)) });
}

function startShadow(act: Act, parts: AdminPlaneParts): Promise<Change> {
  const source = parsed(candidate, bodyOf(act).text);
  return Promise.resolve({
    intent: 'version' in source ? { source: 'version', version: source.version } : { source: 'files' },
    carryOut: async () => {
      const started = await parts.policy.startShadow(source, act.caller);
      if (started.kind === 'refused') throw invalid(started.findings);
      if (started.kind === 'unknown') throw new GatewayError('version-unknown', 'no such version');
      const { number, version, atMs } = started.run;
      return { status: 200, body: { json: { number, version, at: new Date(atMs).toISOString() } }, details: { number, version } };
    },
  });
}

function stopShadow(act: Act, parts: AdminPlaneParts): Promise<Change> {
  parsed(none, bodyOf(act).text);
  return Promise.resolve({
    intent: {},
    carryOut: async () => {
      const version = (await parts.policy.stopShadow(act.caller))?.version ?? null;
      return { status: 200, body: { json: { version } }, details: { version } };
    },
  });
}

async function reportShadow(_act: Act, { policy }: AdminPlaneParts): Promise<Answer> {
  const { run, isRunning, counts } = await policy.shadowReport();
  const since = run === null ? null : new Date(run.atMs).toISOString();
  const json = { isRunning, version: run?.version ?? null, since, by: run?.account ?? null, counts };
  return { status: 200, body: { json }, details: { isRunning, lines: counts.length } };
}

function answerOf(result: PolicyOutcome): Answer {
  switch (result.kind) {
    case 'in-force':
    case 'unchanged':
    case 'waiting': {
      const { kind, ...rest } = result;
      return { status: kind === 'waiting' ? 202 : 200, body: { json: { outcome: kind, ...rest } }, details: { outcome: kind, ...rest } };
    }
    case 'refused':
      throw invalid(result.findings);
    case 'moved':
      throw new GatewayError('conflict', 'another version came into force', { details: { number: result.number } });
    case 'vouched':
      throw new GatewayError('conflict', 'this person has vouched for it', {
        details: { problem: 'you have vouched for it; another person must' },
      });
    case 'unknown':
      throw new GatewayError('version-unknown', 'no such version');
  }
}
