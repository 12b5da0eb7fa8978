/**
 * The directory at 1e3, 1e5 and 1e6 accounts: what a lookup costs, and how long one change holds the event loop.
 * Run: node -r ./test/support/typescript-on-the-fly.cjs bench/directory-scale.ts [--json] [accounts …]
 */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { createDirectory } from '../src/governance/directory/create-directory';
import type { DirectoryStore } from '../src/governance/directory/directory-store';
import type { AccountFile, ChangeRow } from '../src/vocabulary/directory-rows';

export interface DirectoryScaleRow {
  readonly scenario: 'directory';
  readonly accounts: number;
  readonly loadSeconds: number;
  readonly heapMiB: number;
  readonly findAccountMicros: number;
  readonly membershipsMicros: number;
  readonly supervisesMicros: number;
  /** Longest hold of the loop while one change of one account is applied, worst of all rounds, milliseconds. */
  readonly changeHoldsLoopMs: number;
  /** The same while one new account is added. */
  readonly growthHoldsLoopMs: number;
  /** The same while 10,000 accounts change at once. */
  readonly bulkHoldsLoopMs: number;
}

const ISSUER = 'https://sign-on.example.gov';
const NOW = Date.UTC(2026, 5, 1);

async function main(): Promise<void> {
  const sizes = process.argv
    .slice(2)
    .map(Number)
    .filter((size) => size > 0);
  const rows: DirectoryScaleRow[] = [];
  for (const accounts of sizes.length > 0 ? sizes : [1_000, 100_000, 1_000_000]) rows.push(await measure(accounts));
  if (process.argv.includes('--json')) console.log(JSON.stringify(rows));
  else console.table(rows);
}

async function measure(accounts: number): Promise<DirectoryScaleRow> {
  const store = madeUpStore(accounts);
  const directory = createDirectory(store, () => NOW);
  const began = performance.now();
  await directory.start();
  const loadSeconds = (performance.now() - began) / 1000;
  if (directory.state().accounts !== accounts) throw new Error('the directory was not loaded');
  globalThis.gc?.();

  const pick = (round: number): number => (round * 7919) % accounts;
  const findAccountMicros = each(200_000, (round) => directory.findAccount(ISSUER, `subject-${pick(round)}`, 'production'));
  const membershipsMicros = each(200_000, (round) => directory.memberships(`account-${pick(round)}`, 'workforce-one', 'production'));
  const supervisesMicros = each(200_000, (round) => {
    const supervisee = pick(round);
    return directory.supervises(`account-${supervisee - (supervisee % 10)}`, `X${supervisee}`, 'workforce-one', 'production', NOW);
  });

  const changeHoldsLoopMs = await holds(50, async (round) => {
    store.change([pick(round)]);
    await directory.catchUp();
  });
  const growthHoldsLoopMs = await holds(50, async (round) => {
    store.change([accounts + round]);
    await directory.catchUp();
  });
  const bulkHoldsLoopMs = await holds(1, async () => {
    store.change(Array.from({ length: Math.min(10_000, accounts) }, (_, i) => i));
    await directory.catchUp();
  });
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  return {
    scenario: 'directory',
    accounts,
    loadSeconds: round(loadSeconds),
    heapMiB: Math.round(process.memoryUsage().heapUsed / 1024 / 1024),
    findAccountMicros: round(findAccountMicros),
    membershipsMicros: round(membershipsMicros),
    supervisesMicros: round(supervisesMicros),
    changeHoldsLoopMs: round(changeHoldsLoopMs),
    growthHoldsLoopMs: round(growthHoldsLoopMs),
    bulkHoldsLoopMs: round(bulkHoldsLoopMs),
  };
}

function each(rounds: number, work: (round: number) => unknown): number {
  for (let round = 0; round < rounds / 10; round++) work(round);
  const began = performance.now();
  for (let round = 0; round < rounds; round++) if (work(round) === undefined) throw new Error('not found');
  return ((performance.now() - began) * 1000) / rounds;
}

/** The longest gap between two turns of the loop while the work is done, garbage collection included. */
async function holds(rounds: number, work: (round: number) => Promise<void>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let longestMs = 0;
  let last = performance.now();
  let isDone = false;
  const tick = (): void => {
    const now = performance.now();
    longestMs = Math.max(longestMs, now - last);
    last = now;
    if (!isDone) setImmediate(tick);
  };
  setImmediate(tick);
  delay.enable();
  for (let round = 0; round < rounds; round++) {
    await work(round);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  isDone = true;
  delay.disable();
  return longestMs;
}

/** A store that makes its accounts up as they are read; fresh text every time, as a database driver gives it. */
function madeUpStore(accounts: number): DirectoryStore & { change(numbers: readonly number[]): void } {
  const log: ChangeRow[] = [];
  let version = 0;
  const numberOf = (id: string): number => Number(id.slice('account-'.length));
  return {
    change(numbers) {
      version++;
      for (const number of numbers) log.push({ version, kind: 'account', key: `account-${number}` });
    },
    version: async () => version,
    oldestVersion: () => Promise.resolve(null),
    changes: async (after, limit) => {
      const first = log.findIndex((row) => row === after || (after.key === '' && row.version > after.version));
      if (first < 0) return [];
      const from = log[first] === after ? first + 1 : first;
      return log.slice(from, from + limit);
    },
    organizations: async () => [{ id: 'example-county', name: 'Example County', standings: [{ standing: 'active', fromMs: 0 }] }],
    applications: async () => [],
    accounts: async (ids) => ids.map((id) => madeUpAccount(numberOf(id), version)),
    accountPage: async (afterId, limit) => {
      const from = afterId === null ? 0 : numberOf(afterId) + 1;
      return Array.from({ length: Math.max(0, Math.min(limit, accounts - from)) }, (_, i) => madeUpAccount(from + i, 0));
    },
  };
}

function madeUpAccount(number: number, version: number): AccountFile {
  const id = `account-${number}`;
  const chief = number - (number % 10);
  return {
    account: {
      id,
      kind: 'person',
      person: `person-${number}`,
      issuer: `${ISSUER}`,
      subject: `subject-${number}`,
      environment: 'production',
      organization: 'example-county',
      standings: [{ standing: version % 2 === 0 ? 'active' : 'suspended', fromMs: 0 }],
    },
    memberships: [
      {
        id: `membership-${number}`,
        account: id,
        system: 'workforce-one',
        environment: 'production',
        workgroup: 'case-manager',
        staffId: `X${number}`,
        scopes: { agency: [`A${number % 300}`], counties: [String(27001 + (number % 87))], offices: [], programs: ['mfip'], regions: [] },
        privileges: number % 20 === 0 ? ['private-records'] : [],
        fromMs: 0,
        toMs: null,
      },
    ],
    supervises:
      number === chief
        ? Array.from({ length: 10 }, (_, i) => ({ supervisor: id, supervisee: `account-${number + i}`, fromMs: 0, toMs: null }))
        : [],
    actors: [],
    rights: [],
  };
}

if (require.main === module) void main();
