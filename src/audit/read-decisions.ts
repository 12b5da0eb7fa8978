import type { AccessEntry, EntryKind } from '../vocabulary/access-entry';
import type { PastDecision } from '../vocabulary/past-decision';
import { isOfAWrite } from './is-of-a-write';
import type { FlushPlace, LogReader, StoredRow } from './log-reader';
import { decisionOf, decisionOfCount, textOf } from './past-decisions';

/** Which decisions are wanted. */
export interface DecisionFilter {
  /** Of flushes written at this moment or later, epoch ms; null: of all. */
  readonly sinceMs: number | null;
  /** Of this case system; null: of all. */
  readonly system: string | null;
}

/** How often one decision was taken. */
export interface CountedDecision {
  readonly decision: PastDecision;
  readonly count: number;
  /** Some flushes in which it was. */
  readonly flushes: readonly FlushPlace[];
}

/** One decision of one entry. `decision` is the same object for alike decisions. */
export interface DecidedRecord {
  readonly decision: PastDecision;
  readonly accessId: string;
  readonly account: string;
  readonly person: string;
  /** The record's number; a digest where the entry has no other name for it. */
  readonly record: string;
}

export interface ReadEntriesReport {
  /** Records that an access named and no policy decided about, by the outcome's reason. */
  readonly neverDecided: ReadonlyMap<string, number>;
  /** Flushes whose roll-ups do not count what their entries say; the first of them is named. */
  readonly mismatches: number;
  readonly firstMismatch: FlushPlace | null;
}

/**
 * Decisions counted from the roll-ups, most frequent first.
 *
 * Fails   Error where a roll-up cannot be read.
 */
export async function readCountedDecisions(reader: LogReader, filter: DecisionFilter): Promise<readonly CountedDecision[]> {
  const byText = new Map<string, { decision: PastDecision; count: number; flushes: readonly FlushPlace[] }>();
  for (const stored of await reader.rolledUp(filter.sinceMs)) {
    if (filter.system !== null && stored.system !== filter.system) continue;
    const decision = decisionOfCount(stored);
    const text = textOf(decision);
    const known = byText.get(text);
    const [first, last] = stored.flushes;
    const flushes = isSame(first, last) ? [first] : [first, last];
    // Roll-ups tell the lines of policy.csv apart, which a candidate does not have: alike decisions become one here.
    if (known === undefined) byText.set(text, { decision, count: stored.count, flushes });
    else byText.set(text, { ...known, count: known.count + stored.count });
  }
  return [...byText]
    .sort(([text, one], [otherText, other]) => other.count - one.count || (text < otherText ? -1 : 1))
    .map(([, counted]) => counted);
}

const isSame = (one: FlushPlace, other: FlushPlace): boolean => one.chain === other.chain && one.firstSeq === other.firstSeq;

const PAGE = 1_000;
/** Kinds of entries that name records which were shown or refused; a stream has parts. */
const NAMES_RECORDS: ReadonlySet<string> = new Set<EntryKind>(['access', 'access-part']);

/**
 * The same decisions read from the entries themselves, chain by chain. An entry belongs to the moment at which its flush was written, here
 * as in the roll-ups, so that both give the same figures. What is appended meanwhile is left out. Records that were never decided on go by
 * the moment that their entry names.
 *
 * Takes   visit: called for every decision, in the order of its chain.
 * Fails   Error naming an entry that cannot be read.
 */
export async function readDecidedEntries(
  reader: LogReader,
  filter: DecisionFilter,
  visit: (decided: DecidedRecord) => void,
): Promise<ReadEntriesReport> {
  const pass = new EntryPass(filter, visit);
  for (const { chain } of await reader.chains()) {
    const last = await reader.lastSeqOf(chain);
    const flushes = await reader.decidingFlushesOf(chain);
    const walk = pass.chain(
      chain,
      flushes.filter(({ firstSeq }) => firstSeq <= last),
    );
    for (let after = walk.startAfter; after < last;) {
      const rows = await reader.rowsOf(chain, after, PAGE);
      for (const row of rows) if (row.seq <= last) walk.take(row);
      const end = rows[rows.length - 1];
      if (end === undefined || rows.length < PAGE) break;
      after = end.seq;
    }
    walk.end();
  }
  return pass.report();
}

interface Flush {
  readonly firstSeq: number;
  readonly atMs: number;
  readonly decisions: number;
}

class EntryPass {
  readonly #alike = new Map<string, PastDecision>();
  readonly #neverDecided = new Map<string, number>();
  #mismatches = 0;
  #firstMismatch: FlushPlace | null = null;
  private readonly sinceMs: number;
  private readonly system: string | null;

