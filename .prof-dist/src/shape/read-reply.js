"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.readReply = readReply;
exports.nineDigitValues = nineDigitValues;
const node_buffer_1 = require("node:buffer");
const errors_1 = require("../vocabulary/errors");
const media_type_1 = require("./media-type");
const ssn_1 = require("./rules/ssn");
const scan_record_1 = require("./scan-record");
/**
 * Reads the answer to a request for one record.
 *
 * Takes   the whole body, decoded; `mediaType` is the Content-Type as it came.
 * Fails   GatewayError 'upstream-malformed' for what is not strict JSON in UTF-8 under a declared media type; with reason
 *         'record-id-mismatch' for another record than the one asked for, 'facts-missing' for a fact that is no scalar.
 *         'upstream-too-large' over the route's cap.
 */
function readReply(projection, route, reply, askedId) {
    const tree = projection.trees[route.index];
    if (tree === undefined || tree.route !== route)
        throw new errors_1.GatewayError('internal-fault', 'the route is not of this projection');
    const { body } = reply;
    if (body.length > route.maxBodyBytes)
        throw new errors_1.GatewayError('upstream-too-large', `${body.length} bytes`);
    if (!(0, media_type_1.isDeclaredMediaType)(reply.mediaType, route.mediaTypes))
        throw new errors_1.GatewayError('upstream-malformed', 'media type not declared');
    if (!(0, node_buffer_1.isUtf8)(body))
        throw new errors_1.GatewayError('upstream-malformed', 'not UTF-8');
    const scan = (0, scan_record_1.scanRecord)(body, hasByteOrderMark(body) ? 3 : 0, tree);
    refuseRest(body, scan.end);
    refuseOtherRecord(body, scan, askedId);
    return {
        tree,
        body,
        tape: scan.tape,
        facts: readFacts(body, scan, tree.mustBeScalar.length),
        known: findSsns(body, scan, tree),
        unclassifiedFields: scan.unclassifiedFields,
        unclassifiedPlaces: () => namePlaces(body, scan, tree),
    };
}
const hasByteOrderMark = (body) => body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
function refuseRest(body, end) {
    for (let at = end; at < body.length; at++) {
        const byte = body[at];
        if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)
            throw new errors_1.GatewayError('upstream-malformed', `JSON refused at byte ${at}: more than one value`);
    }
}
function refuseOtherRecord(body, scan, askedId) {
    const spans = scan.idSpans;
    let isAsked = spans.length > 0;
    for (let i = 0; i < spans.length; i += 3)
        isAsked &&= scalarAt(body, spans[i], spans[i + 1], spans[i + 2]) === askedId;
    if (!isAsked)
        throw new errors_1.GatewayError('upstream-malformed', 'the answer is of another record', { reason: 'record-id-mismatch' });
}
function readFacts(body, scan, count) {
    const facts = [];
    for (let fact = 0; fact < count; fact++)
        facts.push([]);
    const spans = scan.factSpans;
    for (let i = 0; i < spans.length; i += 4) {
        facts[spans[i]].push(scalarAt(body, spans[i + 1], spans[i + 2], spans[i + 3]));
    }
    return facts;
}
function scalarAt(body, start, end, type) {
    switch (type & scan_record_1.TYPE_MASK) {
        case scan_record_1.IS_STRING:
            return (0, scan_record_1.decodeString)(body, start, end, type);
        case scan_record_1.IS_NUMBER:
            return body.toString('latin1', start, end);
        case scan_record_1.IS_TRUE:
        case scan_record_1.IS_FALSE:
            return (type & scan_record_1.TYPE_MASK) === scan_record_1.IS_TRUE;
        default:
            return null;
    }
}
/** All SSNs of the record, those in sections that nobody here will see included; marks what has to be searched for them. */
function findSsns(body, scan, tree) {
    const found = [];
    const spans = scan.ssnSpans;
    for (let i = 0; i < spans.length; i += 3) {
        const type = spans[i + 2];
        const value = scalarAt(body, spans[i], spans[i + 1], type);
        if (typeof value === 'string')
            found.push(...((type & scan_record_1.TYPE_MASK) === scan_record_1.IS_NUMBER ? (0, ssn_1.ssnsInNumber)(value) : (0, ssn_1.ssnsIn)(value)));
    }
    const known = (0, ssn_1.knownSsns)(found);
    markSearches(body, scan.tape, tree, known);
    const typed = typedSsns(body, scan.tape, tree).filter((value) => !known.values.has(value));
    if (typed.length === 0)
        return known;
    const all = (0, ssn_1.knownSsns)([...found, ...typed]);
    markSearches(body, scan.tape, tree, all);
    return all;
}
/** Sets NEEDS_SEARCH on every value that is no SSN field and in which a mask may be needed. */
function markSearches(body, tape, tree, known) {
    const enough = known.mayBeShort ? scan_record_1.MAY_HOLD_SEVEN : scan_record_1.MAY_HOLD_NINE;
    for (let entry = 0; entry < tape.length; entry += scan_record_1.TAPE_STEP) {
        const type = tape[entry + 3];
        if ((type & enough) === 0)
            continue;
        const kind = tree.nodes[tape[entry]].kind;
        const isText = kind === 'text';
        if (!isText && (kind !== 'plain' || known.values.size === 0))
            continue;
        const isString = (type & scan_record_1.TYPE_MASK) === scan_record_1.IS_STRING;
        if (!isString || (0, ssn_1.mayHoldSsn)(body, tape[entry + 1] + 1, tape[entry + 2] - 1, known, isText))
            tape[entry + 3] = type | scan_record_1.NEEDS_SEARCH;
    }
}
/** An SSN that somebody typed into a note, written 3-2-4, is as well known as one in its field: it may stand in a file name too. */
function typedSsns(body, tape, tree) {
    const typed = [];
    for (let entry = 0; entry < tape.length; entry += scan_record_1.TAPE_STEP) {
        const type = tape[entry + 3];
        if ((type & scan_record_1.NEEDS_SEARCH) === 0 || (type & scan_record_1.TYPE_MASK) !== scan_record_1.IS_STRING)
            continue;
        if (tree.nodes[tape[entry]].kind !== 'text')
            continue;
        typed.push(...(0, ssn_1.ssnsInText)(body, tape[entry + 1] + 1, tape[entry + 2] - 1, false));
    }
    if (typed.length === 0)
        return typed;
    const identifiers = nineDigitValues(body, tape, tree, () => true);
    return typed.filter((value) => !identifiers.has(value));
}
/** What plain fields hold as nine digits and nothing else: numbers that the record declares to be something other than an SSN. */
function nineDigitValues(body, tape, tree, counts) {
    const found = new Set();
    for (let entry = 0; entry < tape.length; entry += scan_record_1.TAPE_STEP) {
        const type = tape[entry + 3];
        const node = tape[entry];
        if ((type & scan_record_1.IS_NINE_DIGITS) === 0 || tree.nodes[node].kind !== 'plain' || !counts(node))
            continue;
        const start = tape[entry + 1] + ((type & scan_record_1.TYPE_MASK) === scan_record_1.IS_STRING ? 1 : 0);
        found.add(Number(body.toString('latin1', start, start + 9)));
    }
    return found;
}
const PLAIN_NAME = /^[A-Za-z_][A-Za-z_0-9.-]{0,63}$/;
/** A key may itself be a value, a name or a number: what does not look like a field's name is not told, and digits never. */
function namePlaces(body, scan, tree) {
    const places = new Set();
    for (let i = 0; i < scan.driftSpans.length; i += 3) {
        const words = [];
        for (let node = tree.nodes[scan.driftSpans[i]] ?? null; node !== null && node.parent !== null; node = node.parent)
            words.unshift(node.word);
        const start = scan.driftSpans[i + 1];
        if (start >= 0) {
            const name = body.toString('utf8', start, scan.driftSpans[i + 2]);
            words.push(PLAIN_NAME.test(name) ? name.replace(/[0-9]/g, '#') : '?');
        }
        places.add(words.join('.'));
    }
    return [...places];
}
