import type { Clock } from '../vocabulary/clock';
import type { ChangeRow } from '../vocabulary/directory-rows';
import { GatewayError } from '../vocabulary/errors';

/** A change log that grows at its end; its oldest rows are taken away in their order. Versions appear in their order: a version that can be read has all before it. */
export interface ChangeLog {
  /** The newest committed version. */
  version(): Promise<number>;
  /** Rows after the cursor by (version, kind, key), at most `limit`. */
  changes(after: ChangeRow, limit: number): Promise<readonly ChangeRow[]>;
  /** The version of the oldest row; null where there is none. */
  oldestVersion(): Promise<number | null>;
}

export interface Followed {
  /** For messages: 'directory' or 'registry'. */
  readonly name: string;
  readonly log: ChangeLog;
  /** Reads everything anew, into new structures, and puts them in place at once. */
  load(): Promise<void>;
  /** Reads what the rows touch and puts it in place. */
  replace(rows: readonly ChangeRow[]): Promise<void>;
  /** The word by which `changedSince` is asked. */
  keyOf(row: ChangeRow): string;
  readonly clock: Clock;
}

export interface FollowState {
  readonly isLoaded: boolean;
  readonly version: number;
  /** The newest version known to be committed; beyond `version` while changes wait to be read. */
  readonly knownVersion: number;
  readonly lastReadAtMs: number | null;
  readonly lastFault: string | null;
}

export interface Follower {
  readonly version: number;
  /** Throws GatewayError('directory-unavailable') while memory may not be used. */
  assertUsable(): void;
  /** Loads; a failure stands in `state` and is tried again by the next `catchUp`. */
  start(): Promise<void>;
  /**
   * Resolves once memory holds every change up to `atLeast`, or, without it, every change committed before the call.
   * Rejects with GatewayError('directory-unavailable').
   */
  catchUp(atLeast?: number): Promise<void>;
  changedSince(version: number, keys: readonly string[]): boolean;
  state(): FollowState;
  /** Catches up every so often; gives the way to stop it. A failure stands in `state`. */
  poll(everyMs: number): () => void;
}

const REMEMBER_MS = 10 * 60_000;
const MOST_REMEMBERED = 20_000;
const PAGE = 500;

/** Keeps memory in step with a change log, replacing only what was touched (design.md, The store). */
export function followChanges(followed: Followed): Follower {
  const recent = rememberChanges(followed.clock);
  let version = -1;
  let knownVersion = -1;
  let isLoaded = false;
  let lastReadAtMs: number | null = null;
  let lastFault: string | null = null;
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  const readOnce = async (): Promise<void> => {
    try {
      const target = await followed.log.version();
      // A store that went back (a restored backup) has another history: nothing of memory holds.
      if (target < version) isLoaded = false;
      if (!isLoaded) await loadAll(target);
      else if (target > version) await readOn(target);
      knownVersion = Math.max(knownVersion, version);
      lastReadAtMs = followed.clock();
      lastFault = null;
    } catch (cause) {
      lastFault = cause instanceof Error ? cause.message : String(cause);
      throw new GatewayError('directory-unavailable', `the ${followed.name} could not be read`, { cause });
    }
  };

  const loadAll = async (target: number): Promise<void> => {
    // The version is read before the rows: what changes meanwhile stands in the log after it and is read again.
    await followed.load();
    version = target;
    knownVersion = isLoaded ? Math.max(knownVersion, target) : target;
    recent.forgetUpTo(target);
    isLoaded = true;
    await readOn(target);
  };

  const readOn = async (target: number): Promise<void> => {
    knownVersion = Math.max(knownVersion, target);
    let cursor: ChangeRow = { version, kind: AFTER_ALL_KINDS, key: '' };
    for (;;) {
      const rows = await followed.log.changes(cursor, PAGE);
      if (rows.length > 0) await followed.replace(rows);
      for (const row of rows) recent.note(row.version, followed.keyOf(row));
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) {
        // Rows go in their order: while one of our version or before is there, none after it has gone. Asked last, for what goes while we read.
        const oldest = await followed.log.oldestVersion();
        if (oldest !== null && oldest > version) return loadAll(await followed.log.version());
        version = Math.max(target, last?.version ?? target);
        return;
      }
      cursor = last;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  /** A run that is under way may have read the log before the caller's change: such a caller waits for the next one. */
  const readAfterNow = (): Promise<void> => {
    if (running === null) {
      running = readOnce().finally(() => (running = null));
      return running;
    }
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = null;
        return readAfterNow();
      });
    return next;
  };

  const follower: Follower = {
    get version() {
      return version;
    },
    assertUsable() {
      if (!isLoaded) throw new GatewayError('directory-unavailable', `the ${followed.name} is not loaded`);
      if (lastFault !== null && knownVersion > version) {
        throw new GatewayError('directory-unavailable', `the ${followed.name} is known to have changed and cannot be read`);
      }
    },
    start: () => readAfterNow().catch(() => undefined),
    async catchUp(atLeast) {
      if (atLeast !== undefined) {
        if (isLoaded && version >= atLeast) return;
        knownVersion = Math.max(knownVersion, atLeast);
      }
      await readAfterNow();
      if (atLeast !== undefined && version < atLeast) {
        throw new GatewayError('directory-unavailable', `the ${followed.name} has version ${version}, ${atLeast} was seen`);
      }
    },
    // A store that went back has another history: nothing decided before holds.
    changedSince: (since, keys) => since > version || (since < version && recent.changedSince(since, keys)),
    state: () => ({ isLoaded, version, knownVersion, lastReadAtMs, lastFault }),
    poll(everyMs) {
      const timer = setInterval(() => void follower.catchUp().catch(() => undefined), everyMs);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
  return follower;
}

/** Greater than every kind in the binary order of the store: a cursor behind the last row of its version. */
const AFTER_ALL_KINDS = '~' as ChangeRow['kind'];

interface RecentChanges {
  note(version: number, key: string): void;
  forgetUpTo(version: number): void;
  changedSince(version: number, keys: readonly string[]): boolean;
}

/** The keys of the last ten minutes. Asked about earlier, or about more than it holds, it says "changed": closed first. */
function rememberChanges(clock: Clock): RecentChanges {
  const newest = new Map<string, number>();
  let queue: { readonly atMs: number; readonly version: number; readonly key: string }[] = [];
  let head = 0;
  let forgotten = -1;

  const forgetFirst = (): void => {
    const first = queue[head++];
    if (first === undefined) return;
    forgotten = Math.max(forgotten, first.version);
    if (newest.get(first.key) === first.version) newest.delete(first.key);
    if (head > 1024 && head * 2 > queue.length) {
      queue = queue.slice(head);
      head = 0;
    }
  };

  return {
    note(version, key) {
      const atMs = clock();
      newest.set(key, Math.max(version, newest.get(key) ?? version));
      queue.push({ atMs, version, key });
      while (queue.length - head > MOST_REMEMBERED) forgetFirst();
      for (let first = queue[head]; first !== undefined && first.atMs < atMs - REMEMBER_MS; first = queue[head]) forgetFirst();
    },
    forgetUpTo(version) {
      newest.clear();
      queue = [];
      head = 0;
      forgotten = version;
    },
    changedSince(version, keys) {
      if (version < forgotten) return true;
      return keys.some((key) => (newest.get(key) ?? -1) > version);
    },
  };
}
