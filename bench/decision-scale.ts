import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild, runAsChild } from '../demo/start-child';
import { treeRoot } from '../demo/tree-root';
import { AnswerMemory } from '../src/decide/answer-memory';
import { createBreather } from '../src/decide/breather';
import { buildPolicyEngine } from '../src/decide/policy-engine';
import { createPolicyInForce } from '../src/decide/policy-in-force';
import type { PolicyInForce } from '../src/decide/policy-in-force';
import type { PolicyRow } from '../src/decide/policy-row';
import { readRecordFile } from '../src/decide/read-record-file';
import { relate } from '../src/facts/relate';
import { createDirectory } from '../src/governance/directory/create-directory';
import type { Directory } from '../src/governance/directory/directory';
import type { DirectoryStore } from '../src/governance/directory/directory-store';
import type { ApplicationGrant, Membership, RecordFacts } from '../src/vocabulary/access';
import type { CaseSystem } from '../src/vocabulary/case-system';
import type { AccountFile } from '../src/vocabulary/directory-rows';

/**
 * What one remembered decision costs in CPU, in two parts: finding the caller (account and memberships by the token's subject),
 * and deciding (relate the membership to the record's facts, then the Decision). By number of accounts, with the same 100 callers
 * at work spread evenly over them, and by number of policy rows. Each line in a process of its own.
 *
 *   node dist/bench/decision-scale.js [--json]
 */
async function main(): Promise<void> {
  const sizes: readonly Size[] = [
    { accounts: 1_000, policyRows: 20 },
    { accounts: 100_000, policyRows: 20 },
    { accounts: 1_000_000, policyRows: 20 },
    { accounts: 1_000, policyRows: 2_000 },
  ];
  const rows: Row[] = [];
  for (const size of sizes) {
    const child = await startChild<Row>(__dirname, 'decision-scale', size, { execArgv: ['--max-old-space-size=4096', '--expose-gc'] });
    rows.push(child.ready);
    await child.stop();
  }
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  const base = rows[0]?.decideNanos ?? 1;
  process.stdout.write('  accounts  policy rows  find ns  decide ns  decide / first  first time of a key µs\n');
  for (const row of rows) {
    const cells = [
      String(row.accounts).padStart(10),
      String(row.policyRows).padStart(11),
      row.findNanos.toFixed(0).padStart(7),
      row.decideNanos.toFixed(0).padStart(9),
      (row.decideNanos / base).toFixed(2).padStart(14),
      row.coldMicros.toFixed(0).padStart(22),
    ];
    process.stdout.write(`${cells.join('  ')}\n`);
  }
}

interface Size {
  readonly accounts: number;
  readonly policyRows: number;
}

interface Row extends Size {
  readonly scenario: 'decision';
  readonly findNanos: number;
  readonly decideNanos: number;
  /** A key that was never asked before, median: Casbin answers for every section. */
  readonly coldMicros: number;
}

const CALLERS = 100;
const TIMES_A_ROUND = 200_000;
const ROUNDS = 5;
const ISSUER = 'https://id.bench.example';
const FROM_MS = Date.UTC(2024, 0, 1);
const NOW_MS = Date.UTC(2026, 0, 1);
const GRANT: ApplicationGrant = { system: 'workforce-one', actions: ['read'], sections: ['*'] };

async function measure({ accounts, policyRows }: Size): Promise<Row> {
  const system = readSystem();
  const directory = createDirectory(storeOf(accounts), () => NOW_MS);
  await directory.start();
  const rows = rowsOf(system, policyRows);
  const engine = await buildPolicyEngine(system, rows, createBreather());
  const policy = createPolicyInForce({ system, engine, memory: new AnswerMemory(engine), workgroups: WORKGROUPS }, 'bench', (cause) => {
    throw cause;
  });
  // What loading left behind is not part of a decision; neither is the collector that is still at it.
  globalThis.gc?.();
  const step = Math.max(1, Math.floor(accounts / CALLERS));
  const callers = Array.from({ length: CALLERS }, (_, i) => accountId((i * step + (i % WORKGROUPS.length)) % accounts));
  const question = (id: string) => decide(find(directory, id), system, directory, policy);
  const cold = WORKGROUPS.map((_, i) => accountId(i)).map((id) => timed(() => question(id)));
  const found = callers.map((id) => find(directory, id));
  const findNanos = await cpuNanos((i) => find(directory, callers[(i * 7) % CALLERS] ?? ''));
  const decideNanos = await cpuNanos((i) => decide(found[(i * 7) % CALLERS], system, directory, policy));
  return { scenario: 'decision', accounts, policyRows, findNanos, decideNanos, coldMicros: middle(cold) };
}

