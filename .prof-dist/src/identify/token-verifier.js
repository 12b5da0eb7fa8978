"use strict";
var __createBinding = (this && this.__createBinding) || (Object.create ? (function(o, m, k, k2) {
    if (k2 === undefined) k2 = k;
    var desc = Object.getOwnPropertyDescriptor(m, k);
    if (!desc || ("get" in desc ? !m.__esModule : desc.writable || desc.configurable)) {
      desc = { enumerable: true, get: function() { return m[k]; } };
    }
    Object.defineProperty(o, k2, desc);
}) : (function(o, m, k, k2) {
    if (k2 === undefined) k2 = k;
    o[k2] = m[k];
}));
var __setModuleDefault = (this && this.__setModuleDefault) || (Object.create ? (function(o, v) {
    Object.defineProperty(o, "default", { enumerable: true, value: v });
}) : function(o, v) {
    o["default"] = v;
});
var __importStar = (this && this.__importStar) || (function () {
    var ownKeys = function(o) {
        ownKeys = Object.getOwnPropertyNames || function (o) {
            var ar = [];
            for (var k in o) if (Object.prototype.hasOwnProperty.call(o, k)) ar[ar.length] = k;
            return ar;
        };
        return ownKeys(o);
    };
    return function (mod) {
        if (mod && mod.__esModule) return mod;
        var result = {};
        if (mod != null) for (var k = ownKeys(mod), i = 0; i < k.length; i++) if (k[i] !== "default") __createBinding(result, mod, k[i]);
        __setModuleDefault(result, mod);
        return result;
    };
})();
Object.defineProperty(exports, "__esModule", { value: true });
exports.createTokenVerifier = createTokenVerifier;
const jose_1 = require("jose");
const crypto = __importStar(require("node:crypto"));
const errors_1 = require("../vocabulary/errors");
const issuer_settings_1 = require("./issuer-settings");
const key_ring_1 = require("./key-ring");
const open_token_1 = require("./open-token");
const read_claims_1 = require("./read-claims");
const recent_map_1 = require("./recent-map");
const token_fault_1 = require("./token-fault");
function createTokenVerifier(options) {
    const { clock, log, fetchJson } = options;
    const times = { ...key_ring_1.KEY_RING_TIMES, ...options.times };
    const issuers = (0, issuer_settings_1.checkIssuers)(options.issuers);
    const rings = new Map(issuers.map((issuer) => [issuer.issuer, (0, key_ring_1.createKeyRing)(issuer, { clock, log, fetchJson, times })]));
    const knownIssuers = new Set(rings.keys());
    const memory = new recent_map_1.RecentMap(options.mostRemembered ?? 50_000);
    const underWay = new Map();
    const recall = (digest) => {
        const found = memory.get(digest);
        if (found === undefined)
            return undefined;
        const nowMs = clock();
        if (found.key.isLive && nowMs < found.token.expiresAtMs && nowMs < found.ring.usableUntilMs())
            return found.token;
        // Keys that are merely stale may come back; a dead key or a past moment does not.
        if (!found.key.isLive || nowMs >= found.token.expiresAtMs)
            memory.delete(digest);
        return undefined;
    };
    const verifyAnew = async (bearer, digest) => {
        const opened = (0, open_token_1.openToken)(bearer);
        const ring = rings.get(opened.issuer);
        if (ring === undefined)
            throw (0, token_fault_1.tokenFault)('token-issuer', 'iss is no configured issuer');
        if (!ring.issuer.algorithms.includes(opened.algorithm))
            throw (0, token_fault_1.tokenFault)('token-algorithm', 'algorithm not accepted for this issuer');
        const key = await ring.find(opened.kid);
        const cryptoKey = key?.byAlgorithm.get(opened.algorithm);
        if (key === undefined || cryptoKey === undefined)
            throw (0, token_fault_1.tokenFault)('token-signature', 'the issuer has no such key for this algorithm');
        const payload = await (0, jose_1.compactVerify)(bearer, cryptoKey, { algorithms: [opened.algorithm] }).then((verified) => verified.payload, () => {
            throw (0, token_fault_1.tokenFault)('token-signature', 'the signature does not verify');
        });
        const token = (0, read_claims_1.readClaims)((0, open_token_1.readJsonPart)(payload, 'payload'), { typ: opened.typ, digest }, ring.issuer, knownIssuers, clock());
        // The key may have left while the signature was checked.
        if (!key.isLive)
            throw (0, token_fault_1.tokenFault)('token-signature', 'the key has left the key set');
        memory.set(digest, { token, key, ring });
        return token;
    };
    return {
        remembered: (bearer) => recall(digestOf(bearer)),
        async verify(bearer) {
            const digest = digestOf(bearer);
            const known = recall(digest);
            if (known !== undefined)
                return known;
            let work = underWay.get(digest);
            if (work === undefined) {
                work = verifyAnew(bearer, digest).finally(() => underWay.delete(digest));
                underWay.set(digest, work);
            }
            return work.catch((error) => {
                throw error instanceof errors_1.GatewayError ? error : new errors_1.GatewayError('internal-fault', 'a token could not be verified', { cause: error });
            });
        },
        state() {
            const all = [...rings.values()].map((ring) => ring.state());
            return { ready: all.every(({ ready }) => ready), issuers: all };
        },
        close() {
            for (const ring of rings.values())
                ring.close();
            return Promise.resolve();
        },
    };
}
// crypto.hash (Node 20.12) costs half of createHash; types of Node 20 know it.
const digestOf = (bearer) => crypto.hash('sha256', bearer, 'hex');
