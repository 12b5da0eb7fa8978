import * as crypto from 'node:crypto';
import type { AccessEntry, EntryRecord } from '../vocabulary/access-entry';
import { keysText, spelled } from './canonical-bytes';
import type { RollupDelta } from './log-store';

/**
 * How often each decision was taken in one flush: one delta for each (system, environment, route, action, policy, keys,
 * sections with the lines that allowed them).
 * Records that were never decided on (no keys) are not counted.
 */
export function rollUp(entries: readonly AccessEntry[], atMs: number): readonly RollupDelta[] {
  const deltas = new Map<string, Counted>();
  for (const entry of entries) {
    if (entry.policyVersion === null) continue;
    for (const record of entry.records) if (record.keys.length > 0) count(deltas, entry, entry.policyVersion, record, atMs);
  }
  return [...deltas.values()];
}

type Counted = RollupDelta & { count: number };

function count(deltas: Map<string, Counted>, entry: AccessEntry, policyVersion: string, record: EntryRecord, atMs: number): void {
  const { system, environment, route, action } = entry;
  const keyJson = spelled(record.keys, keysText);
  const place = JSON.stringify([system, environment, route, action, policyVersion]);
  const identity = `${place.slice(0, -1)},${keyJson},${spelled(record.disclosed, JSON.stringify)}]`;
  const known = deltas.get(identity);
  if (known !== undefined) {
    known.count += 1;
    return;
  }
  deltas.set(identity, {
    keyDigest: crypto.createHash('sha256').update(identity).digest(),
    system: system ?? '',
    environment: environment ?? '',
    route: route ?? '',
    action: action ?? '',
    policyVersion,
    keyJson,
    grantedJson: JSON.stringify(Object.keys(record.disclosed)),
    count: 1,
    atMs,
  });
}
