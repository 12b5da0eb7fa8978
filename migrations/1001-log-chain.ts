import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** One row a chain: every gateway process that appends has its own. */
export class LogChain0000000001001 implements MigrationInterface {
  readonly name = 'LogChain0000000001001';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({ name: 'log_chain', columns: [column.identity('chain', 36, { isPrimary: true }), column.whole('started_at')] }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('log_chain', true);
  }
}
