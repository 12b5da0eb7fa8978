"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.AccessEntry0000000001002 = void 0;
const typeorm_1 = require("typeorm");
const columns_1 = require("./columns");
/**
 * The access log. `bytes` is the entry itself; the other columns repeat or chain it. The first prev_hash of a chain is made of the
 * chain's id, so prev_hash is unique over all chains: two writers that go on from one entry cannot both succeed.
 */
class AccessEntry0000000001002 {
    name = 'AccessEntry0000000001002';
    async up(queryRunner) {
        const column = await (0, columns_1.columnsFor)(queryRunner);
        await queryRunner.createTable(new typeorm_1.Table({
            name: 'access_entry',
            columns: [
                column.identity('chain', 36, { isPrimary: true }),
                column.whole('seq', { isPrimary: true }),
                column.identity('access_id', 36),
                column.whole('at_ms'),
                column.identity('kind', 16),
                column.bytes('prev_hash', 32),
                column.bytes('hash', 32),
                column.longText('bytes'),
            ],
            uniques: [
                { name: 'access_entry_access_id', columnNames: ['access_id'] },
                { name: 'access_entry_prev_hash', columnNames: ['prev_hash'] },
            ],
        }), true);
    }
    async down(queryRunner) {
        await queryRunner.dropTable('access_entry', true);
    }
}
exports.AccessEntry0000000001002 = AccessEntry0000000001002;
