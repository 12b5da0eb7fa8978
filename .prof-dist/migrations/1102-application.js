"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Application0000000001102 = void 0;
const typeorm_1 = require("typeorm");
const columns_1 = require("./columns");
/** Registered applications; `grants` and `origins` are JSON. */
class Application0000000001102 {
    name = 'Application0000000001102';
    async up(queryRunner) {
        const column = await (0, columns_1.columnsFor)(queryRunner);
        await queryRunner.createTable(new typeorm_1.Table({
            name: 'application',
            columns: [
                column.identity('id', 128, { isPrimary: true }),
                column.identity('look', 128),
                column.identity('issuer', 255),
                column.identity('client_id', 255),
                column.identity('environment', 16),
                column.identity('application_class', 128),
                column.longText('grants'),
                column.longText('origins'),
            ],
            uniques: [
                { name: 'application_look', columnNames: ['look'] },
                { name: 'application_client', columnNames: ['client_id', 'issuer', 'environment'] },
            ],
        }), true);
    }
    async down(queryRunner) {
        await queryRunner.dropTable('application', true);
    }
}
exports.Application0000000001102 = Application0000000001102;
