import type { Caller, VerifiedToken } from '../vocabulary/access';
import { RecentMap } from './recent-map';
import { recognise, type CallerDirectory, type Wanted } from './recognise';

interface Held {
  readonly wanted: Wanted;
  readonly directory: CallerDirectory;
  readonly caller: Caller;
}

/**
 * `recognise` with a memory: a caller is looked up again when the directory's version changed or a dated fact behind it has begun or ended.
 * Refusals are never remembered. Gives the very same Caller object while nothing changed.
 */
export function createRecogniser(options: { readonly mostRemembered?: number } = {}): {
  recognise(token: VerifiedToken, wanted: Wanted, directory: CallerDirectory): Caller;
} {
  const memory = new RecentMap<Held[]>(options.mostRemembered ?? 50_000);

  return {
    recognise(token, wanted, directory) {
      const list = memory.get(token.digest);
      const held = list?.find((one) => isFor(one.wanted, wanted));
      if (held !== undefined && isGood(held, wanted, directory)) return held.caller;
      const caller = recognise(token, wanted, directory);
      const fresh: Held = { wanted: { ...wanted }, directory, caller };
      memory.set(token.digest, [fresh, ...(list ?? []).filter((one) => !isFor(one.wanted, wanted)).slice(0, MOST_SYSTEMS - 1)]);
      return caller;
    },
  };
}

const MOST_SYSTEMS = 16;

const isFor = (a: Wanted, b: Wanted): boolean =>
  a.system === b.system && a.environment === b.environment && a.mostMemberships === b.mostMemberships && a.collapses === b.collapses;

const isGood = (held: Held, wanted: Wanted, directory: CallerDirectory): boolean =>
  held.directory === directory &&
  held.caller.directoryVersion === directory.version &&
  wanted.atMs >= held.wanted.atMs &&
  wanted.atMs < held.caller.holdsUntilMs;
