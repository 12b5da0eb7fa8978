import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/**
 * The drift list: places of a case system whose fields record.yaml does not classify, and how often they were left out. Names alone, no
 * value; the row whose place is '' counts what has no row of its own.
 */
export class DriftPlace0000000001301 implements MigrationInterface {
  readonly name = 'DriftPlace0000000001301';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'drift_place',
        columns: [
          column.identity('system', 64, { isPrimary: true }),
          column.identity('place', 255, { isPrimary: true }),
          column.identity('holds', 16, { isPrimary: true }),
          column.longText('inside'),
          column.whole('field_count'),
          column.whole('first_seen_ms'),
          column.whole('last_seen_ms'),
        ],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('drift_place', true);
  }
}
