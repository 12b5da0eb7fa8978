import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchDemoToken } from '../../demo/fetch-demo-token';
import { seededSsns } from '../../demo/make-records';
import { runDemo } from '../../demo/run-demo';
import type { DemoOptions } from '../../demo/run-demo';
import { readRunningDemo } from '../../demo/running-demo';
import { readEntries } from '../../src/audit/read-entries';
import { importDirectory, startGateway } from '../../src/compose';
import { openLogReader } from '../../src/storage/log-reader';
import type { AccessEntry } from '../../src/vocabulary/access-entry';

let folder: string;
let entries: AccessEntry[];
let lines: string[];
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'casegate-tour-')), 'demo');
  entries = [];
  lines = [];
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const options = (): DemoOptions => ({
  once: true,
  folder,
  ports: { data: 0, admin: 0, identityProvider: 0, workforceOne: 0, trackOne: 0 },
  print: (line) => void lines.push(line),
  startGateway,
  importDirectory: async (settings, files) => {
    const report = await importDirectory(settings, files);
    expect([report.outcome, report.problems]).toEqual(['applied', []]);
  },
  findEntry: async (settings, accessId) => {
    const reader = openLogReader({ kind: 'sqlite', folder: settings.store.folder });
    try {
      const entry = (await readEntries(reader, { accessId }, { limit: 1 })).entries[0]?.entry;
      if (entry !== undefined) entries.push(entry);
      return entry;
    } finally {
      await reader.close();
    }
  },
});

test('WF1-02 WF1-03 WF1-05 WF1-12 the five views, and an entry for each', async () => {
  await runDemo(options());
  const table = lines.slice(4, 9).map((line) => line.trim().split(/\s{2,}/));
  expect(table).toEqual([
    ['counselor', '200', 'full', '12', '-', expect.stringContaining('SSN XXX-XX-9987')],
    ['supervisor', '200', 'full', '12', '-', expect.stringContaining('SSN XXX-XX-9987')],
    ['data-specialist', '200', 'full', '12', '-', expect.stringContaining('SSN XXX-XX-9987')],
    ['other-counselor', '200', 'basic', '1', expect.stringMatching(/^contact, demographics/), 'ssn: XXX-XX-9987'],
    ['monitor', '200', 'partial', '2', expect.stringMatching(/^assignment, contact/), 'ssn: XXX-XX-9987'],
  ]);
  expect(entries.map((entry) => [entry.who?.account, entry.records[0]?.id, entry.records[0]?.disclosure, entry.outcome.reasons])).toEqual([
    ['counselor', 'WF1-1000017', 'full', ['granted']],
    ['supervisor', 'WF1-1000017', 'full', ['granted']],
    ['data-specialist', 'WF1-1000017', 'full', ['granted']],
    ['other-counselor', 'WF1-1000017', 'basic', expect.arrayContaining(['private-record'])],
    ['monitor', 'WF1-1000017', 'partial', ['private-record']],
  ]);
});

test('no seeded SSN stands in the tour or in anything that the gateway left on disk', async () => {
  await runDemo(options());
  const ssns = seededSsns();
  const left = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
  for (const text of [lines.join('\n'), ...left]) {
    const digits = new Set(
      [...text.matchAll(/(?<!\d)(\d{3})[- .]?(\d{2})[- .]?(\d{4})(?!\d)/g)].map(([, area, group, serial]) => `${area}${group}${serial}`),
    );
    expect(ssns.filter((ssn) => digits.has(ssn))).toEqual([]);
  }
});

test('it stays up until it is told to stop, can be found meanwhile, and is gone afterwards', async () => {
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  const up = new Promise<void>((resolve) => {
    void runDemo({
      ...options(),
      once: false,
      untilStopped: () => stopped,
      print: (line) => (line === 'Ctrl-C stops it.' ? resolve() : undefined),
    }).then(() => ended());
  });
  let ended: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (ended = resolve));
  await up;
  const running = readRunningDemo(folder);
  const token = await fetchDemoToken(running?.identityProvider ?? '', 'team-member');
  const answer = await fetch(`${running?.dataUrl}/trackone/participants/T1-200041`, { headers: { authorization: `Bearer ${token}` } });
  expect([answer.status, answer.headers.get('casegate-view'), await answer.json()]).toEqual([
    200,
    'full',
    expect.objectContaining({ participantId: 'T1-200041', region: 'R4' }),
  ]);
  stop();
  await done;
  expect([readRunningDemo(folder), existsSync(join(folder, 'running.json'))]).toEqual([undefined, false]);
  await expect(fetch(running?.dataUrl ?? '')).rejects.toThrow('fetch failed');
  await expect(fetch(running?.identityProvider ?? '')).rejects.toThrow('fetch failed');
});
