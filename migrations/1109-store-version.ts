import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** One row a store, `directory` and `registry`: locked by every change, so that versions are committed in their order. */
export class StoreVersion0000000001109 implements MigrationInterface {
  readonly name = 'StoreVersion0000000001109';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({ name: 'store_version', columns: [column.identity('name', 16, { isPrimary: true }), column.whole('version')] }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('store_version', true);
  }
}
