import type { Membership } from '../../../src/vocabulary/access';
import type { Statement } from '../../../src/decide/review/fold-statements';
import { sayMembership } from '../../../src/decide/review/say-membership';
import { checkSmall } from '../support/asking';
import { casesFor } from '../support/policy-files';

const POLICY = `p, group:worker, *, *, always, basic, read, allow
p, group:worker, assigned, *, always, *, read, allow
p, group:worker, supervisor, open, always, contact, read, allow
p, group:worker, supervisor, private, privileged, contact, read, allow
p, group:worker, *, open, in-scope, contact, *, allow
p, *, supervisor, *, always, notes, delete, deny
end
`;

const MEMBERSHIP: Membership = {
  id: 'm1',
  account: 'somebody',
  system: 'small',
  environment: 'production',
  workgroup: 'worker',
  staffId: 'S1',
  scopes: { agency: ['A'], counties: [], offices: [], programs: [], regions: [] },
  privileges: ['private-records'],
  fromMs: 0,
  toMs: null,
};

const said = ({ actions, privacies, relations, when, sections }: Statement): string =>
  [actions, privacies, relations, when.length === 0 ? ['always'] : when, sections].map((words) => words.join('+')).join(' | ');
async function say(change: Partial<Membership>, supervises: boolean) {
  const { system, rows, findings } = await checkSmall({ policy: POLICY, cases: casesFor('worker') });
  if (system === null) throw new Error(JSON.stringify(findings));
  const { may, denied, words, lacks } = sayMembership({ system, rows }, { ...MEMBERSHIP, ...change }, supervises);
  return {
    may: may.map(said),
    denied: denied.map(said),
    words: words.map((one) => one.word),
    lacks: lacks.map((one) => `${one.word}: ${one.says}`),
  };
}

test('a privilege that the membership carries is not asked for again', async () => {
  expect(await say({}, true)).toEqual({
    may: [
      'read | open+private | none | always | basic',
      '* | open | none | in-scope | contact',
      'read | open+private | assigned | always | *',
      'search+export+create+update+delete+assign+approve | open | assigned+supervisor | in-scope | contact',
      'read | open+private | supervisor | always | basic+contact',
    ],
    denied: ['delete | open+private | supervisor | always | notes'],
    words: ['assigned', 'supervisor', 'in-scope'],
    lacks: [],
  });
});

test('what the membership can never have is left out, and named', async () => {
  expect(await say({ staffId: '', privileges: [], scopes: { ...MEMBERSHIP.scopes, agency: [] } }, false)).toEqual({
    may: ['read | open+private | * | always | basic'],
    denied: [],
    words: [],
    lacks: [
      "assigned: staff of the record is the caller's own staff id",
      'supervisor: staff of the record is the staff id of somebody whom the caller supervises directly',
      "in-scope: agency of the record is in the membership's agency",
      'privileged: the membership carries the privilege private-records',
    ],
  });
});

test('a workgroup that the policy does not know may nothing, and rows for everybody still deny', async () => {
  expect(await say({ workgroup: 'stranger' }, true)).toEqual({
    may: [],
    denied: ['delete | open+private | supervisor | always | notes'],
    words: ['supervisor'],
    lacks: [],
  });
});
