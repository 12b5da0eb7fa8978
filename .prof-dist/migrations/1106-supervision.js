"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Supervision0000000001106 = void 0;
const typeorm_1 = require("typeorm");
const columns_1 = require("./columns");
/** Dated edges: who directly supervises whom (WF1-02). */
class Supervision0000000001106 {
    name = 'Supervision0000000001106';
    async up(queryRunner) {
        const column = await (0, columns_1.columnsFor)(queryRunner);
        await queryRunner.createTable(new typeorm_1.Table({
            name: 'supervision',
            columns: [
                column.identity('supervisor', 128, { isPrimary: true }),
                column.identity('supervisee', 128, { isPrimary: true }),
                column.whole('from_ms', { isPrimary: true }),
                column.whole('to_ms', { isNullable: true }),
            ],
            indices: [{ name: 'supervision_supervisee', columnNames: ['supervisee'] }],
        }), true);
    }
    async down(queryRunner) {
        await queryRunner.dropTable('supervision', true);
    }
}
exports.Supervision0000000001106 = Supervision0000000001106;
