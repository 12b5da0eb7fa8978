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
exports.rollUp = rollUp;
const crypto = __importStar(require("node:crypto"));
const canonical_bytes_1 = require("./canonical-bytes");
/**
 * How often each decision was taken in one flush: one delta for each (system, environment, route, action, policy, keys,
 * sections with the lines that allowed them).
 * Records that were never decided on (no keys) are not counted.
 */
function rollUp(entries, atMs) {
    const deltas = new Map();
    for (const entry of entries) {
        if (entry.policyVersion === null)
            continue;
        for (const record of entry.records)
            if (record.keys.length > 0)
                count(deltas, entry, entry.policyVersion, record, atMs);
    }
    return [...deltas.values()];
}
function count(deltas, entry, policyVersion, record, atMs) {
    const { system, environment, route, action } = entry;
    const keyJson = (0, canonical_bytes_1.spelled)(record.keys, canonical_bytes_1.keysText);
    const place = JSON.stringify([system, environment, route, action, policyVersion]);
    const identity = `${place.slice(0, -1)},${keyJson},${(0, canonical_bytes_1.spelled)(record.disclosed, JSON.stringify)}]`;
    const known = deltas.get(identity);
    if (known !== undefined) {
        known.count += 1;
        return;
    }
    deltas.set(identity, {
        keyDigest: crypto.createHash('sha256').update(identity).digest(),
        system: system ?? '',
        environment: environment ?? '',
        route: route ?? '',
        action: action ?? '',
        policyVersion,
        keyJson,
        grantedJson: JSON.stringify(Object.keys(record.disclosed)),
        count: 1,
        atMs,
    });
}
