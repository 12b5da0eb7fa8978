import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { readEntries } from '../audit/read-entries';
import { verifyChains } from '../audit/verify-chain';
import type { DirectoryList, FoundEntry, LogQuestion, Services } from '../cli/services';
import { importDirectory as importRows } from '../governance/directory/import/import-directory';
import type { ImportReport } from '../governance/directory/import/import-report';
import type { ImportFile } from '../governance/directory/import/read-import-files';
import { standingAt } from '../governance/spans';
import type { Settings } from '../settings/settings-table';
import { createDirectoryStore } from '../storage/directory-store';
import { createRowStore } from '../storage/directory-row-store';
import { migrate } from '../storage/migrate';
import { StoreInUse, takeStoreLock } from '../storage/store-lock';
import type { AccessEntry } from '../vocabulary/access-entry';
import type { Membership } from '../vocabulary/access';
import { driftServices } from './drift-services';
import { findEntry } from './find-entry';
import { openStores, storeSettings } from './open-stores';
import { policyFileServices } from './policy-file-services';
import { policyVersionServices } from './policy-version-services';
import { policyReviewServices } from './policy-review-services';
import { policyImpactServices } from './policy-impact-services';
import { readGovernance } from './read-governance';
import { readLog } from './read-log';
import { settingsOf } from './settings-of';
import { startGateway } from './start-gateway';

/** Fulfils what the commands ask for. Reading commands open the store read-only beside a running gateway. */
export function cliServices(version: string): Services {
  return {
    version,
    serve: (choice) => serve(settingsOf(choice)),
    checkSettings: (choice) => Promise.resolve(settingsOf(choice)),
    demo,
    demoToken,
    ...policyFileServices,
    ...policyVersionServices,
    ...driftServices,
    ...policyReviewServices,
    ...policyImpactServices,
    verifyLog: (choice) => verifyLog(settingsOf(choice)),
    searchLog: (question, choice) => searchLog(settingsOf(choice), question),
    importDirectory: (files, { dryRun }, choice) => importDirectory(settingsOf(choice), readFiles(files), dryRun),
    listDirectory: ({ organization }, choice) => listDirectory(settingsOf(choice), organization),
    migrate: (choice) => migrateStore(settingsOf(choice)),
  };
}

/** A production image has neither the demo nor what it stands on: it is loaded when it is asked for. */
/* eslint-disable @typescript-eslint/no-require-imports -- `import()` resolves as an ES module and would need file endings */
const loadDemo = () => ({
  ...(require('../../demo/run-demo') as typeof import('../../demo/run-demo')),
  ...(require('../../demo/fetch-demo-token') as typeof import('../../demo/fetch-demo-token')),
  ...(require('../../demo/running-demo') as typeof import('../../demo/running-demo')),
});
/* eslint-enable @typescript-eslint/no-require-imports */

async function demo({ once }: { readonly once: boolean }): Promise<void> {
  await loadDemo().runDemo({
    once,
    print: (line) => void process.stdout.write(`${line}\n`),
    startGateway,
    importDirectory: async (settings, files) => demandApplied(await importDirectory(settings, files)),
    findEntry: async (settings, accessId) => (await findEntry(settings, accessId)) ?? undefined,
  });
}

async function demoToken(person: string, audience: 'data' | 'admin'): Promise<string> {
  const { fetchDemoToken, readRunningDemo } = loadDemo();
  const running = readRunningDemo(resolve('.casegate', 'demo'));
  if (running === undefined) throw new Error('No demo runs in this folder. Start one with: npm run demo');
  return fetchDemoToken(running.identityProvider, person, audience);
}

async function serve(settings: Settings): Promise<void> {
  const gateway = await startGateway(settings);
  await new Promise<void>((told) => {
    process.once('SIGTERM', () => told());
    process.once('SIGINT', () => told());
  });
  await gateway.stop();
}

/**
 * Imports into the store while no gateway runs on it (SQLite), or beside running ones (MariaDB), which follow at once.
 *
 * Fails   on SQLite with the way to go where a gateway holds the store.
 */
