import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** Accounts: one per issuer, subject and environment (CT-06). */
export class Account0000000001103 implements MigrationInterface {
  readonly name = 'Account0000000001103';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'account',
        columns: [
          column.identity('id', 128, { isPrimary: true }),
          column.identity('look', 128),
          column.identity('kind', 16),
          column.identity('person', 128),
          column.identity('issuer', 255),
          column.identity('subject', 255),
          column.identity('subject_look', 255),
          column.identity('environment', 16),
          column.identity('organization', 128),
        ],
        uniques: [
          { name: 'account_look', columnNames: ['look'] },
          { name: 'account_subject', columnNames: ['subject', 'issuer', 'environment'] },
          { name: 'account_subject_look', columnNames: ['subject_look', 'issuer', 'environment'] },
        ],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('account', true);
  }
}
