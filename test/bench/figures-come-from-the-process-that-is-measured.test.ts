import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateLoad, microsOfBucket } from '../../bench/load-generator';
import { BENCH_RECORD_ID, BENCH_SHOWN_FIELDS, BENCH_SSN, makeBenchRecord } from '../../bench/make-record';
import { measureFsync } from '../../bench/measure-fsync';
import { measureSubjects } from '../../bench/measure-subjects';
import { cpuMicros, peakRssMiB } from '../../bench/process-figures';
import { startChild } from '../../demo/start-child';
import { SUBJECTS } from '../../bench/subjects/subjects';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'casegate-bench-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const request = (port: number) => `GET /workforce-one/records/${BENCH_RECORD_ID} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;

test('the record has 2 KB, its SSN in a field and in text, and a third of its fields outside the granted sections', () => {
  const record = makeBenchRecord();
  const text = JSON.stringify(record);
  expect(Math.round(text.length / 100)).toBe(20);
  expect([record['ssn'], JSON.stringify(record['caseNotes']).includes(BENCH_SSN)]).toEqual([BENCH_SSN, true]);
  const shown = leaves(
    Object.fromEntries(Object.entries(record).filter(([field]) => (BENCH_SHOWN_FIELDS as readonly string[]).includes(field))),
  );
  expect(Math.round((shown / leaves(record)) * 100)).toBe(66);
});

test('the generator counts what the server answered, over as many connections as asked', async () => {
  const sockets = new Set<unknown>();
  let answered = 0;
  const server = createServer((req, res) => {
    sockets.add(req.socket);
    answered += 1;
    res.end('{"a":1}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const result = await generateLoad({ port, request: request(port), connections: 7, seconds: 0.3 });
  server.close();
  expect([sockets.size, result.failures, result.lastBody]).toEqual([7, 0, '{"a":1}']);
  // Those in flight when time is up are answered and not counted.
  expect(answered - result.requests).toBeGreaterThanOrEqual(0);
  expect(answered - result.requests).toBeLessThanOrEqual(7);
  expect(result.latencies.reduce((sum, count) => sum + count, 0)).toBe(result.requests);
});

test('the generator stops early when enough were answered', async () => {
  const server = createServer((_req, res) => res.end('x'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const result = await generateLoad({ port, request: request(port), connections: 2, seconds: 20, mostRequests: 50 });
  server.close();
  expect([result.requests >= 50 && result.requests <= 52, result.failures, result.seconds < 20]).toEqual([true, 0, true]);
});

test('the generator reads chunked answers split anywhere, and counts what is not 200 as failed', async () => {
  const server = createServer((_req, res) => {
    res.writeHead(503);
    res.write('one ');
    setImmediate(() => res.end('two'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const result = await generateLoad({ port, request: request(port), connections: 1, seconds: 0.2 });
  server.close();
  expect(result.requests).toBeGreaterThan(1);
  expect(result.failures).toBe(result.requests);
});

test('the fixed upstream answers everybody alike', async () => {
  const upstream = await startChild<{ port: number }>(join(__dirname, '..', '..', 'bench'), 'fixed-upstream', { body: '{"b":2}' });
  const answers = await Promise.all([1, 2, 3].map(async () => (await fetch(`http://127.0.0.1:${upstream.ready.port}/x`)).json()));
  await upstream.stop();
  expect(answers).toEqual([{ b: 2 }, { b: 2 }, { b: 2 }]);
});

test('CPU and memory are those of the process named', () => {
  const before = cpuMicros(process.pid);
  const until = process.cpuUsage().user + 120_000;
  while (process.cpuUsage().user < until);
  expect(cpuMicros(process.pid) - before).toBeGreaterThanOrEqual(100_000);
  expect(peakRssMiB(process.pid)).toBeGreaterThan(20);
});

test('latency buckets are 2 % wide', () => {
  expect([microsOfBucket(0), Math.round(microsOfBucket(100) * 100) / 100]).toEqual([1, 7.24]);
});

test('the fsync probe leaves nothing behind', () => {
  const { p50Micros, p99Micros } = measureFsync(folder, 20);
  expect(p99Micros).toBeGreaterThanOrEqual(p50Micros);
  expect(readdirSync(folder)).toEqual([]);
});

test('the peers run side by side and give rows of the promised form', async () => {
  const peers = SUBJECTS.filter(({ name }) => name !== 'casegate');
  const effort = { secondsPerRound: 0.3, rounds: 1, warmUp: { requests: 20, seconds: 2 }, connections: 4 };
  const rows = await measureSubjects(peers, effort, folder, () => undefined);
  expect(rows).toEqual(
    peers.map(({ name }) => ({
      scenario: 'record',
      subject: name,
      cpuMicrosPerRequest: expect.any(Number),
      requestsPerSecond: expect.any(Number),
      p50Micros: expect.any(Number),
      p99Micros: expect.any(Number),
      peakRssMiB: expect.any(Number),
    })),
  );
  expect(rows.filter((row) => !(row.requestsPerSecond > 0 && row.p99Micros >= row.p50Micros && row.peakRssMiB > 0))).toEqual([]);
});

test('a subject whose answer is not what it should be is not measured', async () => {
  const lying = SUBJECTS.filter(({ name }) => name === 'undici bare').map((subject) => ({
    ...subject,
    check: () => {
      throw new Error('an SSN came through');
    },
  }));
  const effort = { secondsPerRound: 0.2, rounds: 1, warmUp: { requests: 20, seconds: 2 }, connections: 2 };
  await expect(measureSubjects(lying, effort, folder, () => undefined)).rejects.toThrow('an SSN came through');
});

function leaves(value: unknown): number {
  return value !== null && typeof value === 'object' ? Object.values(value).reduce((sum: number, inner) => sum + leaves(inner), 0) : 1;
}
