"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.SETTINGS_TABLE = void 0;
exports.settingLeaves = settingLeaves;
const issuer_reader_1 = require("./issuer-reader");
const readers_1 = require("./readers");
const system_reader_1 = require("./system-reader");
const setting = (one) => ({
    ...one,
    read: one.read,
    fallback: one.fallback,
    isOptional: one.fallback !== undefined,
    isSecret: one.read === readers_1.secret,
});
/** May be left out; then it is null. */
const optional = (one) => ({
    ...one,
    read: one.read,
    fallback: null,
    isOptional: true,
    isSecret: one.read === readers_1.secret,
});
/** Every setting there is. Docs, JSON schema, reader and messages all come from here. The place in the table is the place in casegate.yaml. */
exports.SETTINGS_TABLE = {
    environment: setting({
        env: 'CASEGATE_ENVIRONMENT',
        read: (0, readers_1.oneOf)('production', 'training'),
        about: 'Which environment this gateway serves; an account of one never opens the other (CT-06). No fallback.',
    }),
    dataPlane: {
        host: setting({ env: 'CASEGATE_DATA_HOST', read: readers_1.hostName, fallback: '127.0.0.1', about: 'Address the record APIs listen on.' }),
        port: setting({
            env: 'CASEGATE_DATA_PORT',
            read: (0, readers_1.wholeNumber)(0, 65_535),
            fallback: 8080,
            about: 'Port of the record APIs; 0 takes a free one.',
        }),
        hosts: setting({
            env: 'CASEGATE_DATA_HOSTS',
            read: (0, readers_1.listOf)(readers_1.hostName),
            fallback: [],
            about: 'Host names the data plane answers for; others get 421. Empty: 127.0.0.1, localhost and the address it listens on.',
        }),
        trustedProxies: setting({
            env: 'CASEGATE_DATA_TRUSTED_PROXIES',
            read: (0, readers_1.listOf)(readers_1.addressRange),
            fallback: [],
            about: 'Address ranges of the front proxies whose X-Forwarded-For is believed. Empty: nobody.',
        }),
        tls: setting({
            env: 'CASEGATE_DATA_TLS',
            read: (0, readers_1.oneOf)('none', 'terminated-in-front', 'certificate'),
            fallback: 'none',
            about: 'none is for loopback alone. terminated-in-front: a proxy before us speaks TLS. certificate: we do.',
        }),
        tlsCertificateFile: optional({
            env: 'CASEGATE_DATA_TLS_CERTIFICATE_FILE',
            read: readers_1.file,
            about: 'Certificate chain, PEM; for tls: certificate.',
        }),
        tlsKeyFile: optional({ env: 'CASEGATE_DATA_TLS_KEY_FILE', read: readers_1.file, about: 'Private key, PEM; for tls: certificate.' }),
    },
    adminPlane: {
        host: setting({ env: 'CASEGATE_ADMIN_HOST', read: readers_1.hostName, fallback: '127.0.0.1', about: 'Address the admin plane listens on.' }),
        port: setting({
            env: 'CASEGATE_ADMIN_PORT',
            read: (0, readers_1.wholeNumber)(0, 65_535),
            fallback: 8081,
            about: 'Port of the admin plane; 0 takes a free one.',
        }),
        hosts: setting({
            env: 'CASEGATE_ADMIN_HOSTS',
            read: (0, readers_1.listOf)(readers_1.hostName),
            fallback: [],
            about: 'Host names the admin plane answers for. Empty: 127.0.0.1, localhost and the address it listens on.',
        }),
        tls: setting({
            env: 'CASEGATE_ADMIN_TLS',
            read: (0, readers_1.oneOf)('none', 'terminated-in-front', 'certificate'),
            fallback: 'none',
            about: 'As for the data plane.',
        }),
        tlsCertificateFile: optional({
            env: 'CASEGATE_ADMIN_TLS_CERTIFICATE_FILE',
            read: readers_1.file,
            about: 'Certificate chain, PEM; for tls: certificate.',
        }),
        tlsKeyFile: optional({ env: 'CASEGATE_ADMIN_TLS_KEY_FILE', read: readers_1.file, about: 'Private key, PEM; for tls: certificate.' }),
    },
    store: {
        kind: setting({
            env: 'CASEGATE_STORE',
            read: (0, readers_1.oneOf)('sqlite', 'mariadb'),
            fallback: 'sqlite',
            about: 'sqlite: embedded, one gateway process. mariadb: MariaDB or MySQL, any number of them.',
        }),
        folder: setting({
            env: 'CASEGATE_STORE_FOLDER',
            read: readers_1.folder,
            fallback: '.casegate',
            about: 'Folder of the embedded store, on a local disk.',
        }),
        url: optional({
            env: 'CASEGATE_STORE_URL',
            read: readers_1.secret,
            about: 'mysql://user:password@host:port/database of the account that may insert and select log entries, not update or delete them.',
        }),
        migratorUrl: optional({
            env: 'CASEGATE_STORE_MIGRATOR_URL',
            read: readers_1.secret,
            about: 'The same database under the account that may change its tables; used by `casegate migrate` alone.',
        }),
        tls: setting({
            env: 'CASEGATE_STORE_TLS',
            read: (0, readers_1.oneOf)('verify', 'plain'),
            fallback: 'verify',
            about: 'Whether the connection to MariaDB is encrypted and its certificate checked. plain is for loopback and closed networks.',
        }),
        caFile: optional({ env: 'CASEGATE_STORE_CA_FILE', read: readers_1.file, about: 'Authority that signed the certificate of MariaDB, PEM.' }),
        connections: setting({
            env: 'CASEGATE_STORE_CONNECTIONS',
            read: (0, readers_1.wholeNumber)(1, 200),
            fallback: 8,
            about: 'Most connections of one pool to MariaDB; there are two pools.',
        }),
    },
    log: {
        deadlineMs: setting({
            env: 'CASEGATE_LOG_DEADLINE_MS',
            read: (0, readers_1.wholeNumber)(50, 30_000),
            fallback: 2_000,
            about: 'Longest wait for an entry to be durable, milliseconds; then 503 and no data.',
        }),
        mostWaiting: setting({
            env: 'CASEGATE_LOG_MOST_WAITING',
            read: (0, readers_1.wholeNumber)(16, 100_000),
            fallback: 4_096,
            about: 'Most entries that may wait for the log; more requests get 503 at once.',
        }),
        digestKey: setting({
            env: 'CASEGATE_LOG_DIGEST_KEY',
            read: readers_1.secret,
            about: 'Key of the digest that stands in the log for record numbers nobody knows; at least 32 characters, the same on every gateway. No fallback.',
        }),
    },
    issuers: setting({
        env: 'CASEGATE_ISSUERS',
        read: issuer_reader_1.issuers,
        about: 'Identity providers whose tokens are accepted; in the environment as JSON. No fallback.',
    }),
    systems: setting({
        env: 'CASEGATE_SYSTEMS',
        read: system_reader_1.systems,
        about: 'Case systems by name, each with its folder under policies; in the environment as JSON. No fallback.',
    }),
    policies: {
        folder: setting({
            env: 'CASEGATE_POLICIES_FOLDER',
            read: readers_1.folder,
            fallback: 'policies',
            about: 'Folder with one folder a case system: record.yaml, policy.csv, cases.csv.',
        }),
    },
    limits: {
        connections: setting({
            env: 'CASEGATE_CONNECTIONS',
            read: (0, readers_1.wholeNumber)(10, 100_000),
            fallback: 10_000,
            about: 'Most connections of callers at once.',
        }),
        headersTimeoutMs: setting({
            env: 'CASEGATE_HEADERS_TIMEOUT_MS',
            read: (0, readers_1.wholeNumber)(1_000, 60_000),
            fallback: 10_000,
            about: 'Longest wait for the headers of a request, milliseconds.',
        }),
        requestTimeoutMs: setting({
            env: 'CASEGATE_REQUEST_TIMEOUT_MS',
            read: (0, readers_1.wholeNumber)(1_000, 120_000),
            fallback: 20_000,
            about: 'Longest wait for a whole request, milliseconds.',
        }),
        slowReaderMs: setting({
            env: 'CASEGATE_SLOW_READER_MS',
            read: (0, readers_1.wholeNumber)(1_000, 300_000),
            fallback: 60_000,
            about: 'Longest time in which a caller must have taken an answer, milliseconds.',
        }),
        drainMs: setting({
            env: 'CASEGATE_DRAIN_MS',
            read: (0, readers_1.wholeNumber)(0, 300_000),
            fallback: 25_000,
            about: 'How long a stop waits for running requests, milliseconds.',
        }),
        rememberedTokens: setting({
            env: 'CASEGATE_REMEMBERED_TOKENS',
            read: (0, readers_1.wholeNumber)(0, 1_000_000),
            fallback: 50_000,
            about: 'Most verified tokens kept in memory, by their digest.',
        }),
    },
    rateLimits: {
        addressPerMinute: setting({
            env: 'CASEGATE_RATE_ADDRESS_PER_MINUTE',
            read: (0, readers_1.wholeNumber)(1, 10_000_000),
            fallback: 6_000,
            about: 'Requests a minute of one address (IPv6: one /56), before the token is looked at.',
        }),
        callerPerMinute: setting({
            env: 'CASEGATE_RATE_CALLER_PER_MINUTE',
            read: (0, readers_1.wholeNumber)(1, 10_000_000),
            fallback: 600,
            about: 'Requests a minute of one account.',
        }),
        redisUrl: optional({
            env: 'CASEGATE_REDIS_URL',
            read: readers_1.secret,
            about: 'redis://… that gateways share their counts in. Without it each process counts for itself.',
        }),
    },
    logLevel: setting({
        env: 'CASEGATE_LOG_LEVEL',
        read: (0, readers_1.oneOf)('error', 'warn', 'info', 'debug'),
        fallback: 'info',
        about: 'Least level of operational lines on standard output. The access log is not concerned.',
    }),
};
/** The table as a list, in its order. */
function settingLeaves(table = exports.SETTINGS_TABLE, path = []) {
    return Object.entries(table).flatMap(([name, entry]) => 'read' in entry && 'env' in entry
        ? [{ path: [...path, name], setting: entry }]
        : settingLeaves(entry, [...path, name]));
}
