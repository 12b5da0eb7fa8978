"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.checkedAddress = checkedAddress;
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);
/**
 * Checks an address that we shall call.
 *
 * Gives   the URL, when it is https, or http on loopback (or anywhere, where `isPlainHttpAccepted`).
 * Fails   with a plain Error for anything else, for user info in it, and for a query or fragment.
 */
function checkedAddress(name, text, isPlainHttpAccepted = false) {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null)
        throw new Error(`${name} is not a URL.`);
    if (url.username !== '' || url.password !== '')
        throw new Error(`${name} must not carry user info.`);
    if (url.search !== '' || url.hash !== '')
        throw new Error(`${name} must not carry a query or a fragment.`);
    const isLoopback = LOOPBACK.has(url.hostname);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && (isLoopback || isPlainHttpAccepted))) {
        throw new Error(`${name} must be https (plain http on loopback only).`);
    }
    return url;
}
