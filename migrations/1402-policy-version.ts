import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** Every policy version that was ever proposed: which files it is made of. Kept for ever, so that an old entry can be explained. */
export class PolicyVersion0000000001402 implements MigrationInterface {
  readonly name = 'PolicyVersion0000000001402';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'policy_version',
        columns: [column.identity('version', 64, { isPrimary: true }), column.longText('files'), column.whole('kept_ms')],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('policy_version', true);
  }
}
