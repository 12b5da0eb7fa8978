import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** Every change of the policy in force; the newest is in force. Numbers run without a gap, so two changes can never follow the same one. */
export class PolicyChange0000000001405 implements MigrationInterface {
  readonly name = 'PolicyChange0000000001405';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'policy_change',
        columns: [
          column.whole('number', { isPrimary: true }),
          column.identity('version', 64),
          column.identity('account', 128, { isNullable: true }),
          column.identity('origin', 16),
          column.identity('host', 255),
          column.longText('reason'),
          column.longText('changed'),
          column.longText('approved_by'),
          column.whole('at_ms'),
        ],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('policy_change', true);
  }
}
