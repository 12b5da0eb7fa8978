import type { AccessEntry } from '../../src/vocabulary/access-entry';
import { request } from 'undici';
import { RECORDS } from '../support/agency';
import { servedGateways, type ServedGateway, type Surroundings } from '../support/served-gateway';
import { serveWritable, type WritingCaseSystem } from './writing-case-system';

const PATH = '/records/P1';

let around: Surroundings;
let cases: WritingCaseSystem;
beforeAll(async () => {
  around = await servedGateways();
  cases = serveWritable(around.upstream, {});
}, 120_000);
afterAll(() => around.close());

const intents = (entries: readonly AccessEntry[]): readonly AccessEntry[] => entries.filter((one) => one.kind === 'intent');

async function killedWhile(gateway: ServedGateway, onWrite: NonNullable<WritingCaseSystem['behaviour']['onWrite']>): Promise<AccessEntry> {
  cases.begin({ [PATH]: structuredClone((RECORDS as Record<string, Record<string, unknown>>)['P1'] ?? {}) }, {});
  const authorization = `Bearer ${await around.token('counselor')}`;
  const url = `${gateway.dataUrl}/workforce-one${PATH}`;
  const read = await request(url, { headers: { authorization } });
  await read.body.dump();
  const dead = new Promise<void>((killed) => {
    cases.behaviour.onWrite = (one, apply) => {
      const answer = onWrite(one, apply);
      gateway.process.kill('SIGKILL');
      killed();
      return answer;
    };
  });
  const answer = request(url, {
    method: 'PATCH',
    headers: { authorization, 'content-type': 'application/json', 'if-match': String(read.headers['etag']) },
    body: JSON.stringify({ demographics: { maritalStatus: 'widowed' } }),
  });
  await expect(answer).rejects.toThrow();
  await dead;
  const [intent] = intents(await around.entries()).slice(-1);
  if (intent === undefined) throw new Error('what was sent has no intent');
  return intent;
}

async function foundOf(intent: AccessEntry): Promise<AccessEntry> {
  for (;;) {
    const found = (await around.entries()).find(
      (one) => one.kind === 'outcome' && (one.details?.['write'] as { intent: string }).intent === intent.accessId,
    );
    if (found !== undefined) return found;
    await new Promise((next) => setTimeout(next, 200));
  }
}

test('kill -9 after the case system took it, and before: the next start reads the record and records what it finds', async () => {
  const first = await around.start();
  const done = await killedWhile(first, (_request, apply) => {
    apply();
    return undefined;
  });
  await first.end('SIGKILL');
  const second = await around.start();
  expect((await foundOf(done)).outcome.reasons).toEqual(['write-applied']);
  const lost = await killedWhile(second, () => undefined);
  await second.end('SIGKILL');
  const third = await around.start();
  expect((await foundOf(lost)).outcome.reasons).toEqual(['write-absent']);
  expect(cases.writes().length).toBe(1);
  await third.end('SIGTERM');
  // A start finds nothing open any more.
  const fourth = await around.start();
  await fourth.end('SIGTERM');
  expect(fourth.lines().filter((line) => line.includes('writes-left-behind'))).toEqual([]);
  expect((await around.verify()).every((chain) => chain.fault === null)).toBe(true);
}, 180_000);
