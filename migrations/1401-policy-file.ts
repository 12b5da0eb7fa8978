import { Table } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor } from './columns';

/** Policy files by the sha-256 of their bytes, which stand in base64: a file is kept byte for byte, whatever it holds. */
export class PolicyFile0000000001401 implements MigrationInterface {
  readonly name = 'PolicyFile0000000001401';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = await columnsFor(queryRunner);
    await queryRunner.createTable(
      new Table({ name: 'policy_file', columns: [column.identity('hash', 64, { isPrimary: true }), column.longText('content')] }),
      true,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('policy_file', true);
  }
}
