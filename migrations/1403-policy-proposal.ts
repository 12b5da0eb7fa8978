import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** Who wanted which version to come after which change. Once another change has come, the proposal is void. */
export class PolicyProposal0000000001403 implements MigrationInterface {
  readonly name = 'PolicyProposal0000000001403';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'policy_proposal',
        columns: [
          column.whole('from_number', { isPrimary: true }),
          column.identity('version', 64, { isPrimary: true }),
          column.identity('account', 128, { isNullable: true }),
          column.identity('origin', 16),
          column.identity('host', 255),
          column.longText('reason'),
          column.longText('changed'),
          column.whole('at_ms'),
        ],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('policy_proposal', true);
  }
}
