import type { AccessEntry } from '../../src/vocabulary/access-entry';
import { seededSsns } from '../../demo/make-records';
import type { Reply } from '../support/gateway';
import type { PolicyCopy } from '../support/policy-copy';
import { factsOf, fullSsnsIn, nextOf, startListGateway, widePolicies, type Facts, type Held, type ListGateway } from './list-gateway';

/**
 * The ledger: what the case system holds and what the client received, for random callers and queries, compared by an oracle that knows the
 * policy as people say it and nothing of the code. CASEGATE_TEST_LEDGER_PAIRS=10000 for the long run.
 */
const PAIRS = Number(process.env['CASEGATE_TEST_LEDGER_PAIRS'] ?? 1_000);

let gateway: ListGateway;
let policies: PolicyCopy;
let facts: ReadonlyMap<string, Facts>;
let seeded: ReadonlySet<string>;
beforeAll(async () => {
  policies = widePolicies();
  gateway = await startListGateway({ policies: policies.folder });
  facts = factsOf(gateway.workforceOne);
  // Numbers of which a record holds all nine digits somewhere.
  seeded = new Set(seededSsns());
});
afterAll(async () => {
  await gateway?.stop();
  policies?.remove();
});

const BASIC = ['recordId', 'name', 'birthDate', 'ssn', 'maxisCaseNumber', 'pmi', 'programName', 'caseStatus'];
const MORE = ['contact', 'assignment'];
/** What the route can show at all: the top-level keys that record.yaml classifies. */
const ALL = [
  ...[...BASIC, ...MORE, 'privacy', 'demographics', 'relatives', 'activities', 'assessments', 'employmentPlans', 'caseNotes'],
  ...['handOverNotes', 'documents', 'referrals'],
];

interface Person {
  readonly name: string;
  readonly staffId: string;
  readonly agency: string;
  readonly counties: readonly string[];
  readonly isCounselor: boolean;
}
const PEOPLE: readonly Person[] = [
  { name: 'counselor', staffId: 'S1001', agency: 'AG-NORTH', counties: ['62'], isCounselor: true },
  { name: 'other-counselor', staffId: 'S1002', agency: 'AG-NORTH', counties: ['62'], isCounselor: true },
  { name: 'south-counselor', staffId: 'S2001', agency: 'AG-SOUTH', counties: ['19'], isCounselor: true },
  { name: 'no-staff-id', staffId: '', agency: 'AG-NORTH', counties: ['62'], isCounselor: true },
  { name: 'supervisor', staffId: 'S1100', agency: 'AG-NORTH', counties: ['*'], isCounselor: false },
  { name: 'data-specialist', staffId: 'S1200', agency: 'AG-NORTH', counties: ['*'], isCounselor: false },
  { name: 'monitor', staffId: 'S1300', agency: '*', counties: ['*'], isCounselor: false },
  { name: 'referred-worker', staffId: 'S1400', agency: 'AG-SOUTH', counties: ['62'], isCounselor: false },
];

/** Top-level keys of a record that a person may see in a list, as the rows of `widePolicies` say. */
function mayShow(person: Person, record: Held): readonly string[] {
  const { isPrivate, staffId, agency, county } = facts.get(record.recordId) as Facts;
  if (!person.isCounselor) return BASIC;
  if (person.staffId !== '' && person.staffId === staffId) return ALL;
  return !isPrivate && agency === person.agency && person.counties.includes(county) ? [...BASIC, ...MORE] : BASIC;
}

/** One thing to ask, and which records it finds; `needs`: the key that must be shown of a record for it to be found. */
interface Question {
  readonly query: string;
  readonly finds: (record: Held) => boolean;
  readonly needs: string | null;
}

function questionsOf(random: (most: number) => number): readonly Question[] {
  const pick = <T>(all: readonly T[]): T => all[random(all.length)] as T;
  const any = pick(gateway.workforceOne);
  const last = (record: Held): string => (record['name'] as { last: string }).last;
  const city = pick(['Duluth', 'Maplewood', 'Roseville', 'Saint Paul']);
  const status = pick(['Active', 'Closed', 'Exited', 'Pending']);
  const staff = pick(['S1001', 'S1002', 'S2001', 'S3001']);
  const year = 1960 + random(40);
  const say = (word: string, value: string): string => `${word}=${encodeURIComponent(value)}`;
  return [
    { query: '', finds: () => true, needs: null },
    { query: say('caseStatus', status), finds: (one) => one['caseStatus'] === status, needs: null },
    { query: say('caseStatus_ne', status), finds: (one) => one['caseStatus'] !== status, needs: null },
    { query: say('name.last', last(any)), finds: (one) => last(one) === last(any), needs: null },
    { query: say('recordId', any.recordId), finds: (one) => one.recordId === any.recordId, needs: null },
    {
      query: `birthDate_gte=${year}-01-01&birthDate_lte=${year}-12-31`,
      finds: (one) => String(one['birthDate']).startsWith(String(year)),
      needs: null,
    },
    {
      query: say('contact.address.city', city),
      finds: (one) => (one['contact'] as { address: { city: string } }).address.city === city,
      needs: 'contact',
    },
    { query: say('assignment.staffId', staff), finds: (one) => facts.get(one.recordId)?.staffId === staff, needs: 'assignment' },
  ];
}

