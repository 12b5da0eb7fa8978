import type { PrivacyTransaction, RecordName, StoreRows } from '../../vocabulary/directory-rows';
import { recordKey } from '../registry/record-key';
import type { RowReader, RowTransaction } from '../row-store';
import type { FeedProblem, FeedRow } from './read-privacy-batch';

/**
 * applied: it decides the record's privacy now. superseded: a later transaction has decided already, or an equal one that says 'set'.
 * duplicate: the same transaction was taken in before.
 */
export type FeedOutcome = 'applied' | 'superseded' | 'duplicate';

export interface FeedRowReport {
  readonly line: number;
  readonly outcome: FeedOutcome;
}

export interface FeedReport {
  readonly outcome: 'applied' | 'refused';
  readonly rows: readonly FeedRowReport[];
  readonly problems: readonly FeedProblem[];
  /** The registry's version after the batch; no new one where nothing was changed. */
  readonly registryVersion: number;
}

/**
 * Takes in one batch, within one transaction.
 *
 * The later (effective time, source sequence) decides; where both are equal 'set' wins; so the end is the same in whatever order and
 * however often transactions come (WF1-06). A record that is not known yet is kept for the day it is.
 * An id that was used before with other content refuses the batch: one of the two is wrong and we cannot know which.
 */
export async function applyPrivacyBatch(rows: readonly FeedRow[], receivedMs: number, transaction: RowTransaction): Promise<FeedReport> {
  const taken = await takenBefore(rows, transaction);
  const records = await recordsOf(rows, transaction);
  const known = new Set(records.keys());
  const fresh: PrivacyTransaction[] = [];
  const touched = new Map<string, StoreRows['records']>();
  const reports: FeedRowReport[] = [];
  const problems: FeedProblem[] = [];

  for (const { line, transaction: sent } of rows) {
    const id = JSON.stringify([sent.system, sent.environment, sent.transactionId]);
    const before = taken.get(id);
    if (before !== undefined) {
      if (isSame(before, sent)) reports.push({ line, outcome: 'duplicate' });
      else problems.push({ line, column: 'transactionId', reason: 'was used before with other content' });
      continue;
    }
    const received = { ...sent, receivedMs };
    taken.set(id, received);
    fresh.push(received);
    const key = recordKey(sent);
    const next = decided(records.get(key), sent);
    if (next !== null) {
      records.set(key, next);
      touched.set(key, next);
    }
    reports.push({ line, outcome: next === null ? 'superseded' : 'applied' });
  }

  const { registry } = await transaction.versions();
  if (problems.length > 0) return { outcome: 'refused', rows: [], problems, registryVersion: registry };
  const changed = [...touched.entries()];
  if (fresh.length > 0) await transaction.insert('transactions', fresh);
  const added = changed.filter(([key]) => !known.has(key)).map(([, row]) => row);
  const updated = changed.filter(([key]) => known.has(key)).map(([, row]) => row);
  if (added.length > 0) await transaction.insert('records', added);
  if (updated.length > 0) await transaction.update('records', updated);
  const registryVersion =
    changed.length === 0
      ? registry
      : await transaction.publish(
          'registry',
          changed.map(([key]) => ({ kind: 'record', key })),
        );
  return { outcome: 'applied', rows: reports, problems, registryVersion };
}

/** The record after the transaction; null where an earlier one stays in force. */
function decided(record: StoreRows['records'] | undefined, sent: FeedRow['transaction']): StoreRows['records'] | null {
  const { system, environment, recordId, action, effectiveMs, sourceSequence } = sent;
  const last = record?.last ?? null;
  if (last !== null) {
    const order = effectiveMs - last.effectiveMs || sourceSequence - last.sourceSequence;
    if (order < 0 || (order === 0 && (action === 'clear' || record?.isPrivate === true))) return null;
  }
  return {
    system,
    environment,
    recordId,
    isPrivate: action === 'set',
    codes: record?.codes ?? {},
    last: { effectiveMs, sourceSequence },
  };
}

async function takenBefore(rows: readonly FeedRow[], reader: RowReader): Promise<Map<string, PrivacyTransaction>> {
  const taken = new Map<string, PrivacyTransaction>();
  for (const group of bySystem(rows)) {
    const ids = group.rows.map((row) => row.transaction.transactionId);
    for (const row of await reader.find('transactions', 'transactionId', ids, group.fixed)) {
      taken.set(JSON.stringify([row.system, row.environment, row.transactionId]), row);
    }
  }
  return taken;
}

async function recordsOf(rows: readonly FeedRow[], reader: RowReader): Promise<Map<string, StoreRows['records']>> {
  const records = new Map<string, StoreRows['records']>();
  for (const group of bySystem(rows)) {
    const ids = group.rows.map((row) => row.transaction.recordId);
    for (const row of await reader.find('records', 'recordId', ids, group.fixed)) records.set(recordKey(row), row);
  }
  return records;
}

interface Group {
  readonly fixed: Pick<RecordName, 'system' | 'environment'>;
  readonly rows: FeedRow[];
}

function bySystem(rows: readonly FeedRow[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const { system, environment } = row.transaction;
    const key = JSON.stringify([system, environment]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { fixed: { system, environment }, rows: [row] });
    else group.rows.push(row);
  }
  return [...groups.values()];
}

const isSame = (one: FeedRow['transaction'], other: FeedRow['transaction']): boolean =>
  one.recordId === other.recordId &&
  one.action === other.action &&
  one.effectiveMs === other.effectiveMs &&
  one.sourceSequence === other.sourceSequence;
