import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** Which service account may act for which person (RFC 8693). */
export class Delegation0000000001107 implements MigrationInterface {
  readonly name = 'Delegation0000000001107';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'delegation',
        columns: [
          column.identity('account', 128, { isPrimary: true }),
          column.identity('actor', 128, { isPrimary: true }),
          column.whole('from_ms', { isPrimary: true }),
          column.whole('to_ms', { isNullable: true }),
        ],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('delegation', true);
  }
}
