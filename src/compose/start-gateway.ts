import { createSecretKey, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { openAccessLog, type AccessLog } from '../audit/access-log';
import { AccessReceipt } from '../audit/access-receipt';
import { ownEntry } from '../audit/own-entry';
import { uuidV7Maker } from '../audit/uuid-v7';
import type { Finding } from '../decide/finding';
import { createPolicyDesk, type PolicyDesk } from '../decide/policy-desk';
import { createShadowDesk } from '../decide/shadow/shadow-desk';
import { connectSharedCounts } from '../edge/connect-shared-counts';
import { createDataPlane } from '../edge/create-data-plane';
import { createLimiter } from '../edge/create-limiter';
import type { EarlyPreflight, Handlers } from '../edge/handlers';
import { relate } from '../facts/relate';
import { createDirectory } from '../governance/directory/create-directory';
import type { LiveDirectory } from '../governance/directory/directory';
import { standingAt } from '../governance/spans';
import { createRegistry } from '../governance/registry/create-registry';
import type { LiveRegistry } from '../governance/registry/registry';
import { createTokenVerifier, type TokenVerifier } from '../identify/token-verifier';
import { createLogger, type OperationsLog } from '../monitoring/create-logger';
import { createMetrics, type Metrics } from '../monitoring/create-metrics';
import { createDriftList, type DriftList } from '../monitoring/drift/drift-list';
import { findDrift } from '../monitoring/drift/find-drift';
import { watchDisk, type DiskWatch } from '../monitoring/watch-disk';
import { createCarry } from '../pipeline/carry';
import { createScribe, type EarlyAsk } from '../pipeline/scribe';
import type { Reconciler } from '../pipeline/write/create-reconciler';
import type { WriteKeys } from '../pipeline/write/write-keys';
import { createCarryWrite } from '../pipeline/write/carry-write';
import type { Settings } from '../settings/settings-table';
import { shapeNothing } from '../shape/shape-nothing';
import { ShapedReply } from '../shape/shaped-reply';
import { createDirectoryStore } from '../storage/directory-store';
import { createDriftStore } from '../storage/drift-store';
import { demandClockInStep } from '../storage/demand-clock-in-step';
import { readDiskUse } from '../storage/read-disk-use';
import { createPolicyStore } from '../storage/policy-store';
import { createRegistryStore } from '../storage/registry-store';
import { createShadowStore } from '../storage/shadow-store';
import { openLogReader } from '../storage/log-reader';
import { trimChangeLogs } from '../storage/trim-change-logs';
import { createWriteKeyStore } from '../storage/write-key-store';
import { createJsonFetch } from '../upstream/json-fetch';
import type { AccessEntry } from '../vocabulary/access-entry';
import type { Clock, NewAccessId } from '../vocabulary/clock';
import { trackCommitted } from './committed';
import { findRoute } from './find-route';
import { listenerTls, urlOf } from './listener-tls';
import { openAdminPlane } from './open-admin-plane';
import { openClients } from './open-clients';
import { openStores, type Stores } from './open-stores';
import { projections, wireSteps } from './wire-steps';
import { reconcileLeftBehind, wireWriteSteps } from './wire-write-steps';

export interface RunningGateway {
  readonly dataUrl: string;
  readonly adminUrl: string;
  /** Lets requests finish, drains the log, closes everything. May be called twice. */
  stop(): Promise<void>;
}

/** What a test may set; a gateway that serves has its own. */
export interface GatewayParts {
  readonly clock?: Clock;
  readonly operations?: OperationsLog;
  /** How full the disk of that folder is, from 0 to 1. */
  readonly readDiskUse?: (folder: string) => Promise<number>;
}

/**
 * Starts a gateway: stores, log, directory, policies, keys, both listeners.
 *
 * Fails   with an Error for people; whatever was opened is closed again.
 */
export async function startGateway(settings: Settings, parts: GatewayParts = {}): Promise<RunningGateway> {
  const closing = closeInReverse();
  try {
    const gateway = await open(settings, parts, closing);
    return { ...gateway, stop: () => closing.run() };
  } catch (fault) {
    await closing.run();
    throw fault;
  }
}

type Closing = ReturnType<typeof closeInReverse>;

async function open(settings: Settings, parts: GatewayParts, closing: Closing): Promise<Omit<RunningGateway, 'stop'>> {
  const clock = parts.clock ?? Date.now;
  const operations = parts.operations ?? closing.add(createLogger({ level: settings.logLevel, clock }), (it) => it.close());
  const newAccessId = uuidV7Maker(clock);
  const stores = closing.add(await openStores(settings), (it) => it.close());
  await demandClockInStep(stores.governance, clock);
  const directory = createDirectory(createDirectoryStore(stores.governance), clock);
  const registry = createRegistry(createRegistryStore(stores.governance), clock);
  await directory.start();
  await registry.start();
  if (stores.settings.kind === 'mariadb') followOthers(directory, registry, closing);
  trimNowAndThen(stores, operations, closing);
  const disk = followDisk(stores, operations, closing, parts.readDiskUse);
  // It asks the rooms at each scrape, and nobody can scrape before the admin plane is open.
  const metrics = createMetrics({
    clock,
    readings: {
      log: () => log.state(),
      policies: () => policiesOf(settings, desk),
      limiters: () => [addressLimiter, callerLimiter, adminLimiters.address, adminLimiters.caller].map((it) => it.state()),
      upstreams: () => [...clients].map(([system, client]) => ({ system, ...client.state() })),
      versions: () => ({ directory: directory.version, registry: registry.version }),
      diskUsed: () => disk?.state().used ?? null,
    },
  });
  const opened: { desk: PolicyDesk | null } = { desk: null };
  const policyNow: PolicyNow = {
    number: () => opened.desk?.number ?? Number.MAX_SAFE_INTEGER,
    catchUp: async (number) => opened.desk?.catchUp(number),
  };
  const log = await openLog(settings, stores, { clock, newAccessId, directory, registry, metrics, policyNow });
  closing.add(log, (it) => it.drain());
  const desk = (opened.desk = await openDesk(settings, { clock, operations, log, newAccessId, metrics, closing, stores, directory }));
  const drift = closing.add(listDrift(stores, { clock, operations, desk }), (it) => atMost(LAST_WRITE_MS, it.close()));
  const clients = await openClients(settings, clock, operations);
  closing.add(clients, async (them) => void (await Promise.all([...them.values()].map((it) => it.close()))));
  const verifier = closing.add(dataVerifier(settings, clock, operations), (it) => it.close());
  const shared =
    settings.rateLimits.redisUrl === null
      ? null
      : closing.add(connectSharedCounts({ url: settings.rateLimits.redisUrl.reveal(), log: operations }), (it) => it.close());
  const limiter = (name: string, limit: number) => createLimiter({ name, windowMs: 60_000, limit, clock, log: operations, shared });
  const addressLimiter = limiter('address', settings.rateLimits.addressPerMinute);
  const callerLimiter = limiter('caller', settings.rateLimits.callerPerMinute);
  const adminLimiters = {
    address: limiter('admin-address', settings.rateLimits.adminAddressPerMinute),
    caller: limiter('admin-caller', settings.rateLimits.adminCallerPerMinute),
  };
  const committed = trackCommitted(directory, registry);
  const shadow = closing.add(
    await createShadowDesk({
      store: createShadowStore(stores.governance),
      process: randomUUID(),
      clock,
      relate: (about) => relate({ ...about, supervision: directory }),
      onFault: (cause) => operations.error('policy-shadow-fault', { cause: cause instanceof Error ? cause.message : 'unknown' }),
    }),
    (it) => atMost(LAST_WRITE_MS, it.close()),
  );
  const projectionOf = projections();
  const tagKey = createSecretKey(Buffer.from(settings.log.digestKey.reveal(), 'utf8'));
  const steps = wireSteps({
    clock,
    newAccessId,
    verifier,
    directory,
    registry,
    committed,
    desk,
    shadow,
    clients,
    log,
    callerLimiter,
    metrics,
    drift,
    operations,
    digestKey: settings.log.digestKey.reveal(),
    rememberedTokens: settings.limits.rememberedTokens,
    projectionOf,
    tagKey,
  });
  const keys = createWriteKeyStore(stores.governance);
  const writes = wireWriteSteps({
    clock,
    newAccessId,
    clients,
    log,
    keys,
    operations,
    digestKey: settings.log.digestKey.reveal(),
    projectionOf,
    tagKey,
    systemOf: (name) => desk.current(name)?.system,
  });
  closing.add(writes.reconciler, (it) => it.close());
  const carryRead = createCarry(steps);
  const carryWrite = createCarryWrite(steps, writes.steps);
  const scribe = createScribe(steps);
  const handlers: Handlers = {
    route: (system, method, segments) => routeOf(settings, desk, system, method, segments),
    carry: (ask) => (ask.written === undefined ? carryRead(ask) : carryWrite(ask)),
    refuse: (early) => scribe.refuseEarly(earlyAsk(early, settings), early),
    preflight: (early) => scribe.recordPreflight(earlyAsk(early, settings), shapeNothing(early.accessId)),
    isShaped: (reply) => ShapedReply.isShaped(reply),
    covers: (receipt, reply) => AccessReceipt.covers(receipt, reply),
    delivered: (accessId, outcome, bytes) => log.noteDelivery(accessId, outcome, bytes),
    origins: () => directory.origins(),
  };
  const dataPlane = createDataPlane(dataPlaneOptions(settings, { clock, newAccessId, operations, addressLimiter }), handlers);
  const admin = closing.add(
    await openAdminPlane(settings, {
      clock,
      newAccessId,
      stores,
      directory,
      registry,
      committed,
      desk,
      shadow,
      verifier,
      log,
      metrics,
      drift,
      operations,
      dataPlane,
      disk,
      limiters: adminLimiters,
    }),
    (it) => it.stop(),
  );
  closing.add(dataPlane, (it) => it.stop());
  const { port } = await dataPlane.listen();
  const dataUrl = urlOf(settings.dataPlane, port);
  stores.lock?.announce(admin.url);
  const look = () => lookAfterWrites(stores, writes.reconciler, clock, operations);
  void look();
  // Where others write too, what is young may be under way in one of them; by then it is not.
  if (stores.settings.kind === 'mariadb')
    closing.add(setTimeout(() => void look(), SECOND_LOOK_MS).unref(), (timer) => clearTimeout(timer));
  forgetKeys(keys, clock, operations, closing);
  operations.info('gateway-listening', { dataUrl, adminUrl: admin.url, policyVersion: desk.version });
  return { dataUrl, adminUrl: admin.url };
}

function followOthers(directory: LiveDirectory, registry: LiveRegistry, closing: Closing): void {
  const stops = [directory.poll(1_000), registry.poll(1_000)];
  closing.add(stops, (all) => all.forEach((stop) => stop()));
}

function trimNowAndThen({ governance }: Stores, log: OperationsLog, closing: Closing): void {
  const trim = () => trimChangeLogs(governance).catch((cause: unknown) => log.warn('change-logs-not-trimmed', { cause }));
  closing.add(setInterval(() => void trim(), 60_000).unref(), (timer) => clearInterval(timer));
}

/** In the background: a long log takes its time, and nothing waits for it. */
async function lookAfterWrites(stores: Stores, reconciler: Reconciler, clock: Clock, operations: OperationsLog): Promise<void> {
  const reader = openLogReader(stores.settings);
  try {
    const isAlone = stores.settings.kind === 'sqlite';
    const intents = await reconcileLeftBehind(reader, reconciler, clock(), isAlone);
    if (intents > 0) operations.warn('writes-left-behind', { count: intents });
  } catch (cause) {
    operations.error('writes-not-looked-after', { cause: cause instanceof Error ? cause.message : 'unknown' });
  } finally {
    await reader.close();
  }
}

const SECOND_LOOK_MS = 90_000;
const KEY_LIFE_MS = 7 * 86_400_000;

function forgetKeys(keys: WriteKeys, clock: Clock, log: OperationsLog, closing: Closing): void {
  const forget = () => keys.trim(clock() - KEY_LIFE_MS).catch((cause: unknown) => log.warn('write-keys-not-trimmed', { cause }));
  closing.add(setInterval(() => void forget(), 3_600_000).unref(), (timer) => clearInterval(timer));
}

/** null on MariaDB: its disk is another machine's, and for that machine's monitoring. */
function followDisk({ settings }: Stores, log: OperationsLog, closing: Closing, read = readDiskUse): DiskWatch | null {
  if (settings.kind !== 'sqlite') return null;
  return closing.add(watchDisk({ read: () => read(settings.folder), log }), (it) => it.stop());
}

/** The policy as the log's flush asks about it. Before it is there, no decision can stand on an older one. */
interface PolicyNow {
  number(): number;
  catchUp(number: number): Promise<void>;
}

interface LogNeeds {
  readonly clock: Clock;
  readonly newAccessId: NewAccessId;
  readonly directory: LiveDirectory;
  readonly registry: LiveRegistry;
  readonly metrics: Metrics;
  readonly policyNow: PolicyNow;
}

function openLog(
  settings: Settings,
  stores: Stores,
  { clock, newAccessId, directory, registry, metrics, policyNow }: LogNeeds,
): Promise<AccessLog> {
  const freshness = {
    versions: () => ({ directory: directory.version, registry: registry.version, policy: policyNow.number() }),
    catchUp: async (seen: { readonly directory: number; readonly registry: number; readonly policy: number }) => {
      await Promise.all([directory.catchUp(seen.directory), registry.catchUp(seen.registry), policyNow.catchUp(seen.policy)]);
    },
  };
  return openAccessLog({
    store: stores.log,
    freshness: stores.settings.kind === 'mariadb' ? freshness : null,
    clock,
    newAccessId,
    newChain: randomUUID,
    deadlineMs: settings.log.deadlineMs,
    mostWaiting: settings.log.mostWaiting,
    onFlush: (flush) => metrics.logFlushed(flush),
  });
}

interface DeskNeeds {
  readonly clock: Clock;
  readonly operations: OperationsLog;
  readonly log: AccessLog;
  readonly newAccessId: NewAccessId;
  readonly metrics: Metrics;
  readonly closing: Closing;
  readonly stores: Stores;
  readonly directory: LiveDirectory;
}

/** A person, active, who holds the right now: a vote of yesterday counts no more than its giver. */
function mayVouch(directory: LiveDirectory, id: string, atMs: number): boolean {
  const account = directory.account(id);
  return account?.kind === 'person' && standingAt(account.standings, atMs) === 'active' && directory.hasRight(id, 'policy-admin', atMs);
}

async function openDesk(settings: Settings, needs: DeskNeeds): Promise<PolicyDesk> {
  const { clock, operations, log, newAccessId, metrics, closing, stores, directory } = needs;
  const host = hostname();
  const tell = (details: Readonly<Record<string, unknown>>, policyVersion: string | null): void => {
    const outcome = { status: 200, code: 'ok', reasons: [] };
    const entry: AccessEntry = { ...ownEntry('system', newAccessId(), clock(), details), outcome, policyVersion };
    log.append(entry, { reply: null, isStale: () => false }).catch((cause: unknown) => {
      operations.error('policy-change-not-logged', { cause: cause instanceof Error ? cause.message : 'unknown' });
    });
  };
  const desk = await createPolicyDesk({
    folder: settings.policies.folder,
    store: createPolicyStore(stores.governance),
    approvalsNeeded: settings.policies.approval === 'two-people' ? 2 : 0,
    mayVouch: (account) => mayVouch(directory, account, clock()),
    host,
    log: operations,
    clock,
    onSwap: (swap) => {
      for (const system of swap.changed) metrics.policySwapped({ system, outcome: 'in-force' });
      const { number, previous, changed, origin } = swap;
      tell({ event: 'policy-swapped', number, previous, changed, origin, host }, swap.version === '' ? null : swap.version);
    },
    onAlarm: (findings) => {
      for (const system of refusedSystems(settings, findings)) metrics.policySwapped({ system, outcome: 'refused' });
      if (findings.length > 0) tell({ event: 'policy-refused', host, ...refusal(findings) }, null);
    },
  });
  closing.add(desk, (it) => atMost(LAST_WRITE_MS, it.close()));
  if (stores.settings.kind === 'mariadb') closing.add(desk.poll(1_000), (stopPolling) => stopPolling());
  return desk;
}

/** Places and rules, and no word of the files: somebody may have typed anything there. */
const refusal = (findings: readonly Finding[]) => ({
  findings: findings.length,
  first: findings.slice(0, 10).map(({ rule, file, line, column }) => ({ rule, file, line, column })),
});

function listDrift(
  { governance }: Stores,
  { clock, operations, desk }: Pick<DeskNeeds, 'clock' | 'operations'> & { readonly desk: PolicyDesk },
): DriftList {
  return createDriftList({
    store: createDriftStore(governance),
    clock,
    isDrift: (row) => {
      const policy = desk.current(row.system);
      return policy === undefined || findDrift(row, policy.system) !== null;
    },
    onFault: (cause) => operations.warn('drift-not-kept', { cause }),
  });
}

const dataVerifier = (settings: Settings, clock: Clock, log: OperationsLog): TokenVerifier =>
  createTokenVerifier({
    issuers: settings.issuers,
    clock,
    log,
    fetchJson: createJsonFetch(),
    mostRemembered: settings.limits.rememberedTokens,
  });

function policiesOf(
  settings: Settings,
  desk: PolicyDesk,
): { readonly system: string; readonly version: string | null; readonly isAlarmed: boolean }[] {
  const { findings } = desk.state();
  return Object.keys(settings.systems).map((system) => ({
    system,
    version: desk.current(system)?.version ?? null,
    isAlarmed: refusedSystems(settings, findings).includes(system),
  }));
}

/** A finding about the model, or the folder as a whole, concerns every system. */
const refusedSystems = (settings: Settings, findings: readonly { readonly file: string }[]): readonly string[] =>
  Object.keys(settings.systems).filter((system) =>
    findings.some(({ file }) => file === system || file.startsWith(`${system}/`) || file === '.' || file === 'model.conf'),
  );

function routeOf(
  settings: Settings,
  desk: PolicyDesk,
  system: string,
  method: string,
  segments: readonly string[],
): ReturnType<Handlers['route']> {
  if (!Object.hasOwn(settings.systems, system)) return { kind: 'unknown' };
  const policy = desk.current(system);
  return policy === undefined ? { kind: 'without-policy' } : findRoute(policy.system, settings.environment, method, segments);
}

const earlyAsk = (early: EarlyPreflight, settings: Settings): EarlyAsk => ({
  accessId: early.accessId,
  receivedAtMs: early.receivedAtMs,
  source: early.source,
  method: early.method,
  system: early.system,
  environment: settings.environment,
  route: early.route,
});

function dataPlaneOptions(
  { dataPlane, limits, log, systems }: Settings,
  needs: Pick<LogNeeds, 'clock' | 'newAccessId'> & {
    readonly operations: OperationsLog;
    readonly addressLimiter: ReturnType<typeof createLimiter>;
  },
): Parameters<typeof createDataPlane>[0] {
  const slowestAnswerMs = Math.max(...Object.values(systems).map((one) => one.limits.deadlineMs)) + log.deadlineMs + 5_000;
  return {
    clock: needs.clock,
    newAccessId: needs.newAccessId,
    log: needs.operations,
    addressLimiter: needs.addressLimiter,
    listenHost: dataPlane.host,
    listenPort: dataPlane.port,
    ...(dataPlane.hosts.length === 0 ? {} : { hosts: dataPlane.hosts }),
    trustedProxies: dataPlane.trustedProxies,
    tls: listenerTls(dataPlane),
    limits: {
      headersTimeoutMs: limits.headersTimeoutMs,
      requestTimeoutMs: limits.requestTimeoutMs,
      // Nothing moves on a connection while its case system and the log take their time.
      idleTimeoutMs: Math.max(60_000, limits.slowReaderMs, slowestAnswerMs),
      slowReaderMs: limits.slowReaderMs,
      connections: limits.connections,
      drainMs: limits.drainMs,
    },
  };
}

/** A store that hangs must not hold up a stop; what was not written then is lost, and is no entry. */
const LAST_WRITE_MS = 2_000;

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work, new Promise((late) => setTimeout(late, ms).unref())]);
}

/** Closes what was opened, last first; one that fails does not keep the others open. */
function closeInReverse() {
  const open: (() => unknown)[] = [];
  let running: Promise<void> | null = null;
  const runOnce = async (): Promise<void> => {
    for (const close of open.reverse())
      await Promise.resolve()
        .then(close)
        .catch(() => undefined);
  };
  return {
    add: <T>(it: T, close: (it: T) => unknown): T => {
      open.push(() => close(it));
      return it;
    },
    run: (): Promise<void> => (running ??= runOnce()),
  };
}
