import type { IssuerSettings } from './issuer-reader';
import { issuers } from './issuer-reader';
import type { Reader } from './readers';
import { addressRange, file, folder, hostName, listOf, oneOf, origin, secret, wholeNumber } from './readers';
import type { Secret } from './secret';
import type { SystemSettings } from './system-reader';
import { systems } from './system-reader';

/** One setting: its environment variable, how it is read, what holds where it is not set (undefined: it must be set), what it means. */
export interface Setting<T> {
  readonly env: string;
  readonly read: Reader<unknown>;
  readonly fallback: T | undefined;
  readonly isOptional: boolean;
  readonly isSecret: boolean;
  readonly about: string;
}

const setting = <T>(one: {
  readonly env: string;
  readonly read: Reader<T>;
  readonly fallback?: NoInfer<T>;
  readonly about: string;
}): Setting<T> => ({
  ...one,
  read: one.read as Reader<unknown>,
  fallback: one.fallback,
  isOptional: one.fallback !== undefined,
  isSecret: (one.read as unknown) === secret,
});

/** May be left out; then it is null. */
const optional = <T>(one: { readonly env: string; readonly read: Reader<T>; readonly about: string }): Setting<T | null> => ({
  ...one,
  read: one.read as Reader<unknown>,
  fallback: null,
  isOptional: true,
  isSecret: (one.read as unknown) === secret,
});

