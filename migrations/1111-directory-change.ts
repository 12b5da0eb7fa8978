import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** What each version of the directory touched. */
export class DirectoryChange0000000001111 implements MigrationInterface {
  readonly name = 'DirectoryChange0000000001111';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'directory_change',
        columns: [
          column.whole('version', { isPrimary: true }),
          column.identity('change_kind', 16, { isPrimary: true }),
          column.identity('change_key', 192, { isPrimary: true }),
        ],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('directory_change', true);
  }
}
