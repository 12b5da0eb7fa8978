import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchDemoToken } from '../../demo/fetch-demo-token';
import { makeRecords } from '../../demo/make-records';
import type { DemoPerson } from '../../demo/people';
import { readRunningDemo, type RunningDemo } from '../../demo/running-demo';

/** Who reads, and how many records each: everybody reads others'. */
const READERS: readonly (readonly [DemoPerson, string, number])[] = [
  ['counselor', 'workforce-one/records', 120],
  ['other-counselor', 'workforce-one/records', 60],
  ['supervisor', 'workforce-one/records', 60],
  ['data-specialist', 'workforce-one/records', 120],
  ['monitor', 'workforce-one/records', 60],
  ['referred-worker', 'workforce-one/records', 60],
  ['two-hats', 'workforce-one/records', 40],
  ['departed-counselor', 'workforce-one/records', 5],
  ['stranger', 'workforce-one/records', 5],
  ['team-member', 'trackone/participants', 60],
  ['other-team-member', 'trackone/participants', 30],
  ['state-staff', 'trackone/participants', 120],
];

const { workforceOne, trackOne, seededSsns } = makeRecords();
const seeded = new Set(seededSsns);

let folder: string;
let child: ChildProcess;
let terminal = '';

beforeAll(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'casegate-test-')), 'demo');
  child = fork(join(__dirname, '..', 'support', 'demo-process.ts'), [], {
    execArgv: ['--require', join(__dirname, '..', 'support', 'typescript-on-the-fly.cjs')],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (terminal += chunk.toString('utf8')));
  child.send({ input: { folder } });
  await answerOf(child);
}, 60_000);

afterAll(() => {
  if (child?.connected) child.disconnect();
  if (folder !== undefined) rmSync(join(folder, '..'), { recursive: true, force: true });
});

test('the searcher finds every seeded number in every form, alone and in a line', () => {
  for (const ssn of [...seeded].slice(0, 50)) {
    for (const form of formsOf(ssn)) {
      expect([...seededIn(form), ...seededIn(`x "${form}", 2024`)]).toEqual([ssn, ssn]);
      expect(seededAnywhere(`"${form}"`)).toEqual([ssn]);
    }
  }
});

test('TO-01 R19 R27 the demo, read by twelve people, writes no seeded SSN anywhere', async () => {
  const running = readRunningDemo(folder) as RunningDemo;
  const answers: string[] = [];
  const heads: string[] = [];
  const statuses = new Map<number, number>();
  const readAll = async ([person, path, count]: (typeof READERS)[number]): Promise<void> => {
    const headers = { authorization: `Bearer ${await fetchDemoToken(running.identityProvider, person)}` };
    for (const id of idsFor(path, count)) {
      const answer = await fetch(`${running.dataUrl}/${path}/${id}`, { headers });
      answers.push(await answer.text());
      heads.push(`${answer.status} ${answer.statusText} ${JSON.stringify([...answer.headers])}`);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    }
  };
  await Promise.all(READERS.map(readAll));
  // Addresses with a number in them are refused, and told to nobody.
  for (const ssn of seededSsns.slice(0, 10)) {
    for (const target of [
      `workforce-one/records?ssn=${ssn}`,
      `workforce-one/records/${ssn}`,
      `trackone/participants/T1-1?q=${formsOf(ssn)[1]}`,
    ]) {
      const answer = await fetch(`${running.dataUrl}/${target}`);
      expect(answer.status).toBe(400);
      answers.push(await answer.text());
      heads.push(JSON.stringify([...answer.headers]));
    }
  }
  const metrics = await text(running, 'operator', '/metrics');
  const stopped = answerOf(child);
  child.send({ question: 'stop' });
  expect(await stopped).toEqual({ answer: 'stopped' });

  const asked = READERS.reduce((sum, [, , count]) => sum + count, 0);
  expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBe(asked);
  // Most were answered, some are nobody's business, and strangers saw nothing: there was something to leak.
  expect((statuses.get(200) ?? 0) > asked / 2).toBe(true);
  expect(statuses.get(403)).toBe(10);
  expect(answers.join('').match(/XXX-XX-\d{4}/g)?.length ?? 0).toBeGreaterThan(1_000);

  // Answers hold digits of records alone, the same at every start: any nine of them in a row count, however they are parted.
  expect(
    answers.filter((answer) => answer.startsWith('{"recordId"') || answer.startsWith('{"participantId"')).flatMap(seededAnywhere),
  ).toEqual([]);
  expect([...answers, ...heads].flatMap(seededIn)).toEqual([]);
  expect(seededIn(terminal)).toEqual([]);
  expect(terminal).toContain('What the access log keeps of it');
  expect(metrics).toContain('casegate_requests_total');
  expect(seededIn(metrics)).toEqual([]);

  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const names = files.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['access-log.db', 'governance.db']));
  const written = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'));
  expect(written.flatMap(seededIn)).toEqual([]);
  // The entries are in those bytes, in the clear: had a number been written, it would have been found.
  expect(written.some((bytes) => bytes.includes('"route":"read-record"'))).toBe(true);
}, 60_000);