export async function importDirectory(settings: Settings, files: readonly ImportFile[], dryRun = false): Promise<ImportReport> {
  const stores = await openStores(settings).catch((fault: unknown) => {
    throw fault instanceof StoreInUse ? new Error(throughTheGateway(fault)) : fault;
  });
  try {
    return await importRows({ files, dryRun }, { store: createRowStore(stores.governance) });
  } finally {
    await stores.close();
  }
}

const throughTheGateway = ({ message, holder }: StoreInUse): string =>
  `${message}. ${holder === undefined || holder.adminUrl === null ? 'Try again when it is done.' : `A gateway runs on it: POST the files to ${holder.adminUrl}/api/v1/directory/imports with the right directory-admin.`}`;

function demandApplied(report: ImportReport): void {
  if (report.outcome === 'applied' || report.outcome === 'unchanged') return;
  const lines = report.problems.slice(0, 5).map((one) => `${one.file}:${one.line} ${one.column}: ${one.reason}`);
  throw new Error(`the directory was refused: ${lines.join('; ')}`);
}

const readFiles = (files: readonly string[]): readonly ImportFile[] =>
  files.map((file) => ({ name: basename(file), content: readFileSync(resolve(file), 'utf8') }));

function verifyLog(settings: Settings) {
  return readLog(settings, async (reader) => {
    const reports = await verifyChains(reader);
    return {
      chains: reports.length,
      entries: reports.reduce((sum, one) => sum + one.entries, 0),
      faults: reports.flatMap(({ chain, fault }) =>
        fault === null
          ? []
          : [{ chain, seq: fault.seq, message: `${fault.problem}${fault.accessId === null ? '' : ` (${fault.accessId})`}` }],
      ),
    };
  });
}

/** The reader filters by one word at the store; system and person are looked at here, page by page. */
function searchLog(settings: Settings, { system, record, person, limit }: LogQuestion): Promise<readonly FoundEntry[]> {
  const fits = (entry: AccessEntry): boolean =>
    (system === undefined || entry.system === system) &&
    (person === undefined || entry.who?.account === person || entry.who?.person === person);
  return readLog(settings, async (reader) => {
    const found: FoundEntry[] = [];
    for (let before: string | null = null; ;) {
      const page = await readEntries(reader, record === undefined ? {} : { recordId: record }, { limit: 500, before });
      found.push(...page.entries.filter(({ entry }) => fits(entry)));
      before = page.next;
      if (found.length >= limit || before === null) return found.slice(0, limit);
    }
  });
}

function listDirectory(settings: Settings, organization: string | undefined): Promise<DirectoryList> {
  return readGovernance(settings, async (governance) => {
    const store = createDirectoryStore(governance);
    const accounts: DirectoryList['accounts'][number][] = [];
    for (let after: string | null = null; ;) {
      const page: Awaited<ReturnType<typeof store.accountPage>> = await store.accountPage(after, 1_000);
      for (const { account, memberships } of page) {
        if (organization !== undefined && account.organization !== organization) continue;
        const { id, kind, environment, standings } = account;
        const standing = standingAt(standings, Date.now());
        accounts.push({
          id,
          kind,
          environment,
          organization: account.organization,
          standing,
          memberships: memberships.map(membershipLine),
        });
      }
      after = page.at(-1)?.account.id ?? null;
      if (page.length < 1_000 || after === null) return { version: await store.version(), accounts };
    }
  });
}

const membershipLine = ({ system, workgroup, scopes }: Membership) => ({ system, workgroup, agency: scopes.agency.join(';') });

async function migrateStore(settings: Settings): Promise<readonly string[]> {
  const chosen = storeSettings(settings, 'migrator');
  if (chosen.kind === 'mariadb') return migrate(chosen);
  const lock = takeStoreLock(chosen.folder);
  try {
    return await migrate(chosen);
  } finally {
    lock.release();
  }
}
