"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.shapeRecord = shapeRecord;
const errors_1 = require("../vocabulary/errors");
const plan_view_1 = require("./plan-view");
const read_reply_1 = require("./read-reply");
const ssn_1 = require("./rules/ssn");
const scan_record_1 = require("./scan-record");
const slab_1 = require("./slab");
const shaped_reply_1 = require("./shaped-reply");
/** A mask is at most this much longer than what it replaces: `""` becomes "XXX-XX-XXXX". */
const MOST_GROWTH_BYTES = 16;
const MOST_KEPT_BYTES = 1 << 20;
let shared = Buffer.allocUnsafeSlow(1 << 16);
const beforeOpening = new Int32Array(scan_record_1.MOST_DEPTH + 1);
const behindOpening = new Int32Array(scan_record_1.MOST_DEPTH + 1);
/**
 * Makes the answer: of a record that was read, what the decision grants.
 *
 * Gives   the granted fields in the order and the structure in which they came, their bytes untouched but for SSNs.
 *         An object or array is left out where none of its places is granted; where some are, it is there if one of those is;
 *         where all are, it is there as it came. So what is shown never depends on the values, or the presence, of what is not.
 * Fails   GatewayError 'internal-fault' for a decision that grants nothing: such a caller gets a problem document.
 */
function shapeRecord(read, decision, accessId) {
    if (decision.disclosure === 'none')
        throw new errors_1.GatewayError('internal-fault', 'a record was to be shaped for a decision that shows nothing');
    const view = (0, plan_view_1.planView)(read.tree, decision);
    return (0, shaped_reply_1.sealReply)({
        accessId,
        status: 200,
        headers: [['content-type', 'application/json; charset=utf-8'], ['casegate-access-id', accessId], ...view.headers],
        body: new Emission(read, view).run(),
        unclassifiedFields: read.unclassifiedFields,
    });
}
class Emission {
    #read;
    #view;
    #plainRule;
    #textRule;
    #out;
    #length = 0;
    #identifiers = null;
    constructor(read, view) {
        this.#read = read;
        this.#view = view;
        // Only fields that are shown in this answer: a note must not tell that a hidden one holds the same number.
        const isIdentifier = (value) => (this.#identifiers ??= (0, read_reply_1.nineDigitValues)(read.body, read.tape, read.tree, (node) => view.showsLeaf[node] === 1)).has(value);
        this.#plainRule = { known: read.known, usesPatterns: false, isIdentifier };
        this.#textRule = { known: read.known, usesPatterns: true, isIdentifier };
        // Bounds every answer: text grows from nine bytes to eleven at most, a scalar by MOST_GROWTH_BYTES.
        const most = read.body.length * 2 + (read.tape.length / scan_record_1.TAPE_STEP) * MOST_GROWTH_BYTES;
        if (most > shared.length && most <= MOST_KEPT_BYTES)
            shared = Buffer.allocUnsafeSlow(most);
        this.#out = most <= shared.length ? shared : Buffer.allocUnsafeSlow(most);
    }
    run() {
        const { tape, tree } = this.#read;
        const { showsLeaf, showsInside } = this.#view;
        const nodes = tree.nodes;
        let depth = 0;
        for (let entry = 0; entry < tape.length; entry += scan_record_1.TAPE_STEP) {
            const id = tape[entry];
            const type = tape[entry + 3];
            const bare = type & scan_record_1.TYPE_MASK;
            if (bare === scan_record_1.OPENS_OBJECT || bare === scan_record_1.OPENS_ARRAY) {
                if (showsInside[id] === 0) {
                    entry = tape[entry + 1];
                    continue;
                }
                beforeOpening[++depth] = this.#length;
                this.#writeKey(nodes[id]);
                this.#out[this.#length++] = bare === scan_record_1.OPENS_OBJECT ? 0x7b : 0x5b;
                behindOpening[depth] = this.#length;
            }
            else if (bare === scan_record_1.CLOSES) {
                // Nothing shown inside, and something there that is not shown: whether it was empty is not told.
                if (this.#length === behindOpening[depth] && showsInside[id] === 1 && id !== 0)
                    this.#length = beforeOpening[depth];
                else
                    this.#out[this.#length++] = tape[tape[entry + 1] + 3] === scan_record_1.OPENS_OBJECT ? 0x7d : 0x5d;
                depth--;
            }
            else if (showsLeaf[id] === 1) {
                const node = nodes[id];
                this.#writeKey(node);
                this.#writeLeaf(node, tape[entry + 1], tape[entry + 2], type);
            }
        }
        return (0, slab_1.keepBytes)(this.#out, this.#length);
    }
    #writeKey(node) {
        const out = this.#out;
        const key = node.key;
        let at = this.#length;
        if (at > 0) {
            const last = out[at - 1];
            if (last !== 0x7b && last !== 0x5b)
                out[at++] = 0x2c;
        }
        for (let i = 0; i < key.length; i++)
            out[at++] = key[i];
        this.#length = at;
    }
    #writeLeaf(node, start, end, type) {
        const { body } = this.#read;
        const bare = type & scan_record_1.TYPE_MASK;
        if (node.kind === 'ssn' || node.kind === 'ssn-last4') {
            if (bare === scan_record_1.IS_NUMBER)
                return this.#writeMask(node.kind === 'ssn' ? (0, ssn_1.maskSsnNumber)(body.toString('latin1', start, end)) : lastFourOfNumber(body.toString('latin1', start, end)));
            const text = bare === scan_record_1.IS_STRING ? (0, scan_record_1.decodeString)(body, start, end, type) : null;
            return this.#writeMask(node.kind === 'ssn' ? (0, ssn_1.maskSsn)(text) : (0, ssn_1.maskSsnLastFour)(text));
        }
        if ((type & scan_record_1.NEEDS_SEARCH) !== 0) {
            const rule = node.kind === 'text' ? this.#textRule : this.#plainRule;
            if (bare === scan_record_1.IS_NUMBER) {
                const mask = (0, ssn_1.maskNumber)(body, start, end, rule);
                if (mask !== null)
                    return this.#writeMask(mask);
            }
            else {
                const masked = (0, ssn_1.maskText)(body, start + 1, end - 1, rule);
                if (masked !== null)
                    return this.#writeText(masked);
            }
        }
        this.#copy(body, start, end);
    }
    #writeMask(mask) {
        this.#length += this.#out.write(`"${mask}"`, this.#length, 'latin1');
    }
    #writeText(inside) {
        this.#out[this.#length++] = 0x22;
        this.#copy(inside, 0, inside.length);
        this.#out[this.#length++] = 0x22;
    }
    #copy(from, start, end) {
        const out = this.#out;
        let at = this.#length;
        if (end - start > 48) {
            this.#length = at + from.copy(out, at, start, end);
            return;
        }
        for (let i = start; i < end; i++)
            out[at++] = from[i];
        this.#length = at;
    }
}
/** A number in a field of last fours: 87 has lost its leading zeros. */
const lastFourOfNumber = (text) => /^[0-9]{1,4}$/.test(text) ? (0, ssn_1.maskSsnLastFour)(text.padStart(4, '0')) : (0, ssn_1.maskSsnNumber)(text);
