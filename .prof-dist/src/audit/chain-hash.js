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
exports.firstPrevHash = void 0;
exports.linkHash = linkHash;
const crypto = __importStar(require("node:crypto"));
/** What stands before the first entry of a chain; made of the chain's id, so that no two chains begin alike. */
const firstPrevHash = (chain) => crypto.createHash('sha256').update(`casegate-chain:${chain}`).digest();
exports.firstPrevHash = firstPrevHash;
/**
 * The hash of an entry: sha256(prevHash || bytes), bytes in UTF-8. 32 bytes.
 */
function linkHash(prevHash, bytes) {
    const needed = 32 + bytes.length * 3;
    if (scratch.length < needed)
        scratch = Buffer.allocUnsafeSlow(needed * 2);
    prevHash.copy(scratch, 0, 0, 32);
    const length = 32 + scratch.write(bytes, 32, 'utf8');
    return oneShot(scratch.subarray(0, length));
}
let scratch = Buffer.allocUnsafeSlow(64 * 1024);
/** crypto.hash exists from Node 20.12 on and makes no Hash object. */
const oneShot = typeof crypto.hash === 'function'
    ? (data) => crypto.hash('sha256', data, 'buffer')
    : (data) => crypto.createHash('sha256').update(data).digest();