/** Median CPU of one piece of work over the rounds; the first round warms up. */
async function cpuNanos(work: (i: number) => unknown): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    const before = process.cpuUsage();
    for (let i = 0; i < TIMES_A_ROUND; i += 1) work(i);
    const { user, system } = process.cpuUsage(before);
    if (round > 0) rounds.push(((user + system) * 1_000) / TIMES_A_ROUND);
  }
  return middle(rounds);
}

const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

function find(directory: Directory, subject: string): Membership {
  const account = directory.findAccount(ISSUER, subject, 'production');
  const membership = account && directory.memberships(account.id, 'workforce-one', 'production')[0];
  if (membership === undefined) throw new Error(`no account ${subject}`);
  return membership;
}

function decide(membership: Membership | undefined, system: CaseSystem, directory: Directory, policy: PolicyInForce): void {
  const route = system.routes[0];
  if (membership === undefined || route === undefined) throw new Error('nobody to decide about');
  const key = relate({ system, membership, facts: FACTS, applicationClass: 'case-work', supervision: directory, atMs: NOW_MS });
  const decision = policy.decide({ route, keys: [key], grant: GRANT, actorKeys: null });
  if (decision.disclosure !== 'full') throw new Error(`expected full, got ${decision.disclosure}`);
}

const FACTS: Extract<RecordFacts, { known: true }> = { known: true, isPrivate: false, codes: [[], ['S-0'], ['AG-NORTH'], ['62'], []] };
const WORKGROUPS: readonly string[] = Array.from({ length: 10 }, (_, i) => `workgroup-${i}`);

/** Rows that differ in their `when` word and relation; the last of each workgroup is the one that grants. */
function rowsOf(system: CaseSystem, count: number): readonly PolicyRow[] {
  const row = (line: number, workgroup: string, part: Partial<PolicyRow>): PolicyRow => ({
    line,
    workgroup: `group:${workgroup}`,
    relation: '*',
    privacy: 'open',
    when: [],
    section: '*',
    action: 'read',
    effect: 'allow',
    ...part,
  });
  const grants = WORKGROUPS.map((workgroup, i) => row(i + 1, workgroup, {}));
  const others: PolicyRow[] = [];
  for (let i = 0; others.length < count - grants.length; i += 1) {
    const section = system.sections[i % system.sections.length] ?? 'basic';
    others.push(row(grants.length + i + 1, `elsewhere-${Math.floor(i / system.sections.length)}`, { section, relation: 'assigned' }));
  }
  return [...others, ...grants];
}

function readSystem(): CaseSystem {
  const file = join(treeRoot(), 'policies', 'workforce-one', 'record.yaml');
  const { system, findings } = readRecordFile(readFileSync(file), file, 'workforce-one');
  if (system === null) throw new Error(`record.yaml cannot be read: ${findings[0]?.message ?? ''}`);
  return system;
}

const accountId = (index: number): string => `account-${String(index).padStart(8, '0')}`;

/** A directory of that many people, made up page by page. */
function storeOf(accounts: number): DirectoryStore {
  const standings = [{ standing: 'active' as const, fromMs: FROM_MS }];
  const fileOf = (index: number): AccountFile => {
    const id = accountId(index);
    return {
      account: {
        id,
        kind: 'person',
        person: `p-${id}`,
        issuer: ISSUER,
        subject: id,
        environment: 'production',
        organization: 'bench',
        standings,
      },
      memberships: [
        {
          id: `m-${id}`,
          account: id,
          system: 'workforce-one',
          environment: 'production',
          workgroup: WORKGROUPS[index % WORKGROUPS.length] ?? '',
          staffId: `S-${index}`,
          scopes: { agency: ['AG-NORTH'], counties: ['*'], offices: [], programs: [], regions: [] },
          privileges: [],
          fromMs: FROM_MS,
          toMs: null,
        },
      ],
      supervises: [],
      actors: [],
      rights: [],
    };
  };
  return {
    version: async () => 1,
    oldestVersion: () => Promise.resolve(null),
    changes: async () => [],
    organizations: async () => [{ id: 'bench', name: 'Bench', standings }],
    applications: async () => [],
    accounts: async () => [],
    accountPage: async (afterId, limit) => {
      const first = afterId === null ? 0 : Number(afterId.slice('account-'.length)) + 1;
      return Array.from({ length: Math.max(0, Math.min(limit, accounts - first)) }, (_, i) => fileOf(first + i));
    },
  };
}

function timed(work: () => void): number {
  const startedAt = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - startedAt) / 1_000;
}

if (process.send !== undefined) runAsChild<Size, Row>(async (size) => ({ ready: await measure(size) }));
else
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 2;
  });
