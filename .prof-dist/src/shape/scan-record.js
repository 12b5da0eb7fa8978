"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.NEEDS_SEARCH = exports.IS_NINE_DIGITS = exports.MAY_HOLD_NINE = exports.MAY_HOLD_SEVEN = exports.HAS_ESCAPES = exports.TYPE_MASK = exports.CLOSES = exports.OPENS_ARRAY = exports.OPENS_OBJECT = exports.IS_NULL = exports.IS_FALSE = exports.IS_TRUE = exports.IS_NUMBER = exports.IS_STRING = exports.TAPE_STEP = exports.MOST_DEPTH = void 0;
exports.scanRecord = scanRecord;
exports.decodeString = decodeString;
exports.hexDigit = hexDigit;
const errors_1 = require("../vocabulary/errors");
const key_hash_1 = require("./key-hash");
const key_ledger_1 = require("./key-ledger");
const slab_1 = require("./slab");
/** Deepest nesting of objects and arrays that is read. */
exports.MOST_DEPTH = 64;
/** The tape: four numbers an entry. Node, start and end in the body (a container: index of its end entry, 0), and what it is. */
exports.TAPE_STEP = 4;
exports.IS_STRING = 1;
exports.IS_NUMBER = 2;
exports.IS_TRUE = 3;
exports.IS_FALSE = 4;
exports.IS_NULL = 5;
exports.OPENS_OBJECT = 6;
exports.OPENS_ARRAY = 7;
exports.CLOSES = 8;
exports.TYPE_MASK = 15;
/** A string with escapes. */
exports.HAS_ESCAPES = 16;
/** Seven, or nine, characters or more that may be digits, in whatever spelling. */
exports.MAY_HOLD_SEVEN = 32;
exports.MAY_HOLD_NINE = 64;
/** Nine ASCII digits and nothing else. */
exports.IS_NINE_DIGITS = 128;
/** Set by the reader, not the scan: a mask may be needed inside. */
exports.NEEDS_SEARCH = 256;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const MOST_DRIFT_NUMBERS = 32 * 3;
const PROTO = Buffer.from('__proto__');
const PROTO_HASH = (0, key_hash_1.hashOf)(PROTO);
/** In a string: 1 what may become a digit (ASCII digits, the first byte of every other character), 2 what ends or escapes, 0 the rest. */
const STRING_CLASS = new Uint8Array(256);
STRING_CLASS.fill(1, 0x30, 0x3a);
STRING_CLASS.fill(1, 0xc0);
STRING_CLASS.fill(2, 0, 0x20);
STRING_CLASS[QUOTE] = 2;
STRING_CLASS[BACKSLASH] = 2;
// One scan runs at a time, from start to end without a pause, so these are shared.
const ledger = new key_ledger_1.KeyLedger();
const frameNodes = new Array(exports.MOST_DEPTH + 1).fill(null);
const frameIsObject = new Uint8Array(exports.MOST_DEPTH + 1);
const frameIsSuspect = new Uint8Array(exports.MOST_DEPTH + 1);
const frameObject = new Int32Array(exports.MOST_DEPTH + 1);
/** Bits of the classified keys that were seen. */
const frameSeen = new Int32Array(exports.MOST_DEPTH + 1);
const frameEntry = new Int32Array(exports.MOST_DEPTH + 1);
let sharedTape = new Int32Array(4096);
/**
 * Reads one JSON object strictly (RFC 8259), once, and notes where its classified values stand. Builds no object and copies nothing.
 *
 * Takes   bytes that are valid UTF-8; `from` is where the record begins, white space before it allowed.
 * Fails   GatewayError 'upstream-malformed' for whatever is not exactly one well-formed object: also a key that stands twice
 *         (however it is spelled), the key `__proto__`, half of a surrogate pair, nesting deeper than MOST_DEPTH.
 */
