"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.startGateway = startGateway;
const node_crypto_1 = require("node:crypto");
const access_log_1 = require("../audit/access-log");
const access_receipt_1 = require("../audit/access-receipt");
const uuid_v7_1 = require("../audit/uuid-v7");
const policy_desk_1 = require("../decide/policy-desk");
const connect_shared_counts_1 = require("../edge/connect-shared-counts");
const create_data_plane_1 = require("../edge/create-data-plane");
const create_limiter_1 = require("../edge/create-limiter");
const create_directory_1 = require("../governance/directory/create-directory");
const create_registry_1 = require("../governance/registry/create-registry");
const token_verifier_1 = require("../identify/token-verifier");
const create_logger_1 = require("../monitoring/create-logger");
const create_metrics_1 = require("../monitoring/create-metrics");
const carry_1 = require("../pipeline/carry");
const scribe_1 = require("../pipeline/scribe");
const shape_nothing_1 = require("../shape/shape-nothing");
const shaped_reply_1 = require("../shape/shaped-reply");
const directory_store_1 = require("../storage/directory-store");
const demand_clock_in_step_1 = require("../storage/demand-clock-in-step");
const registry_store_1 = require("../storage/registry-store");
const json_fetch_1 = require("../upstream/json-fetch");
const committed_1 = require("./committed");
const find_route_1 = require("./find-route");
const listener_tls_1 = require("./listener-tls");
const open_admin_plane_1 = require("./open-admin-plane");
const open_clients_1 = require("./open-clients");
const open_stores_1 = require("./open-stores");
const wire_steps_1 = require("./wire-steps");
/**
 * Starts a gateway: stores, log, directory, policies, keys, both listeners.
 *
 * Fails   with an Error for people; whatever was opened is closed again.
 */