/** Plain, with hyphens, with spaces. */
const formsOf = (ssn: string): readonly string[] =>
  ['', '-', ' '].map((separator) => [ssn.slice(0, 3), ssn.slice(3, 5), ssn.slice(5)].join(separator));

/** Seeded numbers that stand by themselves. Whole ids and digests are hex: nine digits of one in a row are nobody's number. */
function seededIn(written: string): readonly string[] {
  const found: string[] = [];
  const plain = written.replace(
    /(?<![0-9a-f])(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f])/g,
    '#',
  );
  for (const [, a, b, c] of plain.matchAll(/(?<!\d)(\d{3})[- ]?(\d{2})[- ]?(\d{4})(?!\d)/g))
    if (seeded.has(`${a}${b}${c}`)) found.push(`${a}${b}${c}`);
  return found;
}

/** Seeded numbers in any nine digits between which no letter stands, in digits of any script. */
function seededAnywhere(answer: string): readonly string[] {
  const found: string[] = [];
  for (const [run] of answer.normalize('NFKC').matchAll(/\d(?:[^0-9A-Za-z",:{}[\]]{0,8}\d){8,}/g)) {
    const digits = run.replace(/\D/g, '');
    for (let at = 0; at + 9 <= digits.length; at += 1) if (seeded.has(digits.slice(at, at + 9))) found.push(digits.slice(at, at + 9));
  }
  return found;
}

function idsFor(path: string, count: number): readonly string[] {
  const ids = path.startsWith('workforce-one')
    ? workforceOne.map((one) => String(one['recordId']))
    : trackOne.map((one) => String(one['participantId']));
  return ids.slice(0, count - 1).concat('NO-SUCH-RECORD');
}

async function text(running: RunningDemo, person: DemoPerson, path: string): Promise<string> {
  const token = await fetchDemoToken(running.identityProvider, person, 'admin');
  return (await fetch(`${running.adminUrl}${path}`, { headers: { authorization: `Bearer ${token}` } })).text();
}

/** What the child says next; fails with its last words where it ends instead. */
function answerOf(process: ChildProcess): Promise<unknown> {
  return new Promise((settle, fail) => {
    const onMessage = (message: unknown): void => {
      process.off('exit', onExit);
      const failed = (message as { failed?: string }).failed;
      if (failed === undefined) settle(message);
      else fail(new Error(failed));
    };
    const onExit = (code: number | null): void => {
      process.off('message', onMessage);
      fail(new Error(`the demo ended (${code}): ${terminal.slice(-2_000)}`));
    };
    process.once('message', onMessage);
    process.once('exit', onExit);
  });
}
