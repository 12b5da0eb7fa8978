import { makeRecords, seededSsns } from '../../demo/make-records';
import type { DemoRecord } from '../../demo/make-records';
import { CANARY_SSN, SPELLINGS } from '../../demo/make-ssns';
import { TOUR_RECORD_ID } from '../../demo/tour-record';

const records = makeRecords();
const everything = [...records.workforceOne, ...records.trackOne];

test('they are the same at every start', () => {
  expect(makeRecords()).toEqual(records);
  expect(seededSsns()).toEqual(records.seededSsns);
});

test('there are enough of them, each under its own id', () => {
  expect(records.workforceOne.length).toBeGreaterThanOrEqual(2_000);
  expect(records.trackOne).toHaveLength(300);
  expect(new Set(records.workforceOne.map((record) => record['recordId'])).size).toBe(records.workforceOne.length);
  expect(records.workforceOne[0]?.['recordId']).toBe(TOUR_RECORD_ID);
});

test('no SSN in them was ever issued: 000, 666, 9xx outside the taxpayer groups, and the canary', () => {
  const issuable = records.seededSsns.filter((ssn) => !/^(?:000|666|9\d\d)/.test(ssn) || Number(ssn.slice(3, 5)) > 49);
  expect(issuable).toEqual([CANARY_SSN]);
  expect(records.seededSsns.filter((ssn) => !/^\d{9}$/.test(ssn))).toEqual([]);
});

test('whatever looks like an SSN in them is one of the seeded ones', () => {
  const seeded = new Set(records.seededSsns);
  const strangers = everything.flatMap((record) => stringsOf(record).flatMap(ssnShapes)).filter((digits) => !seeded.has(digits));
  expect(strangers).toEqual([]);
});

test('RED-01 RED-02 RED-03 SSNs stand in the notes in every spelling', () => {
  const texts = everything.flatMap(stringsOf).join('\n');
  const found = SPELLINGS.map((spell) => records.seededSsns.some((ssn) => texts.includes(spell(ssn))));
  expect(found).toEqual(SPELLINGS.map(() => true));
});

test('RED-06 SSN fields are texts with dashes, texts without, numbers, and already masked', () => {
  const kinds = new Set(records.workforceOne.map((record) => kindOf(record['ssn'])));
  expect([...kinds].sort()).toEqual(['dashed', 'digits', 'masked', 'number']);
  expect(records.workforceOne.some((record) => typeof record['ssn'] === 'number' && record['ssn'] < 100_000_000)).toBe(true);
});

test('about 15 in 100 are private, some are silent about it', () => {
  const privacy = records.workforceOne.map((record) => (record['privacy'] as { indicator: unknown } | undefined)?.indicator);
  const share = (words: readonly unknown[]) => privacy.filter((word) => words.includes(word)).length / privacy.length;
  expect(share([true, 'Y'])).toBeGreaterThan(0.12);
  expect(share([true, 'Y'])).toBeLessThan(0.18);
  expect(share([undefined])).toBeGreaterThan(0);
  expect(share([true, 'Y', false, 'N', undefined])).toBe(1);
});

test('WF1-03 there are records without an assignee, with a blank agency, and with former assignees', () => {
  const assignments = records.workforceOne.map(
    (record) => record['assignment'] as { staffId: unknown; agency: unknown; history: readonly unknown[] },
  );
  const count = (holds: (one: (typeof assignments)[number]) => boolean) => assignments.filter(holds).length;
  expect(count((one) => one.staffId === '')).toBeGreaterThan(10);
  expect(count((one) => one.staffId === null)).toBeGreaterThan(10);
  expect(count((one) => one.agency === '')).toBeGreaterThan(10);
  expect(count((one) => one.history.length > 0)).toBeGreaterThan(100);
});

function kindOf(ssn: unknown): string {
  if (typeof ssn === 'number') return 'number';
  const text = String(ssn);
  return text.startsWith('XXX') ? 'masked' : text.includes('-') ? 'dashed' : 'digits';
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsOf);
  return value !== null && typeof value === 'object' ? Object.values(value as DemoRecord).flatMap(stringsOf) : [];
}

/** Nine digits in a row, or 3-2-4, once digits and dashes are plain. Written apart from the gateway's own finder. */
function ssnShapes(text: string): string[] {
  const plain = text
    .normalize('NFKC')
    .replace(/[\u200b-\u200d\u00ad]/g, '')
    .replace(/\p{Nd}/gu, (digit) => String((digit.codePointAt(0) ?? 0) > 0x39 ? (digit.codePointAt(0) ?? 0) - 0x660 : digit));
  return [...plain.matchAll(/(?<!\d)(\d{3})[-\s./\u2010-\u2015\u2212]{0,3}(\d{2})[-\s./\u2010-\u2015\u2212]{0,3}(\d{4})(?!\d)/g)]
    .filter(([whole]) => !/^\d{5}-\d{4}$/.test(whole))
    .map(([, area, group, serial]) => `${area}${group}${serial}`);
}
