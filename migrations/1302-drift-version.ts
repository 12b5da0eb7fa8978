import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The row that processes lock before they change the drift list. One statement, and again it adds nothing. */
export class DriftVersion0000000001302 implements MigrationInterface {
  readonly name = 'DriftVersion0000000001302';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `INSERT INTO store_version (name, version)
       SELECT seed.name, 0 FROM (SELECT 'drift' AS name) seed
       WHERE NOT EXISTS (SELECT 1 FROM store_version known WHERE known.name = seed.name)`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DELETE FROM store_version WHERE name = 'drift'`);
  }
}
