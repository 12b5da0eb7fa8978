import type { AccessEntry } from '../vocabulary/access-entry';
import type { LogReader } from './log-reader';
import { readEntries } from './read-entries';

const PAGE = 500;

/**
 * Intents of writes after which no entry says what became of them: the process ended in between, or the case system did not answer.
 *
 * Takes   sinceMs: older ones are left to whoever reads the log.
 * Fails   as the reader does.
 */
export async function findOpenIntents(reader: LogReader, sinceMs: number): Promise<readonly AccessEntry[]> {
  const intents: AccessEntry[] = [];
  for (let before: string | null = null; ;) {
    const page = await readEntries(reader, { kind: 'intent', sinceMs }, { limit: PAGE, before });
    intents.push(...page.entries.map((one) => one.entry));
    if ((before = page.next) === null) break;
  }
  if (intents.length === 0) return intents;
  const closed = await closedIntents(reader, sinceMs);
  return intents.filter((intent) => !closed.has(intent.accessId));
}

async function closedIntents(reader: LogReader, sinceMs: number): Promise<ReadonlySet<string>> {
  const closed = new Set<string>();
  for (let before: string | null = null; ;) {
    const rows = await reader.newest(before, ['"write":{"intent":"'], PAGE);
    for (const row of rows) {
      const entry = JSON.parse(row.bytes) as AccessEntry;
      const write = entry.details?.['write'] as { readonly intent?: unknown } | undefined;
      if (typeof write?.intent === 'string' && entry.outcome.code !== 'outcome-unknown') closed.add(write.intent);
    }
    const last = rows[rows.length - 1];
    if (rows.length < PAGE || last === undefined || last.atMs < sinceMs) return closed;
    before = last.accessId;
  }
}
