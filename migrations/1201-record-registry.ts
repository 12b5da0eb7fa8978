import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** What is known of records beside the case systems: privacy (null: nothing), codes (JSON), and the privacy transaction that decided (WF1-06). */
export class RecordRegistry0000000001201 implements MigrationInterface {
  readonly name = 'RecordRegistry0000000001201';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'record_registry',
        columns: [
          column.identity('system', 64, { isPrimary: true }),
          column.identity('environment', 16, { isPrimary: true }),
          column.identity('record_id', 64, { isPrimary: true }),
          column.flag('is_private', { isNullable: true }),
          column.longText('codes'),
          column.whole('last_effective_ms', { isNullable: true }),
          column.whole('last_sequence', { isNullable: true }),
          column.whole('version'),
        ],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('record_registry', true);
  }
}
