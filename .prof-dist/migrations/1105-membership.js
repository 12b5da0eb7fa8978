"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Membership0000000001105 = void 0;
const typeorm_1 = require("typeorm");
const columns_1 = require("./columns");
/** What an account is in a system: workgroup, staff id, scopes and privileges (JSON), from and to. */
class Membership0000000001105 {
    name = 'Membership0000000001105';
    async up(queryRunner) {
        const column = await (0, columns_1.columnsFor)(queryRunner);
        await queryRunner.createTable(new typeorm_1.Table({
            name: 'membership',
            columns: [
                column.identity('id', 128, { isPrimary: true }),
                column.identity('look', 128),
                column.identity('account', 128),
                column.identity('system', 64),
                column.identity('environment', 16),
                column.identity('workgroup', 128),
                column.identity('staff_id', 255),
                column.identity('staff_look', 255),
                column.longText('scopes'),
                column.longText('privileges'),
                column.whole('from_ms'),
                column.whole('to_ms', { isNullable: true }),
            ],
            uniques: [{ name: 'membership_look', columnNames: ['look'] }],
            indices: [
                { name: 'membership_account', columnNames: ['account'] },
                { name: 'membership_staff', columnNames: ['staff_look', 'system', 'environment'] },
            ],
        }), true);
    }
    async down(queryRunner) {
        await queryRunner.dropTable('membership', true);
    }
}
exports.Membership0000000001105 = Membership0000000001105;
