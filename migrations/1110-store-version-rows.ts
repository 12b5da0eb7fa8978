import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The two stores begin at version 0. One statement, and again it adds nothing. */
export class StoreVersionRows0000000001110 implements MigrationInterface {
  readonly name = 'StoreVersionRows0000000001110';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `INSERT INTO store_version (name, version)
       SELECT seed.name, 0 FROM (SELECT 'directory' AS name UNION ALL SELECT 'registry') seed
       WHERE NOT EXISTS (SELECT 1 FROM store_version known WHERE known.name = seed.name)`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DELETE FROM store_version');
  }
}
