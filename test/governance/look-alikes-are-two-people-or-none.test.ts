import { lookOf, oddText } from '../../src/governance/identifiers';
import { ISSUER, type Office, onBothStores, SMALL_OFFICE } from './on-both-stores';

const LOOKALIKES = [
  'COUNSELOR',
  'counselor ',
  ' counselor',
  'cóunselor',
  'couns\u0065\u0301lor',
  'counselor\u200b',
  'counselor\u0000',
  'ｃounselor',
  'counſelor',
];

onBothStores('TOK-16 STO-09 look-alikes', (open) => {
  let office: Office;
  beforeAll(async () => {
    office = await open();
    expect((await office.bring({ 'office.yaml': SMALL_OFFICE })).problems).toEqual([]);
  });
  afterAll(() => office.close());

  test.each(LOOKALIKES)('TOK-16 a lookup by %j finds nobody', (alike) => {
    expect(office.directory.findAccount(ISSUER, `sub-${alike}`, 'production')).toBeUndefined();
    expect(office.directory.account(alike)).toBeUndefined();
    expect(office.directory.findAccount(ISSUER.toUpperCase(), 'sub-counselor', 'production')).toBeUndefined();
  });

  test.each([0, false, true, null, ['sub-counselor'], { $gt: '' }])('TOK-15 a subject that is %j finds nobody', (subject) => {
    expect(office.directory.findAccount(ISSUER, subject as unknown as string, 'production')).toBeUndefined();
    expect(office.directory.account(subject as unknown as string)).toBeUndefined();
  });

  test.each(LOOKALIKES.filter((alike) => !alike.includes('\u0000')))(
    'STO-09 the store finds no row by %j, and none by a number',
    async (alike) => {
      const found = await office.rows.reading((reader) => reader.find('accounts', 'id', [alike]));
      expect(found).toEqual([]);
      await expect(office.rows.reading((reader) => reader.find('accounts', 'id', [0 as unknown as string]))).rejects.toMatchObject({
        code: 'directory-unavailable',
      });
    },
  );

  test('CT-06 an account of one environment does not open the other', () => {
    expect(office.directory.findAccount(ISSUER, 'sub-counselor', 'production')?.id).toBe('counselor');
    expect(office.directory.findAccount(ISSUER, 'sub-counselor', 'training')?.id).toBe('counselor-uat');
    expect(office.directory.findAccount(ISSUER, 'sub-supervisor', 'training')).toBeUndefined();
    expect(office.directory.memberships('counselor', 'workforce-one', 'training')).toEqual([]);
    expect(office.directory.memberships('counselor', 'workforce-one', 'production')).toHaveLength(1);
    expect(office.directory.memberships('counselor', 'trackone', 'production')).toEqual([]);
  });

  test('an import of an id or subject that looks like a known one is refused with words', async () => {
    const account = (id: string, subject: string): string =>
      `  - {id: "${id}", kind: person, person: p-50, issuer: '${ISSUER}', subject: "${subject}", environment: production, organization: example-county}\n`;
    const report = await office.bring({
      'more.yaml':
        'accounts:\n' +
        account('Counselor', 'sub-other') +
        account('other-1', 'SUB-COUNSELOR') +
        account('other-2', 'sub-cóunselor') +
        account('other-3', 'sub-counselor\\u200b') +
        account('other-4', 'sub-counselor') +
        account('other-5', 'sub-x ') +
        account('new-one', 'sub-new') +
        account('NEW-ONE', 'sub-new-2') +
        'organizations:\n  - {id: EXAMPLE-COUNTY, name: Another}\n' +
        'memberships:\n  - {id: m-9, account: batch, system: workforce-one, environment: production, workgroup: w, staff_id: x100, from: 2026-01-01}\n',
    });
    expect(report.problems.map((one) => `${one.line} ${one.column}: ${one.reason}`).sort()).toEqual(
      [
        '2 id: looks like "counselor" in the directory: the two differ only in what people overlook',
        '3 subject: looks like the subject of account "counselor" in the directory',
        '4 subject: looks like the subject of account "counselor" in the directory',
        '5 subject: holds a character that cannot be seen',
        '6 subject: is the subject of account "counselor" in the directory',
        '7 subject: holds a space that cannot be told from another, or begins or ends with one',
        '8 id: looks like "NEW-ONE" in more.yaml line 9: the two differ only in what people overlook',
        '9 id: looks like "new-one" in more.yaml line 8: the two differ only in what people overlook',
        '11 id: looks like "example-county" in the directory: the two differ only in what people overlook',
        '13 staff_id: looks like the staff id of account "counselor" in the directory',
      ].sort(),
    );
    expect(report.outcome).toBe('refused');
  });
});

test('lookOf folds what people overlook and nothing else', () => {
  expect(['COUNSELOR', 'counselor ', 'cóunselor', 'counselor\u200b', 'ｃounselor', 'counſelor'].map(lookOf)).toEqual(
    Array(6).fill('counselor'),
  );
  expect(lookOf('counse1or')).not.toBe('counselor');
  expect(['plain', 'née', 'ne\u0301e', 'a\u00a0b', 'a\u3164b', ''].map(oddText)).toEqual([
    null,
    null,
    'is not in Unicode normal form C',
    'holds a space that cannot be told from another, or begins or ends with one',
    'holds a character that cannot be seen',
    'must have 1 to 255 characters',
  ]);
});
