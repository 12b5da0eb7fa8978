import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** Dated edges: who directly supervises whom (WF1-02). */
export class Supervision0000000001106 implements MigrationInterface {
  readonly name = 'Supervision0000000001106';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'supervision',
        columns: [
          column.identity('supervisor', 128, { isPrimary: true }),
          column.identity('supervisee', 128, { isPrimary: true }),
          column.whole('from_ms', { isPrimary: true }),
          column.whole('to_ms', { isNullable: true }),
        ],
        indices: [{ name: 'supervision_supervisee', columnNames: ['supervisee'] }],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('supervision', true);
  }
}
