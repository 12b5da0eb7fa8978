import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** Registered applications; `grants` and `origins` are JSON. */
export class Application0000000001102 implements MigrationInterface {
  readonly name = 'Application0000000001102';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'application',
        columns: [
          column.identity('id', 128, { isPrimary: true }),
          column.identity('look', 128),
          column.identity('issuer', 255),
          column.identity('client_id', 255),
          column.identity('environment', 16),
          column.identity('application_class', 128),
          column.longText('grants'),
          column.longText('origins'),
        ],
        uniques: [
          { name: 'application_look', columnNames: ['look'] },
          { name: 'application_client', columnNames: ['client_id', 'issuer', 'environment'] },
        ],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('application', true);
  }
}