/** The same numbers at every run: a failure can be run again. */
function mulberry(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * most);
  };
}

interface Counted {
  readonly reply: Reply;
  readonly person: Person;
}

test(`${PAIRS} random pairs of caller and query`, async () => {
  const random = mulberry(20240703);
  const counted: Counted[] = [];
  let elements = 0;
  let found = 0;
  const held = new Map(gateway.workforceOne.map((one) => [one.recordId, one]));
  const check = async (person: Person, question: Question, size: number): Promise<void> => {
    const query = [question.query, `_limit=${size}`].filter((one) => one !== '').join('&');
    const reply = await gateway.get(`/workforce-one/records?${query}`, person.name);
    counted.push({ reply, person });
    if (question.needs !== null && !person.isCounselor) {
      expect([reply.status, reply.json]).toMatchObject([400, { code: 'query-not-allowed' }]);
      return;
    }
    expect(reply.status).toBe(200);
    const shown = reply.json as Record<string, unknown>[];
    // Every record it gives is one that the query finds, and of which the field that was asked about is shown to this person.
    const finds = gateway.workforceOne.filter(
      (one) => question.finds(one) && (question.needs === null || mayShow(person, one).includes(question.needs)),
    );
    const ids = shown.map((one) => String(one['recordId']));
    expect(ids.filter((id) => !finds.some((one) => one.recordId === id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(Math.min(size, finds.length));
    expect(nextOf(reply.headers['link']) !== null).toBe(finds.length > size);
    // Nothing of an element stands outside what the policy shows, and every value is the case system's own but for masks.
    for (const element of shown) {
      const record = held.get(String(element['recordId'])) as Held;
      const may = mayShow(person, record);
      expect(Object.keys(element).filter((key) => !may.includes(key))).toEqual([]);
      for (const key of BASIC) expect(key in element).toBe(key in record);
      expect(differences(element, record)).toEqual([]);
      expect(element['ssn']).toMatch(/^XXX-XX-(\d{4}|XXXX)$/);
    }
    elements += shown.length;
    found += finds.length;
    expect(fullSsnsIn(reply.text, seeded)).toEqual([]);
  };
  const pairs = Array.from({ length: PAIRS }, () => {
    const all = questionsOf(random);
    return [PEOPLE[random(PEOPLE.length)] as Person, all[random(all.length)] as Question, [1, 2, 5, 10, 25][random(5)] as number] as const;
  });
  const work = async (): Promise<void> => {
    for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) await check(...pair);
  };
  await Promise.all(Array.from({ length: 6 }, work));
  expect([counted.length, elements > PAIRS, found > elements]).toEqual([PAIRS, true, true]);

  // The accounts: each answer has one entry, and it names the records and sections which an independent count at the client finds.
  const entries = new Map((await gateway.entries()).map((entry) => [entry.accessId, entry]));
  for (const { reply } of counted) expect(accountOf(entries.get(reply.accessId))).toEqual(countOf(reply));
  expect(await gateway.isWhole()).toBe(true);
}, 600_000);

/** Which sections of which records an entry says were disclosed, told by what a section holds. */
const accountOf = (entry: AccessEntry | undefined): unknown =>
  entry?.records.map((one) => [one.id, Object.keys(one.disclosed).includes('contact'), Object.keys(one.disclosed).includes('case-notes')]);

const countOf = (reply: Reply): unknown =>
  reply.status === 200
    ? (reply.json as Record<string, unknown>[]).map((one) => [one['recordId'], 'contact' in one, 'caseNotes' in one])
    : [];

/** Leaves that are not those of the case system, masks aside. */
function differences(shown: unknown, held: unknown, place = ''): readonly string[] {
  if (typeof shown === 'string' && shown.includes('XXX-XX-')) return [];
  if (shown === null || typeof shown !== 'object') return shown === held ? [] : [place];
  if (held === null || typeof held !== 'object') return [place];
  return Object.entries(shown).flatMap(([key, value]) => differences(value, (held as Record<string, unknown>)[key], `${place}/${key}`));
}
