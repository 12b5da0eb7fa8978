"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.findRoute = findRoute;
/** Matches canonical segments against the routes of a system: exact, case-sensitive, on ids and not on text (C12, C13). */
function findRoute(caseSystem, environment, method, segments) {
    const onPath = caseSystem.routes.filter((route) => route.segments.length === segments.length && route.segments.every((segment, i) => segment === null || segment === segments[i]));
    if (onPath.length === 0)
        return { kind: 'unknown' };
    const route = onPath.find((one) => one.method === method);
    if (route === undefined)
        return { kind: 'method', allow: [...new Set(onPath.flatMap((one) => [one.method, 'HEAD']))] };
    return { kind: 'route', caseSystem, route, recordId: segments[route.segments.indexOf(null)] ?? '', environment };
}
