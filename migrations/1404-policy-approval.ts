import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** Who vouches for a proposal: one row a person, whatever accounts that person has. */
export class PolicyApproval0000000001404 implements MigrationInterface {
  readonly name = 'PolicyApproval0000000001404';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'policy_approval',
        columns: [
          column.whole('from_number', { isPrimary: true }),
          column.identity('version', 64, { isPrimary: true }),
          column.identity('person', 128, { isPrimary: true }),
          column.identity('account', 128),
          column.whole('at_ms'),
        ],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('policy_approval', true);
  }
}
