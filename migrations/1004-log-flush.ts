import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/**
 * One row a flush, by the hash from which it goes on, in the same transaction as its entries. The first hash of a chain is made of the
 * chain's id, so it is unique over all chains: two writers that go on from one entry cannot both succeed. It stands beside the entries and
 * not on them because hashes fall on random pages: one a flush is little, one for each entry was more than a third of what an entry cost.
 */
export class LogFlush0000000001004 implements MigrationInterface {
  readonly name = 'LogFlush0000000001004';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'log_flush',
        withoutRowid: true,
        columns: [column.bytes('prev_hash', 32, { isPrimary: true }), column.identity('chain', 36), column.whole('first_seq')],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('log_flush', true);
  }
}
