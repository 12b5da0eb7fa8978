"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.networkKey = networkKey;
const express_rate_limit_1 = require("express-rate-limit");
const remembered = new Map();
const MOST_REMEMBERED = 10_000;
/** What counts as one source: an IPv4 address, or the /56 of an IPv6 address (GW-03, LOD-08). '' is nowhere. */
function networkKey(address) {
    const known = remembered.get(address);
    if (known !== undefined)
        return known;
    // The /56 of an IPv6 address costs ten times what the rest of the limiter does.
    if (remembered.size >= MOST_REMEMBERED)
        remembered.clear();
    const key = address === '' ? 'nowhere' : (0, express_rate_limit_1.ipKeyGenerator)(address, 56);
    remembered.set(address, key);
    return key;
}
