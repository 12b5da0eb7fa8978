"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.hostMatcher = hostMatcher;
/** Whether a Host value names this gateway (HDR-06): in any case of letters, without a port or with the one listened on, unless the entry names its own. */
function hostMatcher(hosts, port) {
    const known = new Set(hosts.map((host) => host.toLowerCase()).flatMap((host) => (/:\d+$/.test(host) ? [host] : [host, `${host}:${port}`])));
    return (host) => known.has(host) || known.has(host.toLowerCase());
}
