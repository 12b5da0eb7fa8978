import { createHmac } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { AdminCaller, AdminPlaneParts } from '../admin-api/admin-plane-parts';
import { createAdminPlane } from '../admin-api/create-admin-plane';
import type { AccessLog } from '../audit/access-log';
import { readEntries } from '../audit/read-entries';
import type { PolicyDesk } from '../decide/policy-desk';
import type { ShadowDesk } from '../decide/shadow/shadow-desk';
import type { DataPlane } from '../edge/create-data-plane';
import { compileTrustedProxies } from '../edge/compile-trusted-proxies';
import type { Limiter } from '../edge/create-limiter';
import { DEFAULT_HOSTS } from '../edge/data-plane-options';
import { hostMatcher } from '../edge/host-matcher';
import { networkKey } from '../edge/network-key';
import { plainAddress, readSource } from '../edge/read-source';
import type { LiveDirectory } from '../governance/directory/directory';
import { importDirectory } from '../governance/directory/import/import-directory';
import { createPrivacyFeed } from '../governance/feeds/create-privacy-feed';
import type { LiveRegistry } from '../governance/registry/registry';
import { recogniseAccount } from '../identify/recognise';
import { createTokenVerifier, type TokenVerifier } from '../identify/token-verifier';
import type { OperationsLog } from '../monitoring/create-logger';
import type { Metrics } from '../monitoring/create-metrics';
import type { DriftList } from '../monitoring/drift/drift-list';
import { readDrift } from '../monitoring/drift/read-drift';
import type { DiskWatch } from '../monitoring/watch-disk';
import type { Settings } from '../settings/settings-table';
import { createDirectoryStore } from '../storage/directory-store';
import { createPolicyStore } from '../storage/policy-store';
import { createRowStore } from '../storage/directory-row-store';
import { createDriftStore } from '../storage/drift-store';
import { openLogReader } from '../storage/log-reader';
import { createJsonFetch } from '../upstream/json-fetch';
import type { AccessEntry } from '../vocabulary/access-entry';
import type { Clock, NewAccessId } from '../vocabulary/clock';
import { GatewayError } from '../vocabulary/errors';
import type { Committed } from './committed';
import { listenerTls, urlOf } from './listener-tls';
import { policyDeskParts } from './policy-desk-parts';
import type { Stores } from './open-stores';

export interface AdminNeeds {
  readonly clock: Clock;
  readonly newAccessId: NewAccessId;
  readonly stores: Stores;
  readonly directory: LiveDirectory;
  readonly registry: LiveRegistry;
  readonly committed: Committed;
  readonly desk: PolicyDesk;
  readonly shadow: ShadowDesk;
  /** That of the data plane: readiness tells of it. */
  readonly verifier: TokenVerifier;
  readonly log: AccessLog;
  readonly metrics: Metrics;
  readonly drift: DriftList;
  readonly operations: OperationsLog;
  readonly dataPlane: DataPlane;
  readonly disk: DiskWatch | null;
  readonly limiters: { readonly address: Limiter; readonly caller: Limiter };
}

export interface AdminPlane {
  readonly url: string;
  stop(): Promise<void>;
}

/** Opens the admin plane and listens. */
export async function openAdminPlane(settings: Settings, needs: AdminNeeds): Promise<AdminPlane> {
  const verifier = adminVerifier(settings, needs);
  const reader = openLogReader(needs.stores.settings);
  // Known once it listens; until then nothing is answered.
  let isKnownHost: (host: string) => boolean = () => false;
  const parts = adminParts(settings, needs, verifier, reader, (host) => isKnownHost(host));
  const server = createAdminPlane(parts, listenerTls(settings.adminPlane));
  const drain = drainer(server, settings.limits.drainMs);
  const stop = async (): Promise<void> => {
    await drain();
    await verifier?.close();
    await reader.close();
  };
  try {
    await new Promise<void>((listening, fail) => {
      server.once('error', fail);
      server.listen(settings.adminPlane.port, settings.adminPlane.host, listening);
    });
  } catch (fault) {
    await stop();
    throw fault;
  }
  const { port } = server.address() as AddressInfo;
  const { hosts, host } = settings.adminPlane;
  isKnownHost = hostMatcher(hosts.length === 0 ? [...DEFAULT_HOSTS, host] : hosts, port);
  return { url: urlOf(settings.adminPlane, port), stop };
}

/** What has been answered may still be on its way out when the last request ends. */
const LINGER_MS = 250;

/** Takes nothing new, lets requests finish for at most `drainMs`, then cuts what is left: half a request, a handshake nobody goes on with. */
function drainer(server: Server, drainMs: number): () => Promise<void> {
  const sockets = new Set<Socket>();
  let open = 0;
  let wake: () => void = () => undefined;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('request', (_request, response) => {
    open += 1;
    response.once('close', () => {
      open -= 1;
      if (open === 0) wake();
    });
  });
  return async () => {
    if (!server.listening) return;
    const closed = new Promise<void>((done) => void server.close(() => done()));
    server.closeIdleConnections();
    const cut = setTimeout(() => sockets.forEach((socket) => socket.destroy()), drainMs);
    if (open > 0) await Promise.race([closed, new Promise<void>((idle) => (wake = idle))]);
    const rest = setTimeout(() => sockets.forEach((socket) => socket.destroy()), Math.min(LINGER_MS, drainMs));
    await closed;
    clearTimeout(cut);
    clearTimeout(rest);
  };
}

/** Its own audience: a token for records never opens the admin plane. null where no issuer names one. */
function adminVerifier({ issuers, limits }: Settings, { clock, operations }: AdminNeeds): TokenVerifier | null {
  const forAdmin = issuers.flatMap((one) => (one.adminAudience === undefined ? [] : [{ ...one, audience: one.adminAudience }]));
  if (forAdmin.length === 0) return null;
  return createTokenVerifier({
    issuers: forAdmin,
    clock,
    log: operations,
    fetchJson: createJsonFetch(),
    mostRemembered: limits.rememberedTokens,
  });
}

