import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** Privacy transactions as they were taken in; each id once (WF1-06). */
export class PrivacyTransaction0000000001203 implements MigrationInterface {
  readonly name = 'PrivacyTransaction0000000001203';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'privacy_transaction',
        columns: [
          column.identity('system', 64, { isPrimary: true }),
          column.identity('environment', 16, { isPrimary: true }),
          column.identity('transaction_id', 128, { isPrimary: true }),
          column.identity('record_id', 64),
          column.identity('action', 8),
          column.whole('effective_ms'),
          column.whole('source_sequence'),
          column.whole('received_ms'),
        ],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('privacy_transaction', true);
  }
}
