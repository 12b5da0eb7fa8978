import * as crypto from 'node:crypto';
import type { AccessEntry, EntryRecord } from '../vocabulary/access-entry';
import { keysText, narrowingText, spelled } from './canonical-bytes';
import { isDecided } from './is-decided';
import { isOfAWrite } from './is-of-a-write';
import type { RollupDelta } from './log-store';

/**
 * How often each decision was taken in one flush: one delta for each (system, environment, route, action, policy, keys, what narrowed
 * them, sections with the lines that allowed them).
 * Records that were never decided on are not counted.
 */
export function rollUp(entries: readonly AccessEntry[], atMs: number): readonly RollupDelta[] {
  const counts = new Counts(atMs);
  for (const entry of entries) {
    if (entry.policyVersion === null || isOfAWrite(entry)) continue;
    for (const record of entry.records) if (isDecided(record)) counts.add(entry, entry.policyVersion, record);
  }
  return counts.deltas;
}

type Counted = RollupDelta & { count: number };

/** Entries of one remembered decision share its words: those are found by the object they are, all others by their text. */
class Counts {
  readonly deltas: Counted[] = [];
  readonly #byText = new Map<string, Counted>();
  readonly #byObject = new Map<
    EntryRecord['disclosed'],
    { readonly entry: AccessEntry; readonly record: EntryRecord; readonly delta: Counted }
  >();
  readonly #atMs: number;

  constructor(atMs: number) {
    this.#atMs = atMs;
  }

  add(entry: AccessEntry, policyVersion: string, record: EntryRecord): void {
    const known = this.#byObject.get(record.disclosed);
    if (known !== undefined && isAlike(known.entry, entry) && isSameKey(known.record, record)) {
      known.delta.count += 1;
      return;
    }
    const delta = this.#find(entry, policyVersion, record);
    delta.count += 1;
    this.#byObject.set(record.disclosed, { entry, record, delta });
  }

  #find({ system, environment, route, action }: AccessEntry, policyVersion: string, record: EntryRecord): Counted {
    const keys = spelled(record.keys, keysText);
    const keyJson = record.narrowing === undefined ? keys : `{"keys":${keys},"narrowing":${spelled(record.narrowing, narrowingText)}}`;
    const place = JSON.stringify([system, environment, route, action, policyVersion]);
    const identity = `${place.slice(0, -1)},${keyJson},${spelled(record.disclosed, JSON.stringify)}]`;
    const known = this.#byText.get(identity);
    if (known !== undefined) return known;
    const delta: Counted = {
      keyDigest: crypto.createHash('sha256').update(identity).digest(),
      system: system ?? '',
      environment: environment ?? '',
      route: route ?? '',
      action: action ?? '',
      policyVersion,
      keyJson,
      grantedJson: JSON.stringify(Object.keys(record.disclosed)),
      count: 0,
      atMs: this.#atMs,
    };
    this.#byText.set(identity, delta);
    this.deltas.push(delta);
    return delta;
  }
}

const isSameKey = (one: EntryRecord, other: EntryRecord): boolean => one.keys === other.keys && one.narrowing === other.narrowing;

const isAlike = (one: AccessEntry, other: AccessEntry): boolean =>
  one.route === other.route &&
  one.system === other.system &&
  one.action === other.action &&
  one.policyVersion === other.policyVersion &&
  one.environment === other.environment;
