import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** Standing of organizations, applications and accounts, each from its moment on. */
export class Standing0000000001104 implements MigrationInterface {
  readonly name = 'Standing0000000001104';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'standing',
        columns: [
          column.identity('owner_kind', 16, { isPrimary: true }),
          column.identity('owner', 128, { isPrimary: true }),
          column.whole('from_ms', { isPrimary: true }),
          column.identity('standing', 16),
        ],
        indices: [{ name: 'standing_owner', columnNames: ['owner'] }],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('standing', true);
  }
}
