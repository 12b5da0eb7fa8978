import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { createLogger } from '../../src/monitoring/create-logger';
import type { OperationsLog } from '../../src/monitoring/create-logger';
import { LOG_FIELDS } from '../../src/monitoring/log-fields';

const CLOCK = (): number => Date.UTC(2026, 10, 22, 15);
const AT = '2026-11-22T15:00:00.000Z';
const SSN = '219-09-9987';

async function linesOf(write: (log: OperationsLog) => void): Promise<readonly Record<string, unknown>[]> {
  const out = new PassThrough();
  const log = createLogger({ level: 'info', clock: CLOCK, out });
  write(log);
  await log.close();
  out.end();
  const text = (await out.toArray()).join('');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a line is an event name and its fields', async () => {
  const lines = await linesOf((log) => {
    log.warn('facts-stale', { system: 'workforce-one', ageSeconds: 912, allowedSeconds: 300 });
    log.debug('not-at-this-level');
    log.info('started', { accessId: '019a2b3c-4d5e-7123-8456-123456789012' });
  });
  expect(lines).toEqual([
    { at: AT, level: 'warn', event: 'facts-stale', system: 'workforce-one', ageSeconds: 912, allowedSeconds: 300 },
    { at: AT, level: 'info', event: 'started', accessId: '019a2b3c-4d5e-7123-8456-123456789012' },
  ]);
});

test('a field that is not on the list, an object and a list are left out and named', async () => {
  const fields = { name: 'Ann Case', note: SSN, system: { ssn: SSN }, keys: [SSN], at: 'forged', level: 'debug' };
  expect(await linesOf((log) => log.error('odd', fields))).toEqual([
    { at: AT, level: 'error', event: 'odd', lost: 'at keys level name note system' },
  ]);
});

test('an error is its name, code and message; its own fields and its numbers stay out', async () => {
  const cause = Object.assign(new Error(`lookup of ${SSN} failed\r\nX-Forged: 1`), {
    code: 'ECONNRESET',
    config: { authorization: 'Bearer x' },
  });
  expect(await linesOf((log) => log.error('upstream-failed', { cause }))).toEqual([
    { at: AT, level: 'error', event: 'upstream-failed', cause: 'Error ECONNRESET: lookup of XXX-XX-XXXX failed X-Forged: 1' },
  ]);
});

test.each(['219099987', '219 09 9987', '219–09–9987', '219.09.9987', '21９-0９-998７', '2\u200b19-09-9987', 'x219099987y'])(
  'RED the number %j stands in no line',
  async (number) => {
    const [line] = await linesOf((log) => log.info('odd', { message: `a ${number} b`, count: 219099987 }));
    expect(line).toEqual({ at: AT, level: 'info', event: 'odd', message: expect.stringContaining('XXX-XX-XXXX'), count: 'XXX-XX-XXXX' });
    expect(JSON.stringify(line)).not.toMatch(/9987|998７/);
  },
);

test('an event that is a sentence, or that forges a line, has no name', async () => {
  expect(await linesOf((log) => log.info('user 7 failed\n{"level":"error"}'))).toEqual([
    { at: AT, level: 'info', event: 'event-without-name' },
  ]);
});

test('a reader that stands still costs lines, not memory, and is told how many', async () => {
  const taken: string[] = [];
  let release = (): void => undefined;
  const out = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      taken.push(chunk);
      release = done;
    },
  });
  const log = createLogger({ level: 'info', clock: CLOCK, out, mostWaitingBytes: 1_000 });
  for (let i = 0; i < 500; i += 1) log.info('busy', { count: i });
  expect(out.writableLength).toBeLessThan(1_200);
  while (out.writableLength > 0) {
    release();
    await new Promise(setImmediate);
  }
  const kept = taken.length;
  log.info('after');
  expect(JSON.parse(taken.at(kept) ?? '')).toEqual({ at: AT, level: 'warn', event: 'log-lines-lost', count: 500 - kept });
});

test('a writer that fails, as a closed pipe does, ends nothing', () => {
  const out = new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error('EPIPE'), { code: 'EPIPE' })) });
  const log = createLogger({ level: 'info', clock: CLOCK, out });
  expect(() => [1, 2, 3].forEach(() => log.error('still-here'))).not.toThrow();
  return log.close(100);
});

test('every field that a room writes is on the list', () => {
  const root = join(__dirname, '../../src');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const unknown = files.flatMap((name) => {
    const calls = readFileSync(join(root, name), 'utf8').matchAll(
      /\b(?:log|operations)\??\.(?:error|warn|info|debug)\(\s*'[a-z0-9-]+',\s*\{([^{}]*)\}/g,
    );
    const fields = [...calls].flatMap(([, body = '']) => body.split(/,(?![^(]*\))/).map((part) => /^\s*(\w+)/.exec(part)?.[1] ?? ''));
    return fields.filter((field) => field !== '' && !LOG_FIELDS.has(field)).map((field) => `${name}: ${field}`);
  });
  expect(unknown).toEqual([]);
});
