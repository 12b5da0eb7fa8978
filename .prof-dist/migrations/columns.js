"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.columnsFor = columnsFor;
/**
 * Column options that mean the same on both engines. Every text column compares byte by byte (STO-09): on SQLite that is the default,
 * on MariaDB and MySQL the collation is chosen by what the server has.
 */
async function columnsFor(queryRunner) {
    const collation = await collationFor(queryRunner);
    const onServer = collation !== undefined;
    return {
        identity: (name, length, more) => ({ name, type: 'varchar', length: String(length), ...text(collation), ...more }),
        longText: (name, more) => ({ name, type: onServer ? 'mediumtext' : 'text', ...text(collation), ...more }),
        whole: (name, more) => ({ name, type: 'bigint', ...more }),
        flag: (name, more) => ({ name, type: onServer ? 'tinyint' : 'boolean', ...more }),
        bytes: (name, length, more) => (onServer ? { name, type: 'binary', length: String(length), ...more } : { name, type: 'blob', ...more }),
    };
}
const text = (collation) => collation === undefined ? {} : { charset: 'utf8mb4', collation };
async function collationFor(queryRunner) {
    if (queryRunner.dataSource.options.type === 'better-sqlite3')
        return undefined;
    const rows = (await queryRunner.query(`SELECT COLLATION_NAME AS name FROM information_schema.COLLATIONS WHERE COLLATION_NAME IN ('utf8mb4_nopad_bin', 'utf8mb4_0900_bin') ORDER BY COLLATION_NAME DESC`));
    const collation = rows[0]?.name;
    if (collation === undefined)
        throw new Error('this database server has no binary collation without padding');
    return collation;
}
