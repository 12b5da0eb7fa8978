"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.parsePath = parsePath;
const holds_ssn_1 = require("./holds-ssn");
/**
 * Reads the target of a request line, as it came, in the one way it can be read.
 *
 * Takes   '/<system>/<segment>/…': words of letters, digits, '_' and '-', with single dots inside; '/' alone is system ''.
 * Gives   the words; the upstream path is never built from them but from the route and the record id.
 * Refuses all else, rather than to decode, merge or trim: absolute, authority and asterisk form, '//', a backslash, '.' and '..', any
 *         percent sign, ';', '#', controls, anything that is not ASCII, a dot, a blank or a slash at the end; any query (no route declares
 *         query words yet); digits that look like an SSN, wherever they stand.
 * Source  attacks PTH-01 … PTH-15, E02, E03; acceptance R26.
 */
function parsePath(target) {
    if (target.length > MOST_CHARACTERS)
        return { kind: 'refused', code: 'headers-too-large' };
    const queryAt = target.indexOf('?');
    const path = queryAt < 0 ? target : target.slice(0, queryAt);
    if ((0, holds_ssn_1.holdsSsn)(path, queryAt < 0 ? '' : target.slice(queryAt + 1)))
        return { kind: 'refused', code: 'ssn-in-url' };
    if (!CANONICAL.test(path))
        return { kind: 'refused', code: 'path-not-canonical' };
    if (queryAt >= 0)
        return { kind: 'refused', code: 'query-not-allowed' };
    const [system = '', ...segments] = path.slice(1).split('/');
    return { kind: 'path', system, segments };
}
const MOST_CHARACTERS = 8_192;
const CANONICAL = /^(?:\/|(?:\/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)+)$/;
