import { ipKeyGenerator } from 'express-rate-limit';

const remembered = new Map<string, string>();
const MOST_REMEMBERED = 10_000;

/** What counts as one source: an IPv4 address, or the /56 of an IPv6 address (GW-03, LOD-08). '' is nowhere. */
export function networkKey(address: string): string {
  const known = remembered.get(address);
  if (known !== undefined) return known;
  // The /56 of an IPv6 address costs ten times what the rest of the limiter does.
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  const key = address === '' ? 'nowhere' : ipKeyGenerator(address, 56);
  remembered.set(address, key);
  return key;
}
