import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { PolicyRow } from '../../../src/decide/policy-row';
import { readRecordFile } from '../../../src/decide/read-record-file';
import { diffAccess } from '../../../src/decide/review/diff-access';
import { diffRecords } from '../../../src/decide/review/diff-records';
import type { Statement } from '../../../src/decide/review/fold-statements';
import { workgroupsOf } from '../../../src/decide/review/make-matrix';
import type { CaseSystem } from '../../../src/vocabulary/case-system';
import { checkSmall } from '../support/asking';
import { POLICY, RECORD } from '../support/policy-files';
import { answers, type Holder, randomSystem, row, rows } from './random-policies';

let system: CaseSystem;
beforeAll(async () => {
  system = await randomSystem();
});

/** True if the statement speaks of what this caller asks. */
function speaksOf(one: Statement, known: readonly string[], who: Holder, section: string, action: string): boolean {
  const own = known.includes(`group:${who.workgroup}`) ? `group:${who.workgroup}` : '*';
  const has = (list: readonly string[], word: string): boolean => list.includes('*') || list.includes(word);
  return (
    one.workgroup === own &&
    one.privacies.includes(who.privacy) &&
    has(one.sections, section) &&
    has(one.actions, action) &&
    (who.relations.length === 0 ? has(one.relations, 'none') : who.relations.some((word) => has(one.relations, word))) &&
    one.when.every((word) => who.conditions.includes(word))
  );
}

test('whoever sees more or less by casbin is told of, and nobody else', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.nat(), row, fc.boolean(), async (all, at, put, isGone) => {
      const line = at % all.length;
      const changed = all.flatMap((one, i): readonly PolicyRow[] => (i !== line ? [one] : isGone ? [] : [{ ...put, line: one.line }]));
      if (new Set(changed.map((one) => JSON.stringify({ ...one, line: 0 }))).size < changed.length) return;
      const diff = diffAccess({ system, rows: all }, { system, rows: changed });
      const known = [...workgroupsOf(system, all), ...workgroupsOf(system, changed)];
      const [before, after] = [await answers(system, all), await answers(system, changed)];
      const witnessed = { gains: new Set<Statement>(), loses: new Set<Statement>() };
      for (const [i, { who, action, allowed }] of before.entries()) {
        const now = after[i]?.allowed ?? [];
        for (const [number, section] of system.sections.entries()) {
          if (now[number] === allowed[number]) continue;
          const kind = now[number] === true ? 'gains' : 'loses';
          const telling = diff[kind].filter((one) => speaksOf(one, known, who, section, action));
          telling.forEach((one) => witnessed[kind].add(one));
          // Where two relations hold, a denial by one takes away what the other shows.
          const denials = diff[kind === 'gains' ? 'deniedNoMore' : 'denied'].filter((one) => speaksOf(one, known, who, section, action));
          expect([who, action, section, kind, [...telling, ...denials].length > 0]).toEqual([who, action, section, kind, true]);
        }
      }
      expect([diff.gains.length, diff.loses.length]).toEqual([witnessed.gains.size, witnessed.loses.size]);
      const isDenialSame = JSON.stringify(before.map((one) => one.denied)) === JSON.stringify(after.map((one) => one.denied));
      if (isDenialSame) expect([diff.denied, diff.deniedNoMore]).toEqual([[], []]);
    }),
    { numRuns: 30 },
  );
});

