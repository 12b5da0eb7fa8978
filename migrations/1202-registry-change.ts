import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** What each version of the registry touched. */
export class RegistryChange0000000001202 implements MigrationInterface {
  readonly name = 'RegistryChange0000000001202';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'registry_change',
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
    await queryRunner.dropTable('registry_change', true);
  }
}