async function startGateway(settings, parts = {}) {
    const closing = closeInReverse();
    try {
        const gateway = await open(settings, parts, closing);
        return { ...gateway, stop: () => closing.run() };
    }
    catch (fault) {
        await closing.run();
        throw fault;
    }
}
async function open(settings, parts, closing) {
    const clock = parts.clock ?? Date.now;
    const operations = parts.operations ?? closing.add((0, create_logger_1.createLogger)({ level: settings.logLevel, clock }), (it) => it.close());
    const newAccessId = (0, uuid_v7_1.uuidV7Maker)(clock);
    const stores = closing.add(await (0, open_stores_1.openStores)(settings), (it) => it.close());
    await (0, demand_clock_in_step_1.demandClockInStep)(stores.governance, clock);
    const directory = (0, create_directory_1.createDirectory)((0, directory_store_1.createDirectoryStore)(stores.governance), clock);
    const registry = (0, create_registry_1.createRegistry)((0, registry_store_1.createRegistryStore)(stores.governance), clock);
    await directory.start();
    await registry.start();
    if (stores.settings.kind === 'mariadb')
        followOthers(directory, registry, closing);
    // It asks the rooms at each scrape, and nobody can scrape before the admin plane is open.
    const metrics = (0, create_metrics_1.createMetrics)({
        clock,
        readings: {
            log: () => log.state(),
            policies: () => policiesOf(settings, desk),
            limiters: () => [addressLimiter.state(), callerLimiter.state()],
            upstreams: () => [...clients].map(([system, client]) => ({ system, ...client.state() })),
            versions: () => ({ directory: directory.version, registry: registry.version }),
        },
    });
    const log = await openLog(settings, stores, { clock, newAccessId, directory, registry, metrics });
    closing.add(log, (it) => it.drain());
    const desk = await openDesk(settings, { clock, operations, log, newAccessId, metrics, closing });
    const clients = await (0, open_clients_1.openClients)(settings, clock, operations);
    closing.add(clients, async (them) => void (await Promise.all([...them.values()].map((it) => it.close()))));
    const verifier = closing.add(dataVerifier(settings, clock, operations), (it) => it.close());
    const shared = settings.rateLimits.redisUrl === null
        ? null
        : closing.add((0, connect_shared_counts_1.connectSharedCounts)({ url: settings.rateLimits.redisUrl.reveal(), log: operations }), (it) => it.close());
    const limiter = (name, limit) => (0, create_limiter_1.createLimiter)({ name, windowMs: 60_000, limit, clock, log: operations, shared });
    const addressLimiter = limiter('address', settings.rateLimits.addressPerMinute);
    const callerLimiter = limiter('caller', settings.rateLimits.callerPerMinute);
    const committed = (0, committed_1.trackCommitted)(directory, registry);
    const steps = (0, wire_steps_1.wireSteps)({
        clock,
        verifier,
        directory,
        registry,
        committed,
        desk,
        clients,
        log,
        callerLimiter,
        metrics,
        operations,
        digestKey: settings.log.digestKey.reveal(),
        rememberedTokens: settings.limits.rememberedTokens,
    });
    const scribe = (0, scribe_1.createScribe)(steps);
    const handlers = {
        route: (system, method, segments) => routeOf(settings, desk, system, method, segments),
        carry: (0, carry_1.createCarry)(steps),
        refuse: (early) => scribe.refuseEarly(earlyAsk(early, settings), early),
        preflight: (early) => scribe.recordPreflight(earlyAsk(early, settings), (0, shape_nothing_1.shapeNothing)(early.accessId)),
        isShaped: (reply) => shaped_reply_1.ShapedReply.isShaped(reply),
        covers: (receipt, accessId, digest, status) => access_receipt_1.AccessReceipt.covers(receipt, accessId, digest, status),
        delivered: (accessId, outcome, bytes) => process.env.ABL?.includes('D') ? undefined : log.noteDelivery(accessId, outcome, bytes),
        origins: () => directory.origins(),
    };
    const dataPlane = (0, create_data_plane_1.createDataPlane)(dataPlaneOptions(settings, { clock, newAccessId, operations, addressLimiter }), handlers);
    const adminNeeds = { clock, newAccessId, stores, directory, registry, committed, desk, verifier, log, metrics, operations, dataPlane };
    const admin = closing.add(await (0, open_admin_plane_1.openAdminPlane)(settings, adminNeeds), (it) => it.stop());
    closing.add(dataPlane, (it) => it.stop());
    const { port } = await dataPlane.listen();
    const dataUrl = (0, listener_tls_1.urlOf)(settings.dataPlane, port);
    stores.lock?.announce(admin.url);
    operations.info('gateway-listening', { dataUrl, adminUrl: admin.url, policyVersion: desk.version });
    return { dataUrl, adminUrl: admin.url };
}
function followOthers(directory, registry, closing) {
    const stops = [directory.poll(1_000), registry.poll(1_000)];
    closing.add(stops, (all) => all.forEach((stop) => stop()));
}
function openLog(settings, stores, { clock, newAccessId, directory, registry, metrics }) {
    const freshness = {
        versions: () => ({ directory: directory.version, registry: registry.version }),
        catchUp: async (seen) => {
            await Promise.all([directory.catchUp(seen.directory), registry.catchUp(seen.registry)]);
        },
    };
    return (0, access_log_1.openAccessLog)({
        store: stores.log,
        freshness: stores.settings.kind === 'mariadb' ? freshness : null,
        clock,
        newAccessId,
        newChain: node_crypto_1.randomUUID,
        deadlineMs: settings.log.deadlineMs,
        mostWaiting: settings.log.mostWaiting,
        onFlush: (flush) => metrics.logFlushed(flush),
    });
}
async function openDesk(settings, { clock, operations, log, newAccessId, metrics, closing }) {
    const tell = (details, policyVersion) => {
        const entry = systemEntry(newAccessId(), clock(), details, policyVersion);
        log.append(entry, { replyDigest: '', isStale: () => false }).catch((cause) => {
            operations.error('policy-change-not-logged', { cause: cause instanceof Error ? cause.message : 'unknown' });
        });
    };
    const desk = await (0, policy_desk_1.createPolicyDesk)({
        folder: settings.policies.folder,
        log: operations,
        clock,
        onSwap: (swap) => {
            for (const system of swap.changed)
                metrics.policySwapped({ system, outcome: 'in-force' });
            tell({ event: 'policy-swapped', previous: swap.previous, changed: swap.changed }, swap.version);
        },
        onAlarm: (findings) => {
            for (const system of refusedSystems(settings, findings))
                metrics.policySwapped({ system, outcome: 'refused' });
        },
    });
    return closing.add(desk, (it) => it.close());
}
function systemEntry(accessId, atMs, details, policyVersion) {
    return {
        format: 1,
        accessId,
        kind: 'system',
        at: new Date(atMs).toISOString(),
        source: null,
        who: null,
        system: null,
        environment: null,
        route: null,
        method: null,
        action: null,
        records: [],
        outcome: { status: 200, code: 'ok', reasons: [] },
        upstream: null,
        policyVersion,
        directoryVersion: null,
        registryVersion: null,
        details,
    };
}
const dataVerifier = (settings, clock, log) => (0, token_verifier_1.createTokenVerifier)({
    issuers: settings.issuers,
    clock,
    log,
    fetchJson: (0, json_fetch_1.createJsonFetch)(),
    mostRemembered: settings.limits.rememberedTokens,
});
function policiesOf(settings, desk) {
    const { findings } = desk.state();
    return Object.keys(settings.systems).map((system) => ({
        system,
        version: desk.current(system)?.version ?? null,
        isAlarmed: refusedSystems(settings, findings).includes(system),
    }));
}
/** A finding without a folder (the model, the folder as a whole) concerns every system. */
const refusedSystems = (settings, findings) => Object.keys(settings.systems).filter((system) => findings.some((one) => one.file.startsWith(`${system}/`) || !one.file.includes('/')));
function routeOf(settings, desk, system, method, segments) {
    if (!Object.hasOwn(settings.systems, system))
        return { kind: 'unknown' };
    const policy = desk.current(system);
    return policy === undefined ? { kind: 'without-policy' } : (0, find_route_1.findRoute)(policy.system, settings.environment, method, segments);
}
const earlyAsk = (early, settings) => ({
    accessId: early.accessId,
    receivedAtMs: early.receivedAtMs,
    source: early.source,
    method: early.method,
    system: early.system,
    environment: settings.environment,
    route: early.route,
});
function dataPlaneOptions({ dataPlane, limits }, needs) {
    return {
        clock: needs.clock,
        newAccessId: needs.newAccessId,
        log: needs.operations,
        addressLimiter: needs.addressLimiter,
        listenHost: dataPlane.host,
        listenPort: dataPlane.port,
        ...(dataPlane.hosts.length === 0 ? {} : { hosts: dataPlane.hosts }),
        trustedProxies: dataPlane.trustedProxies,
        tls: (0, listener_tls_1.listenerTls)(dataPlane),
        limits: {
            headersTimeoutMs: limits.headersTimeoutMs,
            requestTimeoutMs: limits.requestTimeoutMs,
            slowReaderMs: limits.slowReaderMs,
            connections: limits.connections,
            drainMs: limits.drainMs,
        },
    };
}
/** Closes what was opened, last first; one that fails does not keep the others open. */
function closeInReverse() {
    const open = [];
    let running = null;
    const runOnce = async () => {
        for (const close of open.reverse())
            await Promise.resolve()
                .then(close)
                .catch(() => undefined);
    };
    return {
        add: (it, close) => {
            open.push(() => close(it));
            return it;
        },
        run: () => (running ??= runOnce()),
    };
}
