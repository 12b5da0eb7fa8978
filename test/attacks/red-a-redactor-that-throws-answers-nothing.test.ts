import { headersOf, headersOfProblem, faultEntry, problem, recordWith, startHostileCaseSystem } from '../support/hostile-case-system';
import type { HostileCaseSystem, Seen } from '../support/hostile-case-system';

/** Faults of our own making: the rule fails on the 57th note, and on one SSN before anything is decided, with the very text in its message. */
jest.mock('../../src/shape/rules/ssn', () => {
  const actual = jest.requireActual<typeof import('../../src/shape/rules/ssn')>('../../src/shape/rules/ssn');
  let texts = 0;
  return {
    ...actual,
    masksFor: (...given: Parameters<typeof actual.masksFor>) => {
      texts += 1;
      if (texts === 57) throw new RangeError('cannot mask note 57: 219-09-9987');
      return actual.masksFor(...given);
    },
    ssnsIn: (value: string) => {
      if (value === '666-57-9987') throw new RangeError(`cannot read ${value}`);
      return actual.ssnsIn(value);
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
  await expectNothingTold(seen);
});

test('RED-28 RED-27 one that throws while the record is read answers the same', async () => {
  await expectNothingTold(await hostile.readPlanted(recordWith('"ssn":"666-57-9987","caseNotes":[{"text":"219-09-9987"}]')));
});

async function expectNothingTold(seen: Seen & { readonly id: string }): Promise<void> {
  expect([seen.status, seen.json]).toEqual([502, problem('shaping-failed', seen)]);
  expect(headersOf(seen)).toEqual(headersOfProblem(seen.body.length));
  expect(await hostile.entryOf(seen)).toEqual({
    ...faultEntry(hostile, seen, seen.id, 'shaping-failed'),
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
      code: 'shaping-failed',
      message: 'the answer could not be shaped',
      cause: 'RangeError',
    },
  ]);
  expect(await hostile.leaks(seen)).toEqual([]);
  expect(await hostile.leaksAnywhere()).toEqual([]);
  expect(JSON.stringify([seen.json, await hostile.gateway.entries({ all: true }), hostile.gateway.lines()])).not.toContain('57-9987');
}

test('RED-28 the next record is answered as ever', async () => {
  const seen = await hostile.readPlanted(recordWith('"ssn":"219-09-9987","caseNotes":[{"text":"note 58: 219-09-9987"}]'));
  expect([seen.status, seen.text.includes('note 58: XXX-XX-9987')]).toEqual([200, true]);
  expect(await hostile.leaks(seen)).toEqual([]);
});
