import fc from 'fast-check';
import { AnswerMemory } from '../../../src/decide/answer-memory';
import { createBreather } from '../../../src/decide/breather';
import { compareSystems } from '../../../src/decide/impact/compare-systems';
import { replayDecision } from '../../../src/decide/impact/replay-decision';
import { buildPolicyEngine } from '../../../src/decide/policy-engine';
import { createPolicyInForce, type PolicyInForce } from '../../../src/decide/policy-in-force';
import type { PolicyRow } from '../../../src/decide/policy-row';
import { readRecordFile } from '../../../src/decide/read-record-file';
import type { EntryKey, EntryNarrowing } from '../../../src/vocabulary/access-entry';
import type { CaseSystem } from '../../../src/vocabulary/case-system';
import { type PlainRow, plainlySees } from '../../support/plain-impact';
import { RECORD } from '../support/policy-files';

/*
 * The oracle evaluates rows by their words (test/support/plain-impact.ts). The candidate has a relation and a condition that the decisions of
 * the past know nothing of: it tries both ways for every key by itself.
 */
const NEW = { relation: 'referred', condition: 'current' };
const systemOf = (record: string): CaseSystem => {
  const { system, findings } = readRecordFile(Buffer.from(record), 'small/record.yaml', 'small', null);
  if (system === null) throw new Error(JSON.stringify(findings));
  return system;
};
const before = systemOf(RECORD);
const after = systemOf(
  RECORD.replace('relations:\n', 'relations:\n  referred:\n    - { fact: agency, is: caller }\n').replace(
    'conditions:\n',
    'conditions:\n  current:\n    - { privilege: current }\n',
  ),
);

const rowsWith = (relations: readonly string[], conditions: readonly string[]) =>
  fc
    .uniqueArray(
      fc
        .record({
          workgroup: fc.constantFrom('group:worker', 'group:boss', '*'),
          relation: fc.constantFrom(...relations, 'none', '*', '*'),
          privacy: fc.constantFrom('open' as const, 'private' as const, '*' as const),
          when: fc.subarray([...conditions], { maxLength: 2 }),
          section: fc.constantFrom('basic', 'contact', 'notes', '*'),
          action: fc.constantFrom('read', '*'),
          effect: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
        })
        .map((row) => (row.workgroup === '*' && row.effect === 'allow' ? { ...row, workgroup: 'group:worker' } : row)),
      { minLength: 1, maxLength: 10, selector: (row) => JSON.stringify(row) },
    )
    .map((rows): readonly PolicyRow[] => rows.map((row, i) => ({ ...row, line: i + 1 })));

const keyOf = (privacy: EntryKey['privacy']): fc.Arbitrary<EntryKey> =>
  fc.record({
    environment: fc.constant('production' as const),
    application: fc.constant('case-tool'),
    workgroup: fc.constantFrom('worker', 'boss', 'nobody'),
    relations: fc.subarray(['assigned', 'supervisor']),
    privacy: fc.constant(privacy),
    when: fc.subarray(['in-scope', 'privileged']),
  });
const stoodOn = fc.constantFrom('open' as const, 'private' as const).chain((privacy) =>
  fc.record({
    keys: fc.array(keyOf(privacy), { minLength: 1, maxLength: 2 }),
    narrowing: fc.option(
      fc.record({
        carries: fc.oneof(fc.constant(['*']), fc.subarray(['basic', 'contact', 'notes'])),
        actorKeys: fc.option(fc.array(keyOf(privacy), { minLength: 1, maxLength: 1 }), { nil: null }),
      }),
      { nil: null },
    ),
  }),
);

async function policyOf(system: CaseSystem, rows: readonly PolicyRow[]): Promise<PolicyInForce> {
  const engine = await buildPolicyEngine(system, rows, createBreather());
  return createPolicyInForce({ system, engine, memory: new AnswerMemory(engine), workgroups: [] }, 'v', (cause) => {
    throw cause;
  });
}

const plain = (rows: readonly PolicyRow[]): readonly PlainRow[] => rows.map((row) => ({ ...row, isAllow: row.effect === 'allow' }));

function plainlyShows(rows: readonly PlainRow[], keys: readonly EntryKey[], narrowing: EntryNarrowing | null, section: string): boolean {
  const carries = narrowing?.carries ?? ['*'];
  const actorKeys = narrowing?.actorKeys ?? null;
  return (
    plainlySees(rows, keys, section, 'read') &&
    (carries.includes('*') || carries.includes(section)) &&
    (actorKeys === null || plainlySees(rows, actorKeys, section, 'read'))
  );
}

/** Every way in which the new words may hold of these keys. */
function* allWays(keys: readonly EntryKey[]): Generator<readonly EntryKey[]> {
  for (let number = 0; number < 4 ** keys.length; number += 1) {
    yield keys.map((key, i) => {
      const own = (number >> (2 * i)) & 3;
      return {
        ...key,
        relations: [...key.relations, ...((own & 1) === 0 ? [] : [NEW.relation])],
        when: [...key.when, ...((own & 2) === 0 ? [] : [NEW.condition])],
      };
    });
  }
}

test('what is said of a decision under a random candidate is what every way of reading it says; what is not said differs between them', async () => {
  const old = rowsWith(['assigned', 'supervisor'], ['in-scope', 'privileged']);
  const candidate = rowsWith(['assigned', 'supervisor', NEW.relation], ['in-scope', 'privileged', NEW.condition]);
  let [settled, open] = [0, 0];
  await fc.assert(
    fc.asyncProperty(old, candidate, stoodOn, async (oldRows, newRows, { keys, narrowing }) => {
      const granted = before.sections.filter((section) => plainlyShows(plain(oldRows), keys, narrowing, section));
      const place = { system: 'small', environment: 'production', route: 'read-record', action: 'read', policyVersion: 'before' };
      const replayed = replayDecision({ ...place, keys, narrowing, granted }, compareSystems(before, after), {
        policy: await policyOf(after, newRows),
        rows: newRows,
      });
      const actorKeys = narrowing?.actorKeys ?? [];
      const ways = [...allWays([...keys, ...actorKeys])];
      const sees = after.sections.map((section) =>
        ways.map((way) => {
          const acting =
            (narrowing?.actorKeys ?? null) === null || narrowing === null ? narrowing : { ...narrowing, actorKeys: way.slice(keys.length) };
          return plainlyShows(plain(newRows), way.slice(0, keys.length), acting, section);
        }),
      );
      const is = (section: string, answer: boolean): boolean =>
        sees[after.sections.indexOf(section)]?.every((one) => one === answer) === true;
      expect(replayed.gained.map((part) => part.section)).toEqual(after.sections.filter((one) => !granted.includes(one) && is(one, true)));
      expect(replayed.lost.map((part) => part.section)).toEqual(after.sections.filter((one) => granted.includes(one) && is(one, false)));
      const unsaid = after.sections.filter((one) => !is(one, true) && !is(one, false));
      expect(replayed.unsettled.map((one) => one.section)).toEqual(unsaid);
      if (unsaid.length === 0) settled += 1;
      else open += 1;
    }),
    { numRuns: 400 },
  );
  expect([settled > 20, open > 20]).toEqual([true, true]);
}, 60_000);
