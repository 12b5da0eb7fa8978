"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.upstreamTarget = upstreamTarget;
exports.checkedBasePath = checkedBasePath;
const errors_1 = require("../vocabulary/errors");
const RECORD_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/**
 * Builds the upstream path from the route's own segments and the record id that was decided on; nothing of the caller's text is in it.
 *
 * Fails   with a plain Error for a route whose segments are not plain; internal-fault for a record id that is not.
 * Source  library-pitfalls.md 5: a path handed on as text is normalised again, and another record is fetched than was authorised.
 */
function upstreamTarget(route, basePath) {
    for (const segment of route.segments)
        if (segment !== null)
            checkSegment(segment);
    const hole = route.segments.indexOf(null);
    if (hole === -1 || route.segments.lastIndexOf(null) !== hole)
        throw new Error(`Route ${route.name} must hold the record id exactly once.`);
    const before = `${basePath}/${route.segments
        .slice(0, hole)
        .map((segment) => `${segment}/`)
        .join('')}`;
    const after = route.segments
        .slice(hole + 1)
        .map((segment) => `/${segment}`)
        .join('');
    return {
        accept: route.mediaTypes.join(', '),
        pathOf(recordId) {
            if (!RECORD_ID.test(recordId))
                throw new errors_1.GatewayError('internal-fault', 'a record id of a form that is never called');
            return before + recordId + after;
        },
    };
}
/** Takes '' or '/a/b' of plain segments; fails with a plain Error for anything else. */
function checkedBasePath(path) {
    if (path === '' || path === '/')
        return '';
    if (!path.startsWith('/') || path.endsWith('/'))
        throw new Error('A base path starts with a slash and does not end with one.');
    path.slice(1).split('/').forEach(checkSegment);
    return path;
}
function checkSegment(segment) {
    if (!/^[A-Za-z0-9._~-]+$/.test(segment) || segment === '.' || segment === '..')
        throw new Error(`The path segment ${JSON.stringify(segment)} is not plain.`);
}
