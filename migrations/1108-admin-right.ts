import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** Rights on the admin plane. */
export class AdminRight0000000001108 implements MigrationInterface {
  readonly name = 'AdminRight0000000001108';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'admin_right',
        columns: [
          column.identity('account', 128, { isPrimary: true }),
          column.identity('right_word', 192, { isPrimary: true }),
          column.whole('from_ms', { isPrimary: true }),
          column.whole('to_ms', { isNullable: true }),
        ],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('admin_right', true);
  }
}
