"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.RegistryChange0000000001202 = void 0;
const typeorm_1 = require("typeorm");
const columns_1 = require("./columns");
/** What each version of the registry touched. */
class RegistryChange0000000001202 {
    name = 'RegistryChange0000000001202';
    async up(queryRunner) {
        const column = await (0, columns_1.columnsFor)(queryRunner);
        await queryRunner.createTable(new typeorm_1.Table({
            name: 'registry_change',
            columns: [
                column.whole('version', { isPrimary: true }),
                column.identity('change_kind', 16, { isPrimary: true }),
                column.identity('change_key', 192, { isPrimary: true }),
            ],
        }), true);
    }
    async down(queryRunner) {
        await queryRunner.dropTable('registry_change', true);
    }
}
exports.RegistryChange0000000001202 = RegistryChange0000000001202;
