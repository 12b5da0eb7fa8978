import { createBreather } from '../../src/decide/breather';
import { checkSystem } from '../../src/decide/check-system';
import { casesFor, POLICY, RECORD } from './support/policy-files';

const check = async (policy: string) =>
  checkSystem(
    'small',
    {
      'record.yaml': Buffer.from(RECORD),
      'policy.csv': Buffer.from(policy),
      'cases.csv': Buffer.from(casesFor('worker')),
      'holidays.csv': null,
    },
    createBreather(),
  );
const DENY = 'p, group:worker, *, *, always, contact, read, deny\n';

test.each([
  ['LS', '\u2028'],
  ['PS', '\u2029'],
  ['NEL', '\u0085'],
  ['VT', '\u000b'],
  ['FF', '\u000c'],
])('C05 a deny row after a comment and %s, which editors show as a line of its own, is not lost in silence', async (_name, sign) => {
  const told = await check(POLICY.replace('end\n', `# nobody reads the contact${sign}${DENY}end\n`));
  expect(told.findings).toMatchObject([{ rule: 'unreadable', file: 'small/policy.csv', line: 5, column: 27 }]);
});
