"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.compileTrustedProxies = compileTrustedProxies;
const node_net_1 = require("node:net");
/**
 * Compiles the networks whose X-Forwarded-For is believed into one question about an address.
 *
 * Takes   '10.0.0.0/8', 'fd00::/8', or one address.
 * Fails   with an Error that names every entry that cannot be meant: no network, an IPv4 network written as IPv6 (`::ffff:10.0.0.0/8`, which
 *         proxy-addr before 2.0.8 took for everybody, HDR-05), a prefix of 0 or out of range.
 */
function compileTrustedProxies(networks) {
    const list = new node_net_1.BlockList();
    const problems = networks.flatMap((network) => add(list, network) ?? []);
    if (problems.length > 0)
        throw new Error(`trusted proxies: ${problems.join('; ')}`);
    if (networks.length === 0)
        return () => false;
    return (address) => {
        const family = (0, node_net_1.isIP)(address);
        return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
    };
}
const MAPPED = new node_net_1.BlockList();
MAPPED.addSubnet('::ffff:0:0', 96, 'ipv6');
function add(list, network) {
    const match = /^([0-9A-Fa-f:.]+)(?:\/(\d{1,3}))?$/.exec(network);
    const address = match?.[1] ?? '';
    const family = (0, node_net_1.isIP)(address);
    if (family === 0)
        return `"${network}" is no network`;
    if (family === 6 && MAPPED.check(address, 'ipv6'))
        return `"${network}" is an IPv4 network written as IPv6; write it as IPv4`;
    const most = family === 4 ? 32 : 128;
    const prefix = match?.[2] === undefined ? most : Number(match[2]);
    if (prefix < 1 || prefix > most)
        return `"${network}" needs a prefix from 1 to ${most}`;
    list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
    return null;
}