/** Every setting there is. Docs, JSON schema, reader and messages all come from here. The place in the table is the place in casegate.yaml. */
export const SETTINGS_TABLE = {
  environment: setting({
    env: 'CASEGATE_ENVIRONMENT',
    read: oneOf('production', 'training'),
    about: 'Which environment this gateway serves; an account of one never opens the other (CT-06). No fallback.',
  }),
  dataPlane: {
    host: setting({ env: 'CASEGATE_DATA_HOST', read: hostName, fallback: '127.0.0.1', about: 'Address the record APIs listen on.' }),
    port: setting({
      env: 'CASEGATE_DATA_PORT',
      read: wholeNumber(0, 65_535),
      fallback: 8080,
      about: 'Port of the record APIs; 0 takes a free one.',
    }),
    hosts: setting({
      env: 'CASEGATE_DATA_HOSTS',
      read: listOf(hostName),
      fallback: [],
      about: 'Host names the data plane answers for; others get 421. Empty: 127.0.0.1, localhost and the address it listens on.',
    }),
    trustedProxies: setting({
      env: 'CASEGATE_DATA_TRUSTED_PROXIES',
      read: listOf(addressRange),
      fallback: [],
      about: 'Address ranges of the front proxies whose X-Forwarded-For is believed. Empty: nobody.',
    }),
    tls: setting({
      env: 'CASEGATE_DATA_TLS',
      read: oneOf('none', 'terminated-in-front', 'certificate'),
      fallback: 'none',
      about: 'none is for loopback alone. terminated-in-front: a proxy before us speaks TLS. certificate: we do.',
    }),
    tlsCertificateFile: optional({
      env: 'CASEGATE_DATA_TLS_CERTIFICATE_FILE',
      read: file,
      about: 'Certificate chain, PEM; for tls: certificate.',
    }),
    tlsKeyFile: optional({ env: 'CASEGATE_DATA_TLS_KEY_FILE', read: file, about: 'Private key, PEM; for tls: certificate.' }),
  },
  adminPlane: {
    host: setting({ env: 'CASEGATE_ADMIN_HOST', read: hostName, fallback: '127.0.0.1', about: 'Address the admin plane listens on.' }),
    port: setting({
      env: 'CASEGATE_ADMIN_PORT',
      read: wholeNumber(0, 65_535),
      fallback: 8081,
      about: 'Port of the admin plane; 0 takes a free one.',
    }),
    hosts: setting({
      env: 'CASEGATE_ADMIN_HOSTS',
      read: listOf(hostName),
      fallback: [],
      about: 'Host names the admin plane answers for. Empty: 127.0.0.1, localhost and the address it listens on.',
    }),
    trustedProxies: setting({
      env: 'CASEGATE_ADMIN_TRUSTED_PROXIES',
      read: listOf(addressRange),
      fallback: [],
      about: 'As for the data plane.',
    }),
    tls: setting({
      env: 'CASEGATE_ADMIN_TLS',
      read: oneOf('none', 'terminated-in-front', 'certificate'),
      fallback: 'none',
      about: 'As for the data plane.',
    }),
    tlsCertificateFile: optional({
      env: 'CASEGATE_ADMIN_TLS_CERTIFICATE_FILE',
      read: file,
      about: 'Certificate chain, PEM; for tls: certificate.',
    }),
    tlsKeyFile: optional({ env: 'CASEGATE_ADMIN_TLS_KEY_FILE', read: file, about: 'Private key, PEM; for tls: certificate.' }),
  },
  store: {
    kind: setting({
      env: 'CASEGATE_STORE',
      read: oneOf('sqlite', 'mariadb'),
      fallback: 'sqlite',
      about: 'sqlite: embedded, one gateway process. mariadb: MariaDB or MySQL, any number of them.',
    }),
    folder: setting({
      env: 'CASEGATE_STORE_FOLDER',
      read: folder,
      fallback: '.casegate',
      about: 'Folder of the embedded store, on a local disk.',
    }),
    url: optional({
      env: 'CASEGATE_STORE_URL',
      read: secret,
      about: 'mysql://user:password@host:port/database of the account that may insert and select log entries, not update or delete them.',
    }),
    migratorUrl: optional({
      env: 'CASEGATE_STORE_MIGRATOR_URL',
      read: secret,
      about: 'The same database under the account that may change its tables; used by `casegate migrate` alone.',
    }),
    tls: setting({
      env: 'CASEGATE_STORE_TLS',
      read: oneOf('verify', 'plain'),
      fallback: 'verify',
      about: 'Whether the connection to MariaDB is encrypted and its certificate checked. plain is for loopback and closed networks.',
    }),
    caFile: optional({ env: 'CASEGATE_STORE_CA_FILE', read: file, about: 'Authority that signed the certificate of MariaDB, PEM.' }),
    connections: setting({
      env: 'CASEGATE_STORE_CONNECTIONS',
      read: wholeNumber(1, 200),
      fallback: 8,
      about: 'Most connections of one pool to MariaDB; there are two pools.',
    }),
  },
  log: {
    deadlineMs: setting({
      env: 'CASEGATE_LOG_DEADLINE_MS',
      read: wholeNumber(50, 30_000),
      fallback: 2_000,
      about: 'Longest wait for an entry to be durable, milliseconds; then 503 and no data.',
    }),
    mostWaiting: setting({
      env: 'CASEGATE_LOG_MOST_WAITING',
      read: wholeNumber(16, 100_000),
      fallback: 4_096,
      about: 'Most entries that may wait for the log; more requests get 503 at once.',
    }),
    digestKey: setting({
      env: 'CASEGATE_LOG_DIGEST_KEY',
      read: secret,
      about:
        'Key of the digest that stands in the log for record numbers nobody knows; at least 32 characters, the same on every gateway. No fallback.',
    }),
  },
  issuers: setting({
    env: 'CASEGATE_ISSUERS',
    read: issuers,
    about: 'Identity providers whose tokens are accepted; in the environment as JSON. No fallback.',
  }),
  systems: setting({
    env: 'CASEGATE_SYSTEMS',
    read: systems,
    about: 'Case systems by name, each with its folder under policies; in the environment as JSON. No fallback.',
  }),
  policies: {
    folder: setting({
      env: 'CASEGATE_POLICIES_FOLDER',
      read: folder,
      fallback: 'policies',
      about: 'Folder with one folder a case system: record.yaml, policy.csv, cases.csv.',
    }),
    approval: setting({
      env: 'CASEGATE_POLICIES_APPROVAL',
      read: oneOf('none', 'two-people'),
      fallback: 'none',
      about:
        'two-people: a policy version comes into force when two administrators vouch for its hash, whoever published it being one of them. The same on every process.',
    }),
  },
  commands: {
    adminUrl: optional({
      env: 'CASEGATE_ADMIN_URL',
      read: origin,
      about: 'Where commands find the admin plane of a running gateway. Not set: as the gateway on this store announced it, or adminPlane.',
    }),
    adminToken: optional({
      env: 'CASEGATE_ADMIN_TOKEN',
      read: secret,
      about:
        'Bearer token of the admin audience, with which commands ask a running gateway. Best kept in the environment, or in a file named by CASEGATE_ADMIN_TOKEN_FILE.',
    }),
  },
  limits: {
    connections: setting({
      env: 'CASEGATE_CONNECTIONS',
      read: wholeNumber(10, 100_000),
      fallback: 10_000,
      about: 'Most connections of callers at once.',
    }),
    headersTimeoutMs: setting({
      env: 'CASEGATE_HEADERS_TIMEOUT_MS',
      read: wholeNumber(1_000, 60_000),
      fallback: 10_000,
      about: 'Longest wait for the headers of a request, milliseconds.',
    }),
    requestTimeoutMs: setting({
      env: 'CASEGATE_REQUEST_TIMEOUT_MS',
      read: wholeNumber(1_000, 120_000),
      fallback: 20_000,
      about: 'Longest wait for a whole request, milliseconds.',
    }),
    slowReaderMs: setting({
      env: 'CASEGATE_SLOW_READER_MS',
      read: wholeNumber(1_000, 300_000),
      fallback: 60_000,
      about: 'Longest time in which a caller must have taken an answer, milliseconds.',
    }),
    drainMs: setting({
      env: 'CASEGATE_DRAIN_MS',
      read: wholeNumber(0, 300_000),
      fallback: 25_000,
      about: 'How long a stop waits for running requests, milliseconds.',
    }),
    rememberedTokens: setting({
      env: 'CASEGATE_REMEMBERED_TOKENS',
      read: wholeNumber(0, 1_000_000),
      fallback: 50_000,
      about: 'Most verified tokens kept in memory, by their digest; 0: each is verified anew.',
    }),
  },
  rateLimits: {
    addressPerMinute: setting({
      env: 'CASEGATE_RATE_ADDRESS_PER_MINUTE',
      read: wholeNumber(1, 10_000_000),
      fallback: 6_000,
      about: 'Requests a minute of one address (IPv6: one /56), before the token is looked at.',
    }),
    callerPerMinute: setting({
      env: 'CASEGATE_RATE_CALLER_PER_MINUTE',
      read: wholeNumber(1, 10_000_000),
      fallback: 600,
      about: 'Requests a minute of one account.',
    }),
    adminAddressPerMinute: setting({
      env: 'CASEGATE_RATE_ADMIN_ADDRESS_PER_MINUTE',
      read: wholeNumber(1, 10_000_000),
      fallback: 600,
      about: 'The same on the admin plane; /healthz and /readyz are not counted.',
    }),
    adminCallerPerMinute: setting({
      env: 'CASEGATE_RATE_ADMIN_CALLER_PER_MINUTE',
      read: wholeNumber(1, 10_000_000),
      fallback: 300,
      about: 'Requests a minute of one account on the admin plane.',
    }),
    redisUrl: optional({
      env: 'CASEGATE_REDIS_URL',
      read: secret,
      about: 'redis://… that gateways share their counts in. Without it each process counts for itself.',
    }),
  },
  logLevel: setting({
    env: 'CASEGATE_LOG_LEVEL',
    read: oneOf('error', 'warn', 'info', 'debug'),
    fallback: 'info',
    about: 'Least level of operational lines on standard output. The access log is not concerned.',
  }),
} as const;

type ValuesOf<T> = { readonly [K in keyof T]: T[K] extends Setting<infer V> ? V : ValuesOf<T[K]> };
export type Settings = ValuesOf<typeof SETTINGS_TABLE>;
export type { IssuerSettings, Secret, SystemSettings };

export interface SettingLeaf {
  readonly path: readonly string[];
  readonly setting: Setting<unknown>;
}

/** The table as a list, in its order. */
export function settingLeaves(table: object = SETTINGS_TABLE, path: readonly string[] = []): readonly SettingLeaf[] {
  return Object.entries(table).flatMap(([name, entry]: [string, object]) =>
    'read' in entry && 'env' in entry
      ? [{ path: [...path, name], setting: entry as Setting<unknown> }]
      : settingLeaves(entry, [...path, name]),
  );
}
