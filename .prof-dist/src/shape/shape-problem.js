"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.shapeProblem = shapeProblem;
const errors_1 = require("../vocabulary/errors");
const shaped_reply_1 = require("./shaped-reply");
/**
 * Makes the problem document of an error code (RFC 9457): `{type, title, status, detail, code, accessId, …details}`.
 *
 * Gives  the same bytes for the same code and options, but for the access id: what depends on a record must not show in a refusal (INF-07, INF-08).
 */
function shapeProblem(code, accessId, options = {}) {
    const { status, title, says } = errors_1.ERROR_TABLE[code];
    const standard = { type: `urn:casegate:problem:${code}`, title, status, detail: says, code, accessId };
    const extras = Object.entries(options.details ?? {}).filter(([name]) => !Object.hasOwn(standard, name) && name !== 'instance');
    const headers = [
        ['content-type', 'application/problem+json'],
        ['casegate-access-id', accessId],
        ['casegate-view', 'none'],
        ['cache-control', 'no-store'],
    ];
    if (status === 401)
        headers.push(['www-authenticate', 'Bearer']);
    if (options.retryAfterSeconds !== undefined)
        headers.push(['retry-after', String(Math.max(1, Math.ceil(options.retryAfterSeconds)))]);
    if (options.headers !== undefined)
        headers.push(...options.headers);
    const body = Buffer.from(JSON.stringify({ ...standard, ...Object.fromEntries(extras) }), 'utf8');
    return (0, shaped_reply_1.sealReply)({ accessId, status, headers, body, unclassifiedFields: 0 });
}
