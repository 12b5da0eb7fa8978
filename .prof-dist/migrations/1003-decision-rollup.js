"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.DecisionRollup0000000001003 = void 0;
const typeorm_1 = require("typeorm");
const columns_1 = require("./columns");
/**
 * How often a decision was taken: one row for each (chain, flush, key), only ever inserted; the flush goes by its first sequence
 * number. `key_json` is the list of decision keys the decision stood on, `granted_json` the sections it disclosed.
 */
class DecisionRollup0000000001003 {
    name = 'DecisionRollup0000000001003';
    async up(queryRunner) {
        const column = await (0, columns_1.columnsFor)(queryRunner);
        await queryRunner.createTable(new typeorm_1.Table({
            name: 'decision_rollup',
            withoutRowid: true,
            columns: [
                column.identity('chain', 36, { isPrimary: true }),
                column.whole('first_seq', { isPrimary: true }),
                column.bytes('key_digest', 32, { isPrimary: true }),
                column.identity('system', 64),
                column.identity('environment', 16),
                column.identity('route', 64),
                column.identity('action', 16),
                column.identity('policy_version', 64),
                column.longText('key_json'),
                column.longText('granted_json'),
                column.whole('count'),
                column.whole('at_ms'),
            ],
        }), true);
    }
    async down(queryRunner) {
        await queryRunner.dropTable('decision_rollup', true);
    }
}
exports.DecisionRollup0000000001003 = DecisionRollup0000000001003;
