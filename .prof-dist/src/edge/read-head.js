"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.readHead = readHead;
/**
 * Reads the raw header lines of a request: names and values in turn, as they came. `req.headers` is of no use here: Node keeps the first of
 * two Authorization or Host lines in silence (TOK-21, HDR-06), a front proxy perhaps the last.
 */
function readHead(rawHeaders, mostHeaders) {
    const head = {
        host: undefined,
        authorization: undefined,
        origin: undefined,
        forwardedFor: undefined,
        traceparent: undefined,
        expect: undefined,
        asksPreflight: false,
        asksUpgrade: false,
        hasBody: false,
        fault: rawHeaders.length > mostHeaders * 2 ? 'many' : 'none',
    };
    let seen = 0;
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
        const value = rawHeaders[at + 1];
        if (UNSAFE_VALUE.test(value))
            head.fault = 'value';
        const name = rawHeaders[at].toLowerCase();
        const bit = SINGLE.get(name);
        if (bit !== undefined) {
            if ((seen & bit) !== 0)
                head.fault = 'twice';
            seen |= bit;
        }
        take(head, name, value);
    }
    return head;
}
// A line end that somebody downstream might decode (HDR-10), a NUL, and whatever is not printable ASCII.
const UNSAFE_VALUE = /[^\t\x20-\x7e]|%0[0adAD]/;
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const SINGLE = new Map([
    'authorization',
    'proxy-authorization',
    'host',
    'content-length',
    'content-type',
    'content-encoding',
    'transfer-encoding',
    'expect',
    'upgrade',
    'origin',
    'access-control-request-method',
    'range',
    'max-forwards',
    'from',
    'referer',
    'user-agent',
    'traceparent',
].map((name, place) => [name, 1 << place]));
function take(head, name, value) {
    switch (name) {
        case 'host':
            head.host = value;
            return;
        case 'authorization':
            head.authorization = value;
            return;
        case 'origin':
            head.origin = value;
            return;
        case 'x-forwarded-for':
            head.forwardedFor = head.forwardedFor === undefined ? value : `${head.forwardedFor},${value}`;
            return;
        case 'traceparent':
            if (TRACEPARENT.test(value))
                head.traceparent = value;
            return;
        case 'expect':
            head.expect = value;
            return;
        case 'access-control-request-method':
            head.asksPreflight = true;
            return;
        case 'upgrade':
            head.asksUpgrade = true;
            return;
        case 'transfer-encoding':
            head.hasBody = true;
            return;
        case 'content-length':
            if (value !== '0')
                head.hasBody = true;
    }
}
