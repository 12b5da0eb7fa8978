"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.mariadbPoolOptions = mariadbPoolOptions;
exports.openPool = openPool;
exports.identityCollation = identityCollation;
exports.looseColumns = looseColumns;
const mysql2_1 = require("mysql2");
/** A connection that gives no answer for this long while being made is given up, milliseconds. */
const CONNECT_TIMEOUT_MS = 3_000;
/**
 * The safe settings of every MariaDB/MySQL pool (library-pitfalls.md, mysql2).
 *
 * Fails   Error where the url is not mysql://user@host[:port]/database.
 */
function mariadbPoolOptions(settings, connections) {
    const url = new URL(settings.url);
    const database = decodeURIComponent(url.pathname.slice(1));
    if (!['mysql:', 'mariadb:'].includes(url.protocol) || url.hostname === '' || url.username === '' || database === '') {
        throw new Error('the store url must read mysql://user:password@host:port/database');
    }
    return {
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port === '' ? 3306 : Number(url.port),
        user: decodeURIComponent(url.username),
        password: decodeURIComponent(url.password),
        database,
        ssl: settings.tls === null ? undefined : { rejectUnauthorized: true, minVersion: 'TLSv1.2', ca: settings.tls.ca },
        charset: 'utf8mb4',
        timezone: 'Z',
        connectionLimit: connections,
        maxIdle: connections,
        // mysql2 queues without end and waits for ever unless told.
        queueLimit: connections * 2,
        waitForConnections: true,
        connectTimeout: CONNECT_TIMEOUT_MS,
        enableKeepAlive: true,
        multipleStatements: false,
        flags: ['-LOCAL_FILES'],
        stringifyObjects: true,
        supportBigNumbers: true,
        bigNumberStrings: true,
    };
}
/** A server that takes longer over the farewells is not waited for, milliseconds. */
const FAREWELL_MS = 1_000;
/**
 * A pool whose connections are prepared before anybody uses them, and whose `end` ends: of itself it would wait for ever for a server
 * that hangs, and what is left open would keep the process from stopping.
 */
function openPool(options) {
    const pool = (0, mysql2_1.createPool)(options);
    const open = new Set();
    pool.on('connection', (connection) => {
        prepareConnection(connection);
        const { stream } = connection;
        open.add(stream);
        stream.once('close', () => open.delete(stream));
    });
    const end = pool.end.bind(pool);
    pool.end = (done) => {
        let isEnded = false;
        const ended = () => {
            if (isEnded)
                return;
            isEnded = true;
            clearTimeout(late);
            for (const stream of open)
                stream.destroy();
            done?.(null);
        };
        const late = setTimeout(ended, FAREWELL_MS);
        end(ended);
    };
    return pool;
}
/**
 * What each new connection says before anything else. mysql2 sends commands of one connection in order, so nothing overtakes it;
 * a connection on which it fails is destroyed, never used with the server's own settings.
 */
function prepareConnection(connection) {
    // Without a listener an error of an idle connection ends the process.
    connection.on('error', () => connection.destroy());
    for (const statement of SESSION) {
        connection.query(statement, (fault) => {
            if (fault)
                connection.destroy();
        });
    }
}
const SESSION = [
    `SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = 3, sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE'`,
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
];
/**
 * The collation under which text equals text byte by byte, trailing spaces included: utf8mb4_nopad_bin on MariaDB,
 * utf8mb4_0900_bin on MySQL >= 8.0.17 and what speaks its protocol.
 *
 * Fails   Error where the server knows neither: `ALICE`, `alice ` and `álice` would be one person (STO-09).
 */
async function identityCollation(ask) {
    const rows = await ask(`SELECT COLLATION_NAME AS name FROM information_schema.COLLATIONS WHERE COLLATION_NAME IN ('utf8mb4_nopad_bin', 'utf8mb4_0900_bin')`);
    const names = rows.map((row) => row['name']);
    if (names.includes('utf8mb4_nopad_bin'))
        return 'utf8mb4_nopad_bin';
    if (names.includes('utf8mb4_0900_bin'))
        return 'utf8mb4_0900_bin';
    throw new Error('this database server has no binary collation without padding; MariaDB >= 10.2 or MySQL >= 8.0.17 is needed');
}
/**
 * Names every text column of the store that does not compare byte by byte (STO-09, STO-10). Empty is right.
 */
async function looseColumns(ask) {
    const collation = await identityCollation(ask);
    const rows = await ask(`SELECT TABLE_NAME AS tableName, COLUMN_NAME AS columnName, COLLATION_NAME AS collation FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND COLLATION_NAME IS NOT NULL AND COLLATION_NAME <> '${collation}' AND TABLE_NAME <> 'schema_step'`);
    return rows.map((row) => `${String(row['tableName'])}.${String(row['columnName'])} (${String(row['collation'])})`);
}
