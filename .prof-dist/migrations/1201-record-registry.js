"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.RecordRegistry0000000001201 = void 0;
const typeorm_1 = require("typeorm");
const columns_1 = require("./columns");
/** What is known of records beside the case systems: privacy (null: nothing), codes (JSON), and the privacy transaction that decided (WF1-06). */
class RecordRegistry0000000001201 {
    name = 'RecordRegistry0000000001201';
    async up(queryRunner) {
        const column = await (0, columns_1.columnsFor)(queryRunner);
        await queryRunner.createTable(new typeorm_1.Table({
            name: 'record_registry',
            columns: [
                column.identity('system', 64, { isPrimary: true }),
                column.identity('environment', 16, { isPrimary: true }),
                column.identity('record_id', 64, { isPrimary: true }),
                column.flag('is_private', { isNullable: true }),
                column.longText('codes'),
                column.whole('last_effective_ms', { isNullable: true }),
                column.whole('last_sequence', { isNullable: true }),
                column.whole('version'),
            ],
        }), true);
    }
    async down(queryRunner) {
        await queryRunner.dropTable('record_registry', true);
    }
}
exports.RecordRegistry0000000001201 = RecordRegistry0000000001201;
