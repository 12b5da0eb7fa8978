"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.StoreVersionRows0000000001110 = void 0;
/** The two stores begin at version 0. One statement, and again it adds nothing. */
class StoreVersionRows0000000001110 {
    name = 'StoreVersionRows0000000001110';
    async up(queryRunner) {
        await queryRunner.query(`INSERT INTO store_version (name, version)
       SELECT seed.name, 0 FROM (SELECT 'directory' AS name UNION ALL SELECT 'registry') seed
       WHERE NOT EXISTS (SELECT 1 FROM store_version known WHERE known.name = seed.name)`);
    }
    async down(queryRunner) {
        await queryRunner.query('DELETE FROM store_version');
    }
}
exports.StoreVersionRows0000000001110 = StoreVersionRows0000000001110;
