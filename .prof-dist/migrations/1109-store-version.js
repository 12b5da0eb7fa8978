"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.StoreVersion0000000001109 = void 0;
const typeorm_1 = require("typeorm");
const columns_1 = require("./columns");
/** One row a store, `directory` and `registry`: locked by every change, so that versions are committed in their order. */
class StoreVersion0000000001109 {
    name = 'StoreVersion0000000001109';
    async up(queryRunner) {
        const column = await (0, columns_1.columnsFor)(queryRunner);
        await queryRunner.createTable(new typeorm_1.Table({ name: 'store_version', columns: [column.identity('name', 16, { isPrimary: true }), column.whole('version')] }), true);
    }
    async down(queryRunner) {
        await queryRunner.dropTable('store_version', true);
    }
}
exports.StoreVersion0000000001109 = StoreVersion0000000001109;