function adminParts(
  settings: Settings,
  needs: AdminNeeds,
  verifier: TokenVerifier | null,
  reader: ReturnType<typeof openLogReader>,
  isKnownHost: (host: string) => boolean,
): AdminPlaneParts {
  const { clock, stores, directory, registry, committed, desk, log, metrics, limiters } = needs;
  const rows = createRowStore(stores.governance);
  const accounts = createDirectoryStore(stores.governance);
  const drift = createDriftStore(stores.governance);
  const feed = createPrivacyFeed({ store: rows, clock, caughtUp: (version) => committed.note({ directory: -1, registry: version }) });
  const readiness = readinessOf(settings, needs, verifier);
  const isTrusted = compileTrustedProxies(settings.adminPlane.trustedProxies);
  return {
    clock,
    newAccessId: needs.newAccessId,
    limitAddress: (address) => limiters.address.check(networkKey(address)),
    limitCaller: (accountId) => limiters.caller.check(accountId),
    authenticate: (bearer) => authenticate(settings, needs, verifier, bearer),
    directory,
    recordAdmin: async (entry, holdsStill = () => true) => {
      const sourceKey = tallyKeyOf(entry);
      if (sourceKey !== null) return void (await log.appendEarly(entry, { reply: null, sourceKey }));
      const receipt = await log.append(entry, { reply: null, isStale: () => !holdsStill() });
      if (receipt === 'stale')
        throw new GatewayError('right-missing', 'the right ended before the entry stood', { reason: 'stale-decision' });
    },
    digestOf: (text) => createHmac('sha256', settings.log.digestKey.reveal()).update(text).digest('hex'),
    versions: () => ({ directory: directory.version, registry: registry.version, policy: desk.version }),
    readSource: (peer, forwardedFor) => readSource(plainAddress(peer), forwardedFor, isTrusted),
    isKnownHost,
    systems: () => Object.keys(settings.systems),
    isReady: () => readiness().ready,
    readiness,
    metrics: () => metrics.text(),
    readPrivacyBatch: (text, format) => feed.read(text, format),
    importDirectory: (request) => importDirectory(request, { store: rows, caughtUp: (versions) => committed.note(versions) }),
    listAccounts: async (afterId, limit) => (await accounts.accountPage(afterId, limit)).map((file) => file.account),
    readAccessLog: async ({ system, record, account, accessId, after, limit }) => {
      const filter = {
        ...(system === null ? {} : { system }),
        ...(record === null ? {} : { recordId: record }),
        ...(account === null ? {} : { account }),
        ...(accessId === null ? {} : { accessId }),
      };
      const page = await readEntries(reader, filter, { limit, before: after });
      return { entries: page.entries.map((one) => one.entry), next: page.next };
    },
    policy: policyDeskParts(desk, needs.shadow, createPolicyStore(stores.governance), clock),
    listDrift: async (query) => {
      // What this process has noted stands in the answer; what others have, as they write it.
      await needs.drift.write();
      const page = await readDrift(drift, (system) => desk.current(system)?.system, query);
      if (page === null) throw new GatewayError('query-not-allowed', 'after is of another list');
      return page;
    },
    observe: (event, { accessId, message, cause }) =>
      needs.operations.error(event, { accessId, message, cause: cause instanceof Error ? cause.name : typeof cause }),
  };
}

/** GW-03: refusals before a caller is known are tallied by source, 429s of a caller by caller; null for what has an entry of its own. */
function tallyKeyOf({ who, source, outcome }: AccessEntry): string | null {
  if (who === null) return networkKey(source?.address ?? '');
  return outcome.code === 'rate-limited' ? `caller ${who.account}` : null;
}

async function authenticate(settings: Settings, needs: AdminNeeds, verifier: TokenVerifier | null, bearer: string): Promise<AdminCaller> {
  if (verifier === null)
    throw new GatewayError('token-invalid', 'no issuer has an audience for the admin plane', { reason: 'token-audience' });
  const token = verifier.remembered(bearer) ?? (await verifier.verify(bearer));
  const wanted = { environment: settings.environment, atMs: needs.clock() };
  const { account, application } = recogniseAccount(token, wanted, needs.directory);
  const { id, person, organization, issuer } = account;
  return { account, who: { account: id, person, organization, issuer, application: application.id, actor: null, memberships: [] } };
}

/** What stands behind the one word of /readyz. */
function readinessOf(settings: Settings, needs: AdminNeeds, adminVerifierOrNull: TokenVerifier | null) {
  const { directory, registry, desk, verifier, log, dataPlane, disk } = needs;
  return () => {
    const policy = desk.state();
    const withoutPolicy = Object.keys(settings.systems).filter((system) => desk.current(system) === undefined);
    const states = {
      log: log.state(),
      directory: directory.state(),
      registry: registry.state(),
      identity: verifier.state(),
      adminIdentity: adminVerifierOrNull?.state() ?? null,
      dataPlane: dataPlane.state(),
      disk: disk?.state() ?? null,
      policy: { ...policy, withoutPolicy },
    };
    // A refused newer policy, or a disk that fills, is an alarm; the last good one is in force, there is space, and it serves.
    const ready =
      states.log.healthy &&
      states.directory.isLoaded &&
      states.registry.isLoaded &&
      states.identity.ready &&
      withoutPolicy.length === 0 &&
      !policy.isStale &&
      states.dataPlane.listening &&
      !states.dataPlane.stopping;
    return { ready, ...states };
  };
}
