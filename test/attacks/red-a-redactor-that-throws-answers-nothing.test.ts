import { headersOf, headersOfProblem, faultEntry, problem, recordWith, startHostileCaseSystem } from '../support/hostile-case-system';
import type { HostileCaseSystem } from '../support/hostile-case-system';

/** A fault of our own making: the rule fails on the 57th note, with the very text in its message. */
jest.mock('../../src/shape/rules/ssn', () => {
  const actual = jest.requireActual<typeof import('../../src/shape/rules/ssn')>('../../src/shape/rules/ssn');
  return {
    ...actual,
    maskText: (body: Buffer, start: number, end: number, rule: Parameters<typeof actual.maskText>[3]) => {
      const text = body.toString('utf8', start, end);
      if (text.includes('note 57')) throw new RangeError(`cannot mask ${text}`);
      return actual.maskText(body, start, end, rule);
    },
  };
});

let hostile: HostileCaseSystem;
beforeAll(async () => {
  hostile = await startHostileCaseSystem();
});
afterAll(() => hostile?.stop());

test('RED-28 RED-27 a redactor that throws half way answers a problem, and nothing of the text is told anywhere', async () => {
  const notes = Array.from({ length: 100 }, (_, i) => ({ noteId: i, text: `note ${i + 1}: 219-09-9987` }));
  const seen = await hostile.readPlanted(recordWith(`"ssn":"219-09-9987","caseNotes":${JSON.stringify(notes)}`));
  expect([seen.status, seen.json]).toEqual([500, problem('internal-fault', seen)]);
  expect(headersOf(seen)).toEqual(headersOfProblem(seen.body.length));
  expect(await hostile.entryOf(seen)).toEqual({
    ...faultEntry(hostile, seen, seen.id, 'internal-fault'),
    upstream: { outcome: 'answered', durationMs: expect.any(Number) as unknown as number },
  });
  expect(
    hostile.gateway
      .lines()
      .filter((line) => line.includes(seen.accessId))
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    {
      at: expect.any(String),
      level: 'error',
      event: 'request-fault',
      accessId: seen.accessId,
      code: 'internal-fault',
      message: 'unforeseen',
      cause: 'RangeError',
    },
  ]);
  expect(await hostile.leaks(seen)).toEqual([]);
  expect(await hostile.leaksAnywhere()).toEqual([]);
});

test('RED-28 the next record is answered as ever', async () => {
  const seen = await hostile.readPlanted(recordWith('"ssn":"219-09-9987","caseNotes":[{"text":"note 58: 219-09-9987"}]'));
  expect([seen.status, seen.text.includes('note 58: XXX-XX-9987')]).toEqual([200, true]);
  expect(await hostile.leaks(seen)).toEqual([]);
});
