"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Standing0000000001104 = void 0;
const typeorm_1 = require("typeorm");
const columns_1 = require("./columns");
/** Standing of organizations, applications and accounts, each from its moment on. */
class Standing0000000001104 {
    name = 'Standing0000000001104';
    async up(queryRunner) {
        const column = await (0, columns_1.columnsFor)(queryRunner);
        await queryRunner.createTable(new typeorm_1.Table({
            name: 'standing',
            columns: [
                column.identity('owner_kind', 16, { isPrimary: true }),
                column.identity('owner', 128, { isPrimary: true }),
                column.whole('from_ms', { isPrimary: true }),
                column.identity('standing', 16),
            ],
            indices: [{ name: 'standing_owner', columnNames: ['owner'] }],
        }), true);
    }
    async down(queryRunner) {
        await queryRunner.dropTable('standing', true);
    }
}
exports.Standing0000000001104 = Standing0000000001104;
