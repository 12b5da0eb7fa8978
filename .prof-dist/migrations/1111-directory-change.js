"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.DirectoryChange0000000001111 = void 0;
const typeorm_1 = require("typeorm");
const columns_1 = require("./columns");
/** What each version of the directory touched. */
class DirectoryChange0000000001111 {
    name = 'DirectoryChange0000000001111';
    async up(queryRunner) {
        const column = await (0, columns_1.columnsFor)(queryRunner);
        await queryRunner.createTable(new typeorm_1.Table({
            name: 'directory_change',
            columns: [
                column.whole('version', { isPrimary: true }),
                column.identity('change_kind', 16, { isPrimary: true }),
                column.identity('change_key', 192, { isPrimary: true }),
            ],
        }), true);
    }
    async down(queryRunner) {
        await queryRunner.dropTable('directory_change', true);
    }
}
exports.DirectoryChange0000000001111 = DirectoryChange0000000001111;
