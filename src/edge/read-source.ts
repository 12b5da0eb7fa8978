import { isIP } from 'node:net';
import type { Source } from '../vocabulary/access';

/**
 * Where a request comes from: the peer, or, if the peer is a trusted proxy, the last hop that no trusted proxy vouches for.
 *
 * `forwardedFor` keeps what was claimed, whoever claimed it: the IP literals alone, at most eight, the nearest ones. A claim that is no IP
 * literal ends the walk: nobody is believed beyond it (HDR-04).
 */
export function readSource(peer: string, forwardedFor: string | undefined, isTrusted: (address: string) => boolean): Source {
  if (forwardedFor === undefined) return { address: peer };
  // The nearest hops stand last; what a caller wrote stands before them, as much as they like.
  const hops = forwardedFor
    .split(',')
    .slice(-MOST_HOPS_READ)
    .map((hop) => plainAddress(hop.trim()));
  const claimed = hops.filter((hop) => hop !== '').slice(-MOST_HOPS_KEPT);
  const address = nearestUntrusted(peer, hops, isTrusted);
  return claimed.length === 0 ? { address } : { address, forwardedFor: claimed.join(', ') };
}

/** An address as it is compared and kept: without a zone, IPv4 as IPv4 even on a socket that takes both; '' for what is no IP literal. */
export function plainAddress(text: string): string {
  const zoneAt = text.indexOf('%');
  const address = zoneAt < 0 ? text : text.slice(0, zoneAt);
  const inner = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  return isIP(inner) === 0 ? '' : inner;
}

const MOST_HOPS_READ = 64;
const MOST_HOPS_KEPT = 8;

function nearestUntrusted(peer: string, hops: readonly string[], isTrusted: (address: string) => boolean): string {
  let address = peer;
  for (let at = hops.length - 1; at >= 0 && isTrusted(address); at -= 1) {
    const hop = hops[at] as string;
    if (hop === '') return address;
    address = hop;
  }
  return address;
}
