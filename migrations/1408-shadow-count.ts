import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** What a candidate would have decided otherwise, counted by each process for itself, so that no two write one row. */
export class ShadowCount0000000001408 implements MigrationInterface {
  readonly name = 'ShadowCount0000000001408';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'shadow_count',
        columns: [
          column.whole('run', { isPrimary: true }),
          column.identity('process', 36, { isPrimary: true }),
          column.identity('line', 64, { isPrimary: true }),
          column.identity('kind', 16),
          column.identity('system', 64),
          column.identity('action', 16),
          column.longText('key_words'),
          column.longText('words'),
          column.whole('count'),
          column.identity('example', 36),
        ],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('shadow_count', true);
  }
}
