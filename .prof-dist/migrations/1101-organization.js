"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Organization0000000001101 = void 0;
const typeorm_1 = require("typeorm");
const columns_1 = require("./columns");
/** Organizations. `look`: no two ids that people would take for one (TOK-16). */
class Organization0000000001101 {
    name = 'Organization0000000001101';
    async up(queryRunner) {
        const column = await (0, columns_1.columnsFor)(queryRunner);
        await queryRunner.createTable(new typeorm_1.Table({
            name: 'organization',
            columns: [column.identity('id', 128, { isPrimary: true }), column.identity('look', 128), column.identity('name', 255)],
            uniques: [{ name: 'organization_look', columnNames: ['look'] }],
        }), true);
    }
    async down(queryRunner) {
        await queryRunner.dropTable('organization', true);
    }
}
exports.Organization0000000001101 = Organization0000000001101;
