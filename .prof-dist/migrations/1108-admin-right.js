"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.AdminRight0000000001108 = void 0;
const typeorm_1 = require("typeorm");
const columns_1 = require("./columns");
/** Rights on the admin plane. */
class AdminRight0000000001108 {
    name = 'AdminRight0000000001108';
    async up(queryRunner) {
        const column = await (0, columns_1.columnsFor)(queryRunner);
        await queryRunner.createTable(new typeorm_1.Table({
            name: 'admin_right',
            columns: [
                column.identity('account', 128, { isPrimary: true }),
                column.identity('right_word', 192, { isPrimary: true }),
                column.whole('from_ms', { isPrimary: true }),
                column.whole('to_ms', { isNullable: true }),
            ],
        }), true);
    }
    async down(queryRunner) {
        await queryRunner.dropTable('admin_right', true);
    }
}
exports.AdminRight0000000001108 = AdminRight0000000001108;
