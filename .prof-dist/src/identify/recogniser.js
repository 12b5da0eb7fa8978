"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.createRecogniser = createRecogniser;
const recent_map_1 = require("./recent-map");
const recognise_1 = require("./recognise");
/**
 * `recognise` with a memory: a caller is looked up again when the directory's version changed or a dated fact behind it has begun or ended.
 * Refusals and callers with an actor are never remembered. Gives the very same Caller object while nothing changed.
 */
function createRecogniser(options = {}) {
    const memory = new recent_map_1.RecentMap(options.mostRemembered ?? 50_000);
    return {
        recognise(token, wanted, directory) {
            const list = memory.get(token.digest);
            const held = list?.find((one) => isFor(one.wanted, wanted));
            if (held !== undefined && isGood(held, wanted, directory))
                return held.caller;
            const caller = (0, recognise_1.recognise)(token, wanted, directory);
            // Whether a delegation ends at a given moment is not told to us.
            if (caller.actor !== null)
                return caller;
            const fresh = { wanted: { ...wanted }, directory, caller, untilMs: (0, recognise_1.callerHoldsUntil)(caller, wanted, directory) };
            memory.set(token.digest, [fresh, ...(list ?? []).filter((one) => !isFor(one.wanted, wanted)).slice(0, MOST_SYSTEMS - 1)]);
            return caller;
        },
    };
}
const MOST_SYSTEMS = 16;
const isFor = (a, b) => a.system === b.system && a.environment === b.environment && a.mostMemberships === b.mostMemberships;
const isGood = (held, wanted, directory) => held.directory === directory &&
    held.caller.directoryVersion === directory.version &&
    wanted.atMs >= held.wanted.atMs &&
    wanted.atMs < held.untilMs;
