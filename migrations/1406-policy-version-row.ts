import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The number of the policy change in force stands beside the versions of directory and registry: the log's flush reads all three at once. */
export class PolicyVersionRow0000000001406 implements MigrationInterface {
  readonly name = 'PolicyVersionRow0000000001406';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `INSERT INTO store_version (name, version)
       SELECT seed.name, 0 FROM (SELECT 'policy' AS name) seed
       WHERE NOT EXISTS (SELECT 1 FROM store_version known WHERE known.name = seed.name)`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DELETE FROM store_version WHERE name = 'policy'`);
  }
}
