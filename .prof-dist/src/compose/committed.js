"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.trackCommitted = trackCommitted;
/** A change holds for every entry that is flushed after its commit; on SQLite this process is the only one that commits. */
function trackCommitted(directory, registry) {
    let newest = { directory: -1, registry: -1 };
    const settle = async () => {
        await Promise.all([directory.catchUp(newest.directory), registry.catchUp(newest.registry)]);
    };
    return {
        note: (versions) => {
            newest = { directory: Math.max(newest.directory, versions.directory), registry: Math.max(newest.registry, versions.registry) };
            return settle();
        },
        isAhead: () => newest.directory > directory.version || newest.registry > registry.version,
        settle,
    };
}