test('changes of access are told in few statements, whatever rows they come from', async () => {
  const before = await checkSmall();
  const after = await checkSmall({
    policy: POLICY.replace(
      'p, group:worker, *, open, in-scope, contact, read, allow',
      'p, group:worker, *, *, always, contact, *, allow',
    ).replace('assigned, *, always, *, read, allow', 'supervisor, *, always, *, read, allow'),
  });
  if (before.system === null || after.system === null) throw new Error('not read');
  const diff = diffAccess({ system: before.system, rows: before.rows }, { system: after.system, rows: after.rows });
  const said = (one: Statement): string =>
    [one.actions, one.relations, one.privacies, one.when, one.sections].map((words) => words.join('+') || '-').join(' | ');
  expect({ gains: diff.gains.map(said), loses: diff.loses.map(said), denied: diff.denied, deniedNoMore: diff.deniedNoMore }).toEqual({
    gains: [
      '* | none+supervisor | open+private | - | contact',
      'search+export+create+update+delete+assign+approve | assigned | open+private | - | contact',
      'read | supervisor | open+private | - | notes',
    ],
    loses: ['read | assigned | open+private | - | notes'],
    denied: [],
    deniedNoMore: [],
  });
});

test('access also changes without a row: fields, clauses, facts, routes and settings are told by what they mean', async () => {
  const before = await checkSmall();
  const after = await checkSmall({
    record: RECORD.replace('    /phone: plain\n', '    /mail: plain\n')
      .replace('    /name: plain\n', '    /name: plain\n    /phone: text\n')
      .replace('fact: staff, is: supervised-by-caller', 'fact: staff, is: caller')
      .replace('{ privilege: private-records }', '{ privilege: private-records }\n  far-away:\n    - { fact: agency, has: [moon, mars] }')
      .replace('private: [true], open: [false]', "private: [true], open: [false, 'N']")
      .replace('sections: all', 'sections: [basic, notes]')
      .replace('mostMemberships: 4', 'mostMemberships: 5')
      .replace('title: Small', 'title: Another title'),
  });
  if (before.system === null || after.system === null) throw new Error(JSON.stringify(after.findings));
  expect(diffRecords(before.system, before.system)).toEqual([]);
  expect(diffRecords(before.system, after.system)).toEqual([
    {
      what: 'fact',
      name: 'privacy',
      was: 'flag from the body at /private (must-speak); private: true; open: false',
      is: 'flag from the body at /private (must-speak); private: true; open: false, N',
    },
    {
      what: 'relation',
      name: 'supervisor',
      was: 'staff of the record is the staff id of somebody whom the caller supervises directly',
      is: "staff of the record is the caller's own staff id",
    },
    { what: 'condition', name: 'far-away', was: null, is: 'agency of the record is moon or mars' },
    { what: 'field', name: '/phone', was: 'contact, plain', is: 'basic, text' },
    { what: 'field', name: '/mail', was: null, is: 'contact, plain' },
    {
      what: 'route',
      name: 'read-record',
      was: 'GET /records/{record}, read, shows all sections, facts from the body, id at /id, application/json, at most 65536 bytes',
      is: 'GET /records/{record}, read, shows basic, notes, facts from the body, id at /id, application/json, at most 65536 bytes',
    },
    { what: 'setting', name: 'mostMemberships', was: '4', is: '5' },
  ]);
});

test('what lists and writes settle is told as well, and a field more is no change of any route', () => {
  const text = readFileSync(join(__dirname, '../../../policies/workforce-one/record.yaml'), 'utf8');
  const compiled = (record: string): CaseSystem => {
    const { system: found, findings } = readRecordFile(Buffer.from(record), 'record.yaml', 'workforce-one');
    if (found === null) throw new Error(JSON.stringify(findings));
    return found;
  };
  const changed = (from: string, to: string): readonly unknown[] => {
    expect(text).toContain(from);
    return diffRecords(compiled(text), compiled(text.replace(from, to))).map(({ what, name }) => [what, name]);
  };
  expect(changed('fields:\n  basic:\n', 'fields:\n  basic:\n    /nickname: plain\n')).toEqual([['field', '/nickname']]);
  expect(changed('most: 100 }', 'most: 200 }')).toEqual([['route', 'search-records']]);
  expect(changed('name.first: { how: equals,', 'name.first: { how: like,')).toEqual([['route', 'search-records']]);
  expect(changed('concurrency: none', 'concurrency: if-match')).toEqual([['route', 'change-record']]);
});
