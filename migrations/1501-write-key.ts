import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** Idempotency-Keys of writes: keyed digests, the status and the access id of the answer. Never a body. */
export class WriteKey0000000001501 implements MigrationInterface {
  readonly name = 'WriteKey0000000001501';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({
        name: 'write_key',
        columns: [
          column.identity('key_digest', 64, { isPrimary: true }),
          column.identity('request_digest', 64),
          column.identity('access_id', 36),
          column.whole('status', { isNullable: true }),
          column.whole('at_ms'),
        ],
        indices: [{ name: 'write_key_at', columnNames: ['at_ms'] }],
      }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('write_key', true);
  }
}
