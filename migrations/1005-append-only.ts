import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['log_chain', 'access_entry', 'decision_rollup', 'log_flush'];

/** SQLite has no accounts, so triggers refuse change and removal. On MariaDB the gateway's account is granted SELECT and INSERT alone. */
export class AppendOnly0000000001005 implements MigrationInterface {
  readonly name = 'AppendOnly0000000001005';

  async up(queryRunner: QueryRunner): Promise<void> {
    if (queryRunner.dataSource.options.type !== 'better-sqlite3') return;
    for (const table of TABLES) {
      for (const act of ['update', 'delete']) {
        await queryRunner.query(
          `CREATE TRIGGER IF NOT EXISTS ${table}_no_${act} BEFORE ${act.toUpperCase()} ON ${table} BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END`,
        );
      }
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    if (queryRunner.dataSource.options.type !== 'better-sqlite3') return;
    for (const table of TABLES)
      for (const act of ['update', 'delete']) await queryRunner.query(`DROP TRIGGER IF EXISTS ${table}_no_${act}`);
  }
}
