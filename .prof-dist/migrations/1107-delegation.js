"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Delegation0000000001107 = void 0;
const typeorm_1 = require("typeorm");
const columns_1 = require("./columns");
/** Which service account may act for which person (RFC 8693). */
class Delegation0000000001107 {
    name = 'Delegation0000000001107';
    async up(queryRunner) {
        const column = await (0, columns_1.columnsFor)(queryRunner);
        await queryRunner.createTable(new typeorm_1.Table({
            name: 'delegation',
            columns: [
                column.identity('account', 128, { isPrimary: true }),
                column.identity('actor', 128, { isPrimary: true }),
                column.whole('from_ms', { isPrimary: true }),
                column.whole('to_ms', { isNullable: true }),
            ],
        }), true);
    }
    async down(queryRunner) {
        await queryRunner.dropTable('delegation', true);
    }
}
exports.Delegation0000000001107 = Delegation0000000001107;
