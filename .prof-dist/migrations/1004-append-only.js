"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.AppendOnly0000000001004 = void 0;
const TABLES = ['log_chain', 'access_entry', 'decision_rollup'];
/** SQLite has no accounts, so triggers refuse change and removal. On MariaDB the gateway's account is granted SELECT and INSERT alone. */
class AppendOnly0000000001004 {
    name = 'AppendOnly0000000001004';
    async up(queryRunner) {
        if (queryRunner.dataSource.options.type !== 'better-sqlite3')
            return;
        for (const table of TABLES) {
            for (const act of ['update', 'delete']) {
                await queryRunner.query(`CREATE TRIGGER IF NOT EXISTS ${table}_no_${act} BEFORE ${act.toUpperCase()} ON ${table} BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END`);
            }
        }
    }
    async down(queryRunner) {
        if (queryRunner.dataSource.options.type !== 'better-sqlite3')
            return;
        for (const table of TABLES)
            for (const act of ['update', 'delete'])
                await queryRunner.query(`DROP TRIGGER IF EXISTS ${table}_no_${act}`);
    }
}
exports.AppendOnly0000000001004 = AppendOnly0000000001004;
