import { createConnection } from 'mysql2/promise';
import type { Connection } from 'mysql2/promise';
import { randomBytes } from 'node:crypto';

/** `describe` where the suite has a private MariaDB, `describe.skip` (with words) where it has none. */
export const describeWithMariadb: jest.Describe = process.env['CASEGATE_TEST_MARIADB'] ? describe : describe.skip;

export interface TestDatabase {
  /** mysql://user@127.0.0.1:port/database */
  readonly url: string;
  /** Runs SQL on the database as its owner; gives the rows. */
  run(sql: string, values?: readonly (string | number | null)[]): Promise<readonly Record<string, unknown>[]>;
  /** Drops it and closes the connection. */
  drop(): Promise<void>;
}

/**
 * A new empty database of its own in the private MariaDB that `npm test` starts.
 *
 * Gives   its url and a way to run SQL on it.
 * Fails   where CASEGATE_TEST_MARIADB is not set: use `describeWithMariadb`.
 */
export async function freshDatabase(): Promise<TestDatabase> {
  const server = process.env['CASEGATE_TEST_MARIADB'];
  if (server === undefined) throw new Error('CASEGATE_TEST_MARIADB is not set: run `npm test`, which starts a private MariaDB');
  const name = `casegate_${randomBytes(6).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const connection: Connection = await createConnection({ uri: server, multipleStatements: false });
  await connection.query(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin`);
  await connection.query(`USE \`${name}\``);
  return {
    url: url.toString(),
    async run(sql, values = []) {
      const [rows] = await connection.query(sql, [...values]);
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
    },
    async drop() {
      await connection.query(`DROP DATABASE IF EXISTS \`${name}\``);
      await connection.end();
    },
  };
}
