"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.ShapedReply = void 0;
exports.sealReply = sealReply;
const node_crypto_1 = require("node:crypto");
const MAKER = Symbol('shape');
/**
 * An answer that went through this room: the first of the two tickets that `respond` asks for.
 * Nobody else can make one: the constructor wants a word that only this file knows, and `isShaped` looks for a private field.
 */
class ShapedReply {
    #isShaped = true;
    accessId;
    status;
    headers;
    body;
    digest;
    /** Fields of the record that record.yaml does not classify, left out. */
    unclassifiedFields;
    constructor(maker, parts) {
        if (maker !== MAKER)
            throw new TypeError('a ShapedReply is made by shape alone');
        this.accessId = parts.accessId;
        this.status = parts.status;
        this.headers = parts.headers;
        this.body = parts.body;
        this.digest = digestOf(parts.body);
        this.unclassifiedFields = parts.unclassifiedFields;
        Object.freeze(this);
    }
    static isShaped(value) {
        return typeof value === 'object' && value !== null && #isShaped in value;
    }
}
exports.ShapedReply = ShapedReply;
/** For the files of this room. */
function sealReply(parts) {
    return new ShapedReply(MAKER, parts);
}
// crypto.hash came with Node 20.12 and costs half of a Hash object.
const digestOf = typeof node_crypto_1.hash === 'function' ? (body) => (0, node_crypto_1.hash)('sha256', body, 'hex') : (body) => (0, node_crypto_1.createHash)('sha256').update(body).digest('hex');
