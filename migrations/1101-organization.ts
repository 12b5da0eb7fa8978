import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** Organizations. `look`: no two ids that people would take for one (TOK-16). */
export class Organization0000000001101 implements MigrationInterface {
  readonly name = 'Organization0000000001101';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'organization',
        columns: [column.identity('id', 128, { isPrimary: true }), column.identity('look', 128), column.identity('name', 255)],
        uniques: [{ name: 'organization_look', columnNames: ['look'] }],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('organization', true);
  }
}
