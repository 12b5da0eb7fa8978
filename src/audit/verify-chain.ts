import { firstPrevHash, linkHash } from './chain-hash';
import type { LogReader, StoredRow } from './log-reader';

export interface ChainReport {
  readonly chain: string;
  /** Entries that were found whole, counted from the first. */
  readonly entries: number;
  /** Hex; of the last entry that was found whole. */
  readonly lastHash: string;
  /** The first entry that is wrong; null when none is. What stands after it in this chain was not looked at. */
  readonly fault: ChainFault | null;
}

export interface ChainFault {
  readonly seq: number;
  /** As the row says; null where the row is missing. */
  readonly accessId: string | null;
  readonly problem: 'missing' | 'not-in-order' | 'prev-hash' | 'hash' | 'unreadable' | 'access-id' | 'kind' | 'at' | 'chain-not-opened';
}

const PAGE = 500;

/**
 * Checks every chain from the stored bytes: each hash is made anew, sequence numbers are dense from 1, each entry names the hash before
 * it, and the columns beside the bytes say what the bytes say. Every chain is looked at, whatever is wrong with another.
 *
 * Cannot see: entries cut off at the end of a chain, or a log rebuilt whole; that takes a checkpoint kept elsewhere.
 */
export async function verifyChains(
  reader: LogReader,
  onProgress: (entries: number) => void = () => undefined,
): Promise<readonly ChainReport[]> {
  const reports: ChainReport[] = [];
  let before = 0;
  for (const { chain, startedAtMs } of await reader.chains()) {
    const report = await verifyChain(reader, chain, (entries) => onProgress(before + entries));
    before += report.entries;
    const fault = report.fault ?? (startedAtMs === null ? ({ seq: 0, accessId: null, problem: 'chain-not-opened' } as const) : null);
    reports.push({ ...report, fault });
  }
  return reports;
}

async function verifyChain(reader: LogReader, chain: string, onProgress: (entries: number) => void): Promise<ChainReport> {
  let seq = 0;
  let hash = firstPrevHash(chain);
  for (let after: number | null = null; ; after = seq) {
    const rows: readonly StoredRow[] = await reader.rowsOf(chain, after, PAGE);
    for (const row of rows) {
      const problem = problemOf(row, seq + 1, hash);
      const at = problem === 'missing' ? { seq: seq + 1, accessId: null } : { seq: row.seq, accessId: row.accessId };
      if (problem !== null) return { chain, entries: seq, lastHash: hash.toString('hex'), fault: { ...at, problem } };
      seq = row.seq;
      hash = row.hash;
    }
    onProgress(seq);
    if (rows.length < PAGE) return { chain, entries: seq, lastHash: hash.toString('hex'), fault: null };
  }
}

function problemOf(row: StoredRow, wantedSeq: number, prevHash: Buffer): ChainFault['problem'] | null {
  if (!Number.isSafeInteger(row.seq) || row.seq < wantedSeq) return 'not-in-order';
  if (row.seq > wantedSeq) return 'missing';
  if (!row.prevHash.equals(prevHash)) return 'prev-hash';
  if (!linkHash(prevHash, row.bytes).equals(row.hash)) return 'hash';
  const said = readHead(row.bytes);
  if (said === null) return 'unreadable';
  if (said.accessId !== row.accessId) return 'access-id';
  if (said.kind !== row.kind) return 'kind';
  return Date.parse(said.at) === row.atMs ? null : 'at';
}

function readHead(bytes: string): { accessId: string; kind: string; at: string } | null {
  try {
    const { accessId, kind, at } = JSON.parse(bytes) as Record<string, unknown>;
    return typeof accessId === 'string' && typeof kind === 'string' && typeof at === 'string' ? { accessId, kind, at } : null;
  } catch {
    return null;
  }
}