  constructor(
    { sinceMs, system }: DecisionFilter,
    private readonly visit: (decided: DecidedRecord) => void,
  ) {
    this.sinceMs = sinceMs ?? -Infinity;
    this.system = system;
  }

  chain(chain: string, flushes: readonly Flush[]) {
    const firstIn = flushes.findIndex((flush) => flush.atMs >= this.sinceMs);
    // What no flush of ours can hold is not read; the last flush before them may be followed by entries about which nothing was decided.
    const start = firstIn < 0 ? flushes.length - 1 : firstIn - 1;
    let at = start;
    let seen = 0;
    const leave = (): void => {
      const flush = flushes[at];
      if (flush !== undefined && at > start && flush.decisions !== seen) this.mismatch({ chain, firstSeq: flush.firstSeq });
      seen = 0;
    };
    return {
      startAfter: start < 0 ? 0 : (flushes[start]?.firstSeq ?? 1) - 1,
      take: (row: StoredRow): void => {
        for (let next = flushes[at + 1]; next !== undefined && next.firstSeq <= row.seq; next = flushes[at + 1]) {
          leave();
          at += 1;
        }
        if (!NAMES_RECORDS.has(row.kind)) return;
        const flush = flushes[at];
        seen += this.takeEntry(row, flush !== undefined && flush.atMs >= this.sinceMs);
      },
      end: leave,
    };
  }

  report(): ReadEntriesReport {
    return { neverDecided: this.#neverDecided, mismatches: this.#mismatches, firstMismatch: this.#firstMismatch };
  }

  private mismatch(flush: FlushPlace): void {
    this.#mismatches += 1;
    this.#firstMismatch ??= flush;
  }

  /** Gives the number of decisions in the entry. */
  private takeEntry(row: StoredRow, isIn: boolean): number {
    const entry = parse(row);
    if (isOfAWrite(entry)) return 0;
    const isWanted = this.system === null || entry.system === this.system;
    let decided = 0;
    for (const record of entry.records) {
      const decision = decisionOf(entry, record);
      if (decision === null) {
        if (isWanted && row.atMs >= this.sinceMs) this.countUndecided(entry);
        continue;
      }
      decided += 1;
      if (!isIn || !isWanted) continue;
      this.visit({
        decision: this.alike(decision),
        accessId: entry.accessId,
        account: entry.who?.account ?? '',
        person: entry.who?.person ?? '',
        record: record.id ?? record.digest ?? '',
      });
    }
    return decided;
  }

  private countUndecided({ outcome }: AccessEntry): void {
    const reason = outcome.reasons[0] ?? outcome.code;
    this.#neverDecided.set(reason, (this.#neverDecided.get(reason) ?? 0) + 1);
  }

  private alike(decision: PastDecision): PastDecision {
    const text = textOf(decision);
    const known = this.#alike.get(text);
    if (known !== undefined) return known;
    this.#alike.set(text, decision);
    return decision;
  }
}

/** Access ids of entries in which this decision was taken, at most one for each flush. */
export async function findExamples(
  reader: LogReader,
  { decision, flushes }: Pick<CountedDecision, 'decision' | 'flushes'>,
): Promise<readonly string[]> {
  const wanted = textOf(decision);
  const found: string[] = [];
  for (const flush of flushes) {
    const example = await findIn(reader, flush, wanted);
    if (example !== null) found.push(example);
  }
  return found;
}

const EXAMPLE_PAGE = 16;
/** No flush of ours is larger. */
const MOST_OF_A_FLUSH = 1_024;

async function findIn(reader: LogReader, { chain, firstSeq }: FlushPlace, wanted: string): Promise<string | null> {
  for (let after = firstSeq - 1; after < firstSeq + MOST_OF_A_FLUSH; after += EXAMPLE_PAGE) {
    const rows = await reader.rowsOf(chain, after, EXAMPLE_PAGE);
    const row = rows.find((one) => NAMES_RECORDS.has(one.kind) && doesDecide(parse(one), wanted));
    if (row !== undefined) return row.accessId;
    if (rows.length < EXAMPLE_PAGE) return null;
  }
  return null;
}

const doesDecide = (entry: AccessEntry, wanted: string): boolean =>
  entry.records.some((record) => {
    const decision = decisionOf(entry, record);
    return decision !== null && textOf(decision) === wanted;
  });

function parse(row: StoredRow): AccessEntry {
  try {
    return JSON.parse(row.bytes) as AccessEntry;
  } catch (cause) {
    throw new Error(`the entry ${row.seq} of chain ${row.chain} cannot be read; casegate audit verify says more`, { cause });
  }
}
