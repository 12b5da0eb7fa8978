import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { openMariadbLogStore } from '../../src/storage/mariadb-log-store';
import { migrate } from '../../src/storage/migrate';
import { SqliteDriver } from '../../src/storage/sqlite-driver';
import { openSqliteLogStore } from '../../src/storage/sqlite-log-store';
import type { StoreSettings } from '../../src/storage/store-settings';
import type { LogStore } from '../../src/audit/log-store';
import { freshDatabase } from '../support/mariadb';

/** A store of one test: its settings, and a way round the gateway to look at the access log or to change it behind its back. */
export interface TestStore {
  readonly settings: StoreSettings;
  openLogStore(options?: { readonly timeoutMs?: number }): Promise<LogStore>;
  sql(text: string): Promise<readonly Record<string, unknown>[]>;
  dispose(): Promise<void>;
}

const folders: string[] = [];

/** A folder that goes when the test file is done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'casegate-test-'));
  folders.push(folder);
  return folder;
}

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

export async function sqliteTestStore(): Promise<TestStore> {
  const folder = temporaryFolder();
  const settings = { kind: 'sqlite', folder } as const;
  await migrate(settings);
  return {
    settings,
    openLogStore: () => Promise.resolve(openSqliteLogStore(join(folder, 'access-log.db'))),
    sql: (text) => {
      const connection = new SqliteDriver(join(folder, 'access-log.db'));
      try {
        return Promise.resolve(/^\s*select/i.test(text) ? connection.prepare(text).all() : (connection.exec(text), []));
      } finally {
        connection.close();
      }
    },
    dispose: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
  };
}

export async function mariadbTestStore(): Promise<TestStore> {
  const database = await freshDatabase();
  const settings = { kind: 'mariadb', url: database.url, tls: null } as const;
  await migrate(settings);
  return {
    settings,
    openLogStore: (options) => openMariadbLogStore(settings, options),
    sql: (text) => database.run(text),
    dispose: () => database.drop(),
  };
}

/** Both engines; MariaDB where the suite has one. */
export const engines: readonly (readonly [string, () => Promise<TestStore>])[] = [
  ['SQLite', sqliteTestStore],
  ...(process.env['CASEGATE_TEST_MARIADB'] ? ([['MariaDB', mariadbTestStore]] as const) : []),
];

export interface PrivateMariadb {
  /** The server that runs now, or ran last. */
  readonly process: ChildProcess;
  /** mysql://root@127.0.0.1:port/casegate, an empty database. */
  readonly url: string;
  kill(): Promise<void>;
  /** On the same data and port, after `kill`. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A server of this test alone, to be stopped, hung or set badly. */
export async function privateMariadb(): Promise<PrivateMariadb> {
  const folder = temporaryFolder();
  execFileSync('chown', ['mysql', folder]);
  const install = [
    '--no-defaults',
    `--datadir=${folder}/data`,
    '--user=mysql',
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ];
  execFileSync('mariadb-install-db', install, { stdio: 'ignore' });
  const port = await freePort();
  let server = await startMariadb(folder, port);
  const root = await createConnection({ uri: `mysql://root@127.0.0.1:${port}` });
  await root.query('CREATE DATABASE casegate CHARACTER SET utf8mb4');
  await root.end();
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGCONT');
    server.kill('SIGKILL');
    await ended;
  };
  return {
    get process() {
      return server;
    },
    url: `mysql://root@127.0.0.1:${port}/casegate`,
    kill,
    start: async () => {
      server = await startMariadb(folder, port);
    },
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startMariadb(folder: string, port: number): Promise<ChildProcess> {
  const server = spawn(
    'mariadbd',
    ['--no-defaults', '--user=mysql', `--datadir=${folder}/data`, `--socket=${folder}/s`, `--port=${port}`, '--bind-address=127.0.0.1'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await new Promise<void>((resolve, reject) => {
    let said = '';
    server.stderr.on('data', (part: Buffer) => {
      said += part.toString();
      if (said.includes('ready for connections')) resolve();
    });
    server.on('exit', () => reject(new Error(said)));
  });
  return server;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
