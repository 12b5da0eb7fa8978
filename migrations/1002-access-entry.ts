import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/**
 * The access log. `bytes` is the entry itself; the other columns repeat or chain it. That no two writers go on from one entry is seen to
 * by `log_flush`.
 */
export class AccessEntry0000000001002 implements MigrationInterface {
  readonly name = 'AccessEntry0000000001002';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'access_entry',
        columns: [
          column.identity('chain', 36, { isPrimary: true }),
          column.whole('seq', { isPrimary: true }),
          column.identity('access_id', 36),
          column.whole('at_ms'),
          column.identity('kind', 16),
          column.bytes('prev_hash', 32),
          column.bytes('hash', 32),
          column.longText('bytes'),
        ],
        uniques: [{ name: 'access_entry_access_id', columnNames: ['access_id'] }],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('access_entry', true);
  }
}