function scanRecord(body, from, tree) {
    ledger.startBody(body);
    return new RecordScan(body, tree).run(from);
}
class RecordScan {
    #body;
    #tree;
    #factSpans = [];
    #idSpans = [];
    #ssnSpans = [];
    #driftSpans = [];
    #unclassifiedFields = 0;
    #tapeEnd = 0;
    #depth = 0;
    /** What the value about to be read stands for, and whether its key speaks of an SSN. */
    #node = null;
    #isSuspect = 0;
    /** Of the string just read. */
    #stringFlags = 0;
    constructor(body, tree) {
        this.#body = body;
        this.#tree = tree;
    }
    run(from) {
        const start = this.#space(from);
        if (this.#body[start] !== OPEN_BRACE)
            this.#refuse(start, 'no object');
        this.#node = this.#tree.nodes[0];
        const end = this.#value(start);
        return {
            end,
            tape: (0, slab_1.keepNumbers)(sharedTape, this.#tapeEnd),
            factSpans: this.#factSpans,
            idSpans: this.#idSpans,
            ssnSpans: this.#ssnSpans,
            unclassifiedFields: this.#unclassifiedFields,
            driftSpans: this.#driftSpans,
        };
    }
    /** Reads the value at `at` with all that is in it; gives the offset behind it. A loop, so that nesting costs no stack. */
    #value(at) {
        const body = this.#body;
        for (;;) {
            const byte = body[at];
            if (byte === OPEN_BRACE) {
                this.#enter(at, 1);
                at = this.#space(at + 1);
                if (body[at] !== CLOSE_BRACE) {
                    at = this.#key(at);
                    continue;
                }
            }
            else if (byte === OPEN_BRACKET) {
                this.#enter(at, 0);
                at = this.#space(at + 1);
                if (body[at] !== CLOSE_BRACKET) {
                    this.#element();
                    continue;
                }
            }
            else {
                at = this.#scalar(at, byte);
            }
            // Here a value has just ended, or a container is open and nothing stands in it.
            for (;;) {
                if (this.#depth === 0)
                    return at;
                at = this.#space(at);
                const isObject = frameIsObject[this.#depth] === 1;
                if (body[at] === COMMA) {
                    at = this.#space(at + 1);
                    if (isObject)
                        at = this.#key(at);
                    else
                        this.#element();
                    break;
                }
                if (body[at] !== (isObject ? CLOSE_BRACE : CLOSE_BRACKET))
                    this.#refuse(at, 'neither comma nor end');
                this.#leave();
                at++;
            }
        }
    }
    #enter(at, isObject) {
        if (this.#depth === exports.MOST_DEPTH)
            this.#refuse(at, 'too deep');
        let node = this.#node;
        let isSuspect = this.#isSuspect;
        let entry = -1;
        if (node !== null) {
            for (const fact of node.facts) {
                // A source that may keep silent must not be silenced by a value of another shape.
                if (this.#tree.mustBeScalar[fact] === true)
                    throw new errors_1.GatewayError('upstream-malformed', `fact ${fact} is no scalar`, { reason: 'facts-missing' });
            }
            if (node.kind === 'ssn' || node.kind === 'ssn-last4')
                isSuspect = 1;
            if (isObject === 1 ? node.slots.length > 0 : node.each !== null) {
                entry = this.#push(node.id, 0, 0, isObject === 1 ? exports.OPENS_OBJECT : exports.OPENS_ARRAY);
            }
            else {
                if (node.kind !== null || node.facts.length === 0)
                    this.#drift(node, -1, -1);
                node = null;
            }
        }
        const depth = ++this.#depth;
        frameNodes[depth] = node;
        frameIsObject[depth] = isObject;
        frameIsSuspect[depth] = isSuspect;
        frameEntry[depth] = entry;
        frameSeen[depth] = 0;
        if (isObject === 1)
            frameObject[depth] = ledger.newObject();
    }
    #leave() {
        const entry = frameEntry[this.#depth];
        if (entry >= 0) {
            const end = this.#push(sharedTape[entry], entry, 0, exports.CLOSES);
            sharedTape[entry + 1] = end;
        }
        this.#depth--;
    }
    #element() {
        const node = frameNodes[this.#depth];
        this.#node = node === null ? null : node.each;
        this.#isSuspect = frameIsSuspect[this.#depth];
    }
    /** Reads a key and its colon; gives the offset of the value. */
    #key(at) {
        const body = this.#body;
        if (body[at] !== QUOTE)
            this.#refuse(at, 'no key');
        let hash = key_hash_1.HASH_START;
        let end = at + 1;
        for (;; end++) {
            const byte = body[end];
            if (STRING_CLASS[byte] !== 2) {
                if (end >= body.length)
                    this.#refuse(end, 'ended in a key');
                hash = Math.imul(hash ^ byte, key_hash_1.HASH_PRIME);
            }
            else if (byte === QUOTE) {
                this.#member((0, key_hash_1.finishHash)(hash), at + 1, end, null);
                break;
            }
            else {
                end = this.#string(at) - 1;
                const decoded = Buffer.from(decodeString(body, at, end + 1, exports.HAS_ESCAPES), 'utf8');
                this.#member((0, key_hash_1.hashOf)(decoded), at + 1, end, decoded);
                break;
            }
        }
        const colon = this.#space(end + 1);
        if (body[colon] !== COLON)
            this.#refuse(colon, 'no colon');
        return this.#space(colon + 1);
    }
    /** Looks up the key between `start` and `end` in the tree; sets what the coming value stands for. */
    #member(hash, start, end, decoded) {
        const body = this.#body;
        const depth = this.#depth;
        const parent = frameNodes[depth];
        const node = parent === null ? null : findChild(parent, hash, body, start, end, decoded);
        const bit = node === null ? 0 : node.bit;
        const seen = frameSeen[depth];
        if (bit !== 0 ? (seen & bit) !== 0 : !ledger.add(frameObject[depth], hash, start, end, decoded))
            this.#refuse(start, 'a key twice');
        frameSeen[depth] = seen | bit;
        let isSuspect = frameIsSuspect[depth];
        if (node === null) {
            if (hash === PROTO_HASH && isName(PROTO, body, start, end, decoded))
                this.#refuse(start, 'a key that is never read');
            if (parent !== null)
                this.#drift(parent, start, end);
            if (isSuspect === 0 && speaksOfSsn(decoded ?? body.subarray(start, end)))
                isSuspect = 1;
        }
        this.#node = node;
        this.#isSuspect = isSuspect;
    }
    #scalar(at, byte) {
        if (byte === QUOTE) {
            const end = this.#string(at);
            this.#note(at, end, exports.IS_STRING | this.#stringFlags);
            return end;
        }
        if (byte === 0x74)
            return this.#literal(at, 'true', exports.IS_TRUE);
        if (byte === 0x66)
            return this.#literal(at, 'false', exports.IS_FALSE);
        if (byte === 0x6e)
            return this.#literal(at, 'null', exports.IS_NULL);
        return this.#number(at);
    }
    /** Keeps the scalar between `start` and `end` for all who need it. */
    #note(start, end, type) {
        const node = this.#node;
        if (node === null) {
            if (this.#isSuspect === 1)
                this.#ssnSpans.push(start, end, type);
            return;
        }
        for (const fact of node.facts)
            this.#factSpans.push(fact, start, end, type);
        if (node.isRecordId)
            this.#idSpans.push(start, end, type);
        if (node.kind === null) {
            if (node.facts.length === 0 && !node.isRecordId && (type & exports.TYPE_MASK) !== exports.IS_NULL)
                this.#drift(node, -1, -1);
            return;
        }
        if (node.kind === 'ssn' || node.kind === 'ssn-last4') {
            const bare = type & exports.TYPE_MASK;
            if (bare === exports.IS_TRUE || bare === exports.IS_FALSE)
                return this.#drift(node, -1, -1);
            this.#ssnSpans.push(start, end, type);
        }
        this.#push(node.id, start, end, type);
    }
    #drift(node, keyStart, keyEnd) {
        this.#unclassifiedFields++;
        if (this.#driftSpans.length < MOST_DRIFT_NUMBERS)
            this.#driftSpans.push(node.id, keyStart, keyEnd);
    }
    #push(node, start, end, type) {
        const entry = this.#tapeEnd;
        if (entry + exports.TAPE_STEP > sharedTape.length) {
            const longer = new Int32Array(sharedTape.length * 2);
            longer.set(sharedTape);
            sharedTape = longer;
        }
        sharedTape[entry] = node;
        sharedTape[entry + 1] = start;
        sharedTape[entry + 2] = end;
        sharedTape[entry + 3] = type;
        this.#tapeEnd = entry + exports.TAPE_STEP;
        return entry;
    }
    /** Reads the string whose quote stands at `at`; gives the offset behind its closing quote. */
    #string(at) {
        const body = this.#body;
        const length = body.length;
        let digits = 0;
        let flags = 0;
        let i = at + 1;
        for (;;) {
            if (i >= length)
                this.#refuse(i, 'ended in a string');
            const byte = body[i];
            const found = STRING_CLASS[byte];
            if (found < 2) {
                digits += found;
                i++;
            }
            else if (byte === QUOTE) {
                break;
            }
            else if (byte === BACKSLASH) {
                flags = exports.HAS_ESCAPES;
                digits++;
                i = this.#escape(i);
            }
            else {
                this.#refuse(i, 'a control character');
            }
        }
        if (digits >= 7) {
            flags |= digits >= 9 ? exports.MAY_HOLD_SEVEN | exports.MAY_HOLD_NINE : exports.MAY_HOLD_SEVEN;
            if (digits === 9 && i - at === 10)
                flags |= exports.IS_NINE_DIGITS;
        }
        this.#stringFlags = flags;
        return i + 1;
    }
    /** Gives the offset behind the escape at `at`; both halves of a surrogate pair are one escape. */
    #escape(at) {
        const letter = this.#body[at + 1];
        if (letter === 0x75) {
            const unit = this.#hex(at + 2);
            if (unit < 0xd800 || unit > 0xdfff)
                return at + 6;
            const isPair = unit < 0xdc00 && this.#body[at + 6] === BACKSLASH && this.#body[at + 7] === 0x75;
            if (!isPair || (this.#hex(at + 8) & 0xfc00) !== 0xdc00)
                this.#refuse(at, 'half a surrogate pair');
            return at + 12;
        }
        // " / \ b f n r t
        const isKnown = letter === QUOTE ||
            letter === 0x2f ||
            letter === BACKSLASH ||
            letter === 0x62 ||
            letter === 0x66 ||
            letter === 0x6e ||
            letter === 0x72 ||
            letter === 0x74;
        if (!isKnown)
            this.#refuse(at, 'an unknown escape');
        return at + 2;
    }
    #hex(at) {
        let value = 0;
        for (let i = at; i < at + 4; i++) {
            const digit = hexDigit(this.#body[i]);
            if (digit < 0)
                this.#refuse(at, 'an escape without four hex digits');
            value = (value << 4) | digit;
        }
        return value;
    }
    #number(at) {
        const body = this.#body;
        let i = body[at] === 0x2d ? at + 1 : at;
        const whole = i;
        i = this.#digits(i);
        if (body[whole] === 0x30 && i > whole + 1)
            this.#refuse(at, 'a leading zero');
        const isNine = i - at === 9;
        let hasMore = false;
        if (body[i] === 0x2e) {
            i = this.#digits(i + 1);
            hasMore = true;
        }
        if (body[i] === 0x65 || body[i] === 0x45) {
            const sign = body[i + 1];
            i = this.#digits(sign === 0x2b || sign === 0x2d ? i + 2 : i + 1);
            hasMore = true;
        }
        // A number with a fraction or an exponent may stand for nine digits however short it is.
        let flags = hasMore || i - at >= 7 ? exports.MAY_HOLD_SEVEN | exports.MAY_HOLD_NINE : 0;
        if (isNine && !hasMore && whole === at)
            flags |= exports.IS_NINE_DIGITS;
        this.#note(at, i, exports.IS_NUMBER | flags);
        return i;
    }
    #digits(at) {
        const body = this.#body;
        let i = at;
        while (i < body.length && body[i] >= 0x30 && body[i] <= 0x39)
            i++;
        if (i === at)
            this.#refuse(at, 'no value');
        return i;
    }
    #literal(at, word, type) {
        for (let i = 1; i < word.length; i++)
            if (this.#body[at + i] !== word.charCodeAt(i))
                this.#refuse(at, 'no value');
        this.#note(at, at + word.length, type);
        return at + word.length;
    }
    #space(at) {
        const body = this.#body;
        while (at < body.length) {
            const byte = body[at];
            if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09))
                break;
            at++;
        }
        return at;
    }
    /** `what` is ours: nothing of the body goes into the message. */
    #refuse(at, what) {
        throw new errors_1.GatewayError('upstream-malformed', `JSON refused at byte ${at}: ${what}`);
    }
}
/** The text of a string span, quotes included in the span. */
function decodeString(body, start, end, type) {
    if ((type & exports.HAS_ESCAPES) !== 0)
        return JSON.parse(body.toString('utf8', start, end));
    return body.toString('utf8', start + 1, end - 1);
}
function hexDigit(byte) {
    if (byte === undefined)
        return -1;
    if (byte >= 0x30 && byte <= 0x39)
        return byte - 0x30;
    const lower = byte | 0x20;
    return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
function findChild(parent, hash, body, start, end, decoded) {
    const slots = parent.slots;
    const mask = slots.length - 1;
    for (let slot = hash & mask;; slot = (slot + 1) & mask) {
        const child = slots[slot] ?? null;
        if (child === null || (child.hash === hash && isName(child.name, body, start, end, decoded)))
            return child;
    }
}
function isName(name, body, start, end, decoded) {
    if (decoded !== null)
        return name.equals(decoded);
    if (name.length !== end - start)
        return false;
    for (let i = 0; i < name.length; i++)
        if (name[i] !== body[start + i])
            return false;
    return true;
}
/** Whether a key that nobody classified may name a Social Security number: `SSN`, `ssn2`, `soc_sec_no`, `Social Security Number`. */
function speaksOfSsn(name) {
    const letters = name
        .toString('utf8')
        .normalize('NFKC')
        .toLowerCase()
        .replace(/[^a-z]+/g, '');
    return letters.includes('ssn') || letters.includes('socialsec') || letters.includes('socsec');
}
