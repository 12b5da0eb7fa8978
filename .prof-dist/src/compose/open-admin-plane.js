"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.openAdminPlane = openAdminPlane;
const node_crypto_1 = require("node:crypto");
const create_admin_plane_1 = require("../admin-api/create-admin-plane");
const read_entries_1 = require("../audit/read-entries");
const network_key_1 = require("../edge/network-key");
const read_source_1 = require("../edge/read-source");
const import_directory_1 = require("../governance/directory/import/import-directory");
const create_privacy_feed_1 = require("../governance/feeds/create-privacy-feed");
const recognise_1 = require("../identify/recognise");
const token_verifier_1 = require("../identify/token-verifier");
const directory_store_1 = require("../storage/directory-store");
const directory_row_store_1 = require("../storage/directory-row-store");
const log_reader_1 = require("../storage/log-reader");
const json_fetch_1 = require("../upstream/json-fetch");
const errors_1 = require("../vocabulary/errors");
const listener_tls_1 = require("./listener-tls");
/** Opens the admin plane and listens. */
async function openAdminPlane(settings, needs) {
    const verifier = adminVerifier(settings, needs);
    const reader = (0, log_reader_1.openLogReader)(needs.stores.settings);
    const server = (0, create_admin_plane_1.createAdminPlane)(adminParts(settings, needs, verifier, reader), (0, listener_tls_1.listenerTls)(settings.adminPlane));
    const stop = async () => {
        const closed = new Promise((done) => void server.close(() => done()));
        server.closeIdleConnections();
        const cut = setTimeout(() => server.closeAllConnections(), settings.limits.drainMs);
        if (server.listening)
            await closed;
        clearTimeout(cut);
        await verifier?.close();
        await reader.close();
    };
    try {
        await new Promise((listening, fail) => {
            server.once('error', fail);
            server.listen(settings.adminPlane.port, settings.adminPlane.host, listening);
        });
    }
    catch (fault) {
        await stop();
        throw fault;
    }
    return { url: (0, listener_tls_1.urlOf)(settings.adminPlane, server.address().port), stop };
}
/** Its own audience: a token for records never opens the admin plane. null where no issuer names one. */
function adminVerifier({ issuers, limits }, { clock, operations }) {
    const forAdmin = issuers.flatMap((one) => (one.adminAudience === undefined ? [] : [{ ...one, audience: one.adminAudience }]));
    if (forAdmin.length === 0)
        return null;
    return (0, token_verifier_1.createTokenVerifier)({
        issuers: forAdmin,
        clock,
        log: operations,
        fetchJson: (0, json_fetch_1.createJsonFetch)(),
        mostRemembered: limits.rememberedTokens,
    });
}
function adminParts(settings, needs, verifier, reader) {
    const { clock, stores, directory, registry, committed, desk, log, metrics } = needs;
    const rows = (0, directory_row_store_1.createRowStore)(stores.governance);
    const accounts = (0, directory_store_1.createDirectoryStore)(stores.governance);
    const feed = (0, create_privacy_feed_1.createPrivacyFeed)({ store: rows, clock, caughtUp: (version) => committed.note({ directory: -1, registry: version }) });
    const readiness = readinessOf(settings, needs, verifier);
    return {
        clock,
        newAccessId: needs.newAccessId,
        authenticate: (bearer) => authenticate(settings, needs, verifier, bearer),
        directory,
        recordAdmin: async (entry) => {
            if (entry.who === null) {
                await log.appendEarly(entry, { replyDigest: '', sourceKey: (0, network_key_1.networkKey)(entry.source?.address ?? '') });
            }
            else {
                await log.append(entry, { replyDigest: '', isStale: () => false });
            }
        },
        digestOf: (text) => (0, node_crypto_1.createHmac)('sha256', settings.log.digestKey.reveal()).update(text).digest('hex'),
        versions: () => ({ directory: directory.version, registry: registry.version, policy: desk.version }),
        readSource: (peer) => ({ address: (0, read_source_1.plainAddress)(peer) }),
        systems: () => Object.keys(settings.systems),
        isReady: () => readiness().ready,
        readiness,
        metrics: () => metrics.text(),
        readPrivacyBatch: (text, format) => feed.read(text, format),
        importDirectory: (request) => (0, import_directory_1.importDirectory)(request, { store: rows, caughtUp: (versions) => committed.note(versions) }),
        listAccounts: async (afterId, limit) => (await accounts.accountPage(afterId, limit)).map((file) => file.account),
        readAccessLog: async ({ system, record, account, accessId, after, limit }) => {
            const filter = {
                ...(system === null ? {} : { system }),
                ...(record === null ? {} : { recordId: record }),
                ...(account === null ? {} : { account }),
                ...(accessId === null ? {} : { accessId }),
            };
            const page = await (0, read_entries_1.readEntries)(reader, filter, { limit, before: after });
            return { entries: page.entries.map((one) => one.entry), next: page.next };
        },
        observe: (event, { accessId, message, cause }) => needs.operations.error(event, { accessId, message, cause: cause instanceof Error ? cause.name : typeof cause }),
    };
}
async function authenticate(settings, needs, verifier, bearer) {
    if (verifier === null)
        throw new errors_1.GatewayError('token-invalid', 'no issuer has an audience for the admin plane', { reason: 'token-audience' });
    const token = verifier.remembered(bearer) ?? (await verifier.verify(bearer));
    const wanted = { environment: settings.environment, atMs: needs.clock() };
    const { account, application } = (0, recognise_1.recogniseAccount)(token, wanted, needs.directory);
    const { id, person, organization, issuer } = account;
    return { account, who: { account: id, person, organization, issuer, application: application.id, actor: null, memberships: [] } };
}
/** What stands behind the one word of /readyz. */
function readinessOf(settings, needs, adminVerifierOrNull) {
    const { directory, registry, desk, verifier, log, dataPlane } = needs;
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
            policy: { ...policy, withoutPolicy },
        };
        // A refused newer policy is an alarm; the last good one is in force and serves.
        const ready = states.log.healthy &&
            states.directory.isLoaded &&
            states.registry.isLoaded &&
            states.identity.ready &&
            withoutPolicy.length === 0 &&
            states.dataPlane.listening &&
            !states.dataPlane.stopping;
        return { ready, ...states };
    };
}
