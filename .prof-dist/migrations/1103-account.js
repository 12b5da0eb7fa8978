"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Account0000000001103 = void 0;
const typeorm_1 = require("typeorm");
const columns_1 = require("./columns");
/** Accounts: one per issuer, subject and environment (CT-06). */
class Account0000000001103 {
    name = 'Account0000000001103';
    async up(queryRunner) {
        const column = await (0, columns_1.columnsFor)(queryRunner);
        await queryRunner.createTable(new typeorm_1.Table({
            name: 'account',
            columns: [
                column.identity('id', 128, { isPrimary: true }),
                column.identity('look', 128),
                column.identity('kind', 16),
                column.identity('person', 128),
                column.identity('issuer', 255),
                column.identity('subject', 255),
                column.identity('subject_look', 255),
                column.identity('environment', 16),
                column.identity('organization', 128),
            ],
            uniques: [
                { name: 'account_look', columnNames: ['look'] },
                { name: 'account_subject', columnNames: ['subject', 'issuer', 'environment'] },
                { name: 'account_subject_look', columnNames: ['subject_look', 'issuer', 'environment'] },
            ],
        }), true);
    }
    async down(queryRunner) {
        await queryRunner.dropTable('account', true);
    }
}
exports.Account0000000001103 = Account0000000001103;
