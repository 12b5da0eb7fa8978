import { findExamples, readCountedDecisions, readDecidedEntries } from '../../src/audit/read-decisions';
import type { LogStore } from '../../src/audit/log-store';
import { openLogReader } from '../../src/storage/log-reader';
import { engines } from '../storage/test-stores';
import type { TestStore } from '../storage/test-stores';
import { fresh, openLog, sampleEntry } from './sample-log';

const ALL = { sinceMs: null, system: null };

describe.each(engines)('on %s', (_engine, make) => {
  let store: TestStore;
  let logStore: LogStore;
  beforeEach(async () => {
    store = await make();
    logStore = await store.openLogStore();
  });
  afterEach(async () => {
    await logStore.close();
    await store.dispose();
  });

  test('the parts of a stream count in both readings, a write in neither; no flush is out of step', async () => {
    const log = await openLog(logStore);
    const opening = sampleEntry({ route: 'export', action: 'export', details: { stream: 'opened', part: 1 } });
    const part = sampleEntry({ kind: 'access-part', route: 'export', action: 'export', details: { of: opening.accessId, part: 2 } });
    const end = sampleEntry({ kind: 'access-end', records: [], details: { of: opening.accessId } });
    const intent = sampleEntry({ kind: 'intent', action: 'update', details: { write: { answer: 'x' } } });
    const written = sampleEntry({ action: 'update', details: { write: { intent: intent.accessId } } });
    for (const entry of [opening, part, end, intent, written, sampleEntry()]) await log.append(entry, fresh);
    await log.drain();
    const reader = openLogReader(store.settings);
    const counted = await readCountedDecisions(reader, ALL);
    const seen: string[] = [];
    const report = await readDecidedEntries(reader, ALL, ({ decision }) => seen.push(decision.action));
    expect(counted.map(({ decision, count }) => [decision.action, count])).toEqual([
      ['export', 2],
      ['read', 1],
    ]);
    expect(seen).toEqual(['export', 'export', 'read']);
    expect(report).toEqual({ neverDecided: new Map(), mismatches: 0, firstMismatch: null });
    expect(await findExamples(reader, counted[0] as (typeof counted)[0])).toEqual([opening.accessId, part.accessId]);
    await reader.close();
  });
});
