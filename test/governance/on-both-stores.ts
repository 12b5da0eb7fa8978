import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDirectory } from '../../src/governance/directory/create-directory';
import type { LiveDirectory } from '../../src/governance/directory/directory';
import { importDirectory } from '../../src/governance/directory/import/import-directory';
import type { ImportReport } from '../../src/governance/directory/import/import-report';
import { createPrivacyFeed, type PrivacyFeed } from '../../src/governance/feeds/create-privacy-feed';
import { createRegistry } from '../../src/governance/registry/create-registry';
import type { LiveRegistry } from '../../src/governance/registry/registry';
import type { RowStore } from '../../src/governance/row-store';
import { createRowStore } from '../../src/storage/directory-row-store';
import { createDirectoryStore } from '../../src/storage/directory-store';
import { migrate } from '../../src/storage/migrate';
import { type GovernanceStore, openDataSource } from '../../src/storage/open-data-source';
import { createRegistryStore } from '../../src/storage/registry-store';
import type { StoreSettings } from '../../src/storage/store-settings';
import { freshDatabase } from '../support/mariadb';

/** One governance store with everything that stands on it. The clock is set by hand. */
export interface Office {
  readonly settings: StoreSettings;
  readonly store: GovernanceStore;
  readonly rows: RowStore;
  readonly directory: LiveDirectory;
  readonly registry: LiveRegistry;
  readonly feed: PrivacyFeed;
  readonly clock: { nowMs: number };
  /** Imports files by name; the directory in memory has caught up when it resolves. */
  bring(files: Readonly<Record<string, string>>, options?: { dryRun?: boolean; timeZone?: string }): Promise<ImportReport>;
  /** Another process on the same store. */
  another(): Promise<Office>;
  close(): Promise<void>;
}

export const NOW = '2026-06-01T12:00:00Z';

const STORES = [
  ['SQLite', openSqliteOffice],
  ['MariaDB', openMariadbOffice],
] as const;

/** Runs the suite on SQLite and, where the suite has a private server, on MariaDB. */
export function onBothStores(name: string, suite: (open: () => Promise<Office>, engine: 'SQLite' | 'MariaDB') => void): void {
  for (const [engine, open] of STORES) {
    const describeHere = engine === 'MariaDB' && !process.env['CASEGATE_TEST_MARIADB'] ? describe.skip : describe;
    describeHere(`${name} (${engine})`, () => suite(open, engine));
  }
}

export async function openSqliteOffice(): Promise<Office> {
  const folder = mkdtempSync(join(tmpdir(), 'casegate-directory-'));
  const settings: StoreSettings = { kind: 'sqlite', folder };
  await migrate(settings);
  return openOffice(settings, async () => rmSync(folder, { recursive: true, force: true }));
}

export async function openMariadbOffice(): Promise<Office> {
  const database = await freshDatabase();
  const settings: StoreSettings = { kind: 'mariadb', url: database.url, tls: null, connections: 4 };
  await migrate(settings);
  return openOffice(settings, () => database.drop());
}

async function openOffice(settings: StoreSettings, cleanUp: () => Promise<void>): Promise<Office> {
  const store = await openDataSource(settings);
  const clock = { nowMs: Date.parse(NOW) };
  const rows: RowStore = createRowStore(store);
  const directory = createDirectory(createDirectoryStore(store), () => clock.nowMs);
  const registry = createRegistry(createRegistryStore(store), () => clock.nowMs);
  await Promise.all([directory.start(), registry.start()]);
  const caughtUp = async (versions: { directory: number; registry: number }): Promise<void> => {
    await directory.catchUp(versions.directory);
    await registry.catchUp(versions.registry);
  };
  return {
    settings,
    store,
    rows,
    directory,
    registry,
    clock,
    feed: createPrivacyFeed({ store: rows, clock: () => clock.nowMs, caughtUp: (version) => registry.catchUp(version) }),
    bring: (files, options = {}) =>
      importDirectory(
        {
          files: Object.entries(files).map(([name, content]) => ({ name, content })),
          dryRun: options.dryRun ?? false,
          timeZone: options.timeZone,
        },
        { store: rows, caughtUp },
      ),
    another: () => openOffice(settings, async () => undefined),
    close: async () => {
      await store.close();
      await cleanUp();
    },
  };
}

export const ISSUER = 'https://sign-on.example.gov';

/** A small office: a counselor and the supervisor, in production, and one account in training. */
export const SMALL_OFFICE = `
organizations:
  - {id: example-county, name: Example County}
applications:
  - id: case-viewer
    issuer: ${ISSUER}
    client_id: case-viewer
    environment: production
    class: viewer
    grants: [{system: workforce-one, actions: [read], sections: ['*']}]
    origins: ['https://viewer.example.gov']
accounts:
  - {id: counselor, kind: person, person: p-1, issuer: '${ISSUER}', subject: sub-counselor, environment: production, organization: example-county}
  - {id: supervisor, kind: person, person: p-2, issuer: '${ISSUER}', subject: sub-supervisor, environment: production, organization: example-county}
  - {id: batch, kind: service, person: p-3, issuer: '${ISSUER}', subject: sub-batch, environment: production, organization: example-county}
  - {id: counselor-uat, kind: person, person: p-1, issuer: '${ISSUER}', subject: sub-counselor, environment: training, organization: example-county}
standings:
  - {of: organization, id: example-county, standing: active, from: 2026-01-01}
  - {of: application, id: case-viewer, standing: active, from: 2026-01-01}
  - {of: account, id: counselor, standing: active, from: 2026-01-01}
  - {of: account, id: supervisor, standing: active, from: 2026-01-01}
  - {of: account, id: batch, standing: active, from: 2026-01-01}
memberships:
  - id: m-counselor
    account: counselor
    system: workforce-one
    environment: production
    workgroup: case-manager
    staff_id: X100
    agency: A1
    counties: ['27123', '27053']
    privileges: [private-records]
    from: 2026-01-01
  - {id: m-supervisor, account: supervisor, system: workforce-one, environment: production, workgroup: supervisor, staff_id: X200, agency: A1, from: 2026-01-01}
supervision:
  - {supervisor: supervisor, supervisee: counselor, from: 2026-01-01, to: 2026-07-01}
delegations:
  - {actor: batch, account: counselor, from: 2026-01-01}
rights:
  - {account: supervisor, right: auditor, from: 2026-01-01}
  - {account: batch, right: 'feed:workforce-one', from: 2026-01-01}
records:
  - {system: workforce-one, environment: production, record_id: A17, private: true, codes: {agency: [A1], assigned-staff: [X100]}}
`;
