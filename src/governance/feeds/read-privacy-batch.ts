import { z } from 'zod';
import { readJson } from '../../reading/read-json';
import type { PrivacyTransaction } from '../../vocabulary/directory-rows';
import { RECORD_ID, SYSTEM } from '../identifiers';
import { parseMoment } from '../parse-moment';

export interface FeedProblem {
  /** The line of NDJSON, or the number of the element of an array; from 1. 0 for the batch as a whole. */
  readonly line: number;
  readonly column: string;
  /** Holds nothing of what was sent. */
  readonly reason: string;
}

export interface FeedRow {
  readonly line: number;
  readonly transaction: Omit<PrivacyTransaction, 'receivedMs'>;
}

export interface ReadBatch {
  readonly rows: readonly FeedRow[];
  readonly problems: readonly FeedProblem[];
  /** Every system that a row names, those of rows that are refused included: the feed's right is asked for each. */
  readonly systems: readonly string[];
}

export const MOST_TRANSACTIONS = 10_000;

/** The source's clock may run ahead of ours by so much, milliseconds; what claims to come from later is refused. */
const CLOCK_SKEW_MS = 5 * 60_000;

export const privacyTransaction = z.strictObject({
  transactionId: z
    .string('expected text')
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/, 'expected letters, digits and . _ : -, at most 128'),
  system: z.string('expected text').regex(SYSTEM, 'expected the name of a system'),
  environment: z.enum(['production', 'training'], 'expected production or training'),
  recordId: z.string('expected text').regex(RECORD_ID, 'expected letters, digits, - and _, at most 64'),
  action: z.enum(['set', 'clear'], 'expected set or clear'),
  effectiveAt: z.string('expected text').describe('RFC 3339 with its offset'),
  sourceSequence: z.int('expected a whole number').min(0, 'expected a whole number from 0').max(Number.MAX_SAFE_INTEGER),
});

/**
 * Reads a batch of privacy transactions: NDJSON, or a JSON array. Nothing is written.
 * Gives every row and every problem at once; with problems nothing of the batch may be applied.
 */
export function readPrivacyBatch(text: string, format: 'json' | 'ndjson', nowMs: number): ReadBatch {
  const { items, problems } = format === 'json' ? arrayItems(text) : lineItems(text);
  if (items.length > MOST_TRANSACTIONS) {
    return { rows: [], problems: [{ line: 0, column: '', reason: `more than ${MOST_TRANSACTIONS} transactions` }], systems: [] };
  }
  if (items.length === 0 && problems.length === 0) problems.push({ line: 0, column: '', reason: 'no transaction was sent' });
  const rows: FeedRow[] = [];
  const systems = new Set<string>();
  for (const { line, value } of items) {
    const named = (value as { system?: unknown } | null)?.system;
    if (typeof named === 'string') systems.add(named);
    const read = readTransaction(value, nowMs);
    if (Array.isArray(read)) problems.push(...read.map((one) => ({ line, ...one })));
    else rows.push({ line, transaction: read });
  }
  return { rows, problems, systems: [...systems] };
}

function readTransaction(value: unknown, nowMs: number): FeedRow['transaction'] | { column: string; reason: string }[] {
  const read = privacyTransaction.safeParse(value);
  if (!read.success) {
    return read.error.issues.map((issue) =>
      issue.code === 'unrecognized_keys'
        ? { column: '', reason: 'has a key that is not known here' }
        : { column: issue.path.map(String).join('.'), reason: issue.message },
    );
  }
  const { effectiveAt, ...row } = read.data;
  const effectiveMs = parseMoment(effectiveAt, null);
  if (effectiveMs === undefined) return [{ column: 'effectiveAt', reason: 'expected a moment with its offset (RFC 3339)' }];
  // One transaction from the year 9999 would outlast every later one.
  if (effectiveMs > nowMs + CLOCK_SKEW_MS) return [{ column: 'effectiveAt', reason: 'lies in the future' }];
  return { ...row, effectiveMs };
}

interface Items {
  readonly items: readonly { readonly line: number; readonly value: unknown }[];
  readonly problems: FeedProblem[];
}

function arrayItems(text: string): Items {
  const read = readJson(text);
  if ('problem' in read) return { items: [], problems: [{ line: 0, column: '', reason: read.problem }] };
  if (!Array.isArray(read.value)) return { items: [], problems: [{ line: 0, column: '', reason: 'expected an array of transactions' }] };
  return { items: read.value.map((value: unknown, i) => ({ line: i + 1, value })), problems: [] };
}

function lineItems(text: string): Items {
  const items: { line: number; value: unknown }[] = [];
  const problems: FeedProblem[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const read = readJson(line);
    if ('problem' in read) problems.push({ line: i + 1, column: '', reason: read.problem });
    else items.push({ line: i + 1, value: read.value });
  }
  return { items, problems };
}
