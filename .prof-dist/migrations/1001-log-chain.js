"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.LogChain0000000001001 = void 0;
const typeorm_1 = require("typeorm");
const columns_1 = require("./columns");
/** One row a chain: every gateway process that appends has its own. */
class LogChain0000000001001 {
    name = 'LogChain0000000001001';
    async up(queryRunner) {
        const column = await (0, columns_1.columnsFor)(queryRunner);
        await queryRunner.createTable(new typeorm_1.Table({ name: 'log_chain', columns: [column.identity('chain', 36, { isPrimary: true }), column.whole('started_at')] }), true);
    }
    async down(queryRunner) {
        await queryRunner.dropTable('log_chain', true);
    }
}
exports.LogChain0000000001001 = LogChain0000000001001;
