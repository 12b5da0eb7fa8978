import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** Starts and stops of a candidate beside the policy in force; the newest row says whether one runs. */
export class PolicyShadow0000000001407 implements MigrationInterface {
  readonly name = 'PolicyShadow0000000001407';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'policy_shadow',
        columns: [
          column.whole('number', { isPrimary: true }),
          column.identity('version', 64, { isNullable: true }),
          column.identity('account', 128),
          column.whole('at_ms'),
        ],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('policy_shadow', true);
  }
}
