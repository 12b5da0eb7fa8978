import { Pool } from 'undici';
import { seededSsns } from '../../demo/make-records';
import type { PolicyCopy } from '../support/policy-copy';
import { factsOf, fullSsnsIn, startListGateway, widePolicies, type Facts, type Held, type ListGateway } from './list-gateway';

/**
 * A black box: somebody with a valid account and ten thousand queries who wants to know, of records whose details are hidden from them, the
 * first five digits of the SSN, the city they live in, and a word of a case note. They know what an insider knows: the names of all
 * fields, the grammar of the case system, and everything that the policy shows them.
 *
 * An oracle is anything in an answer that differs with the hidden value. So each question is asked of pairs of records which the attacker
 * sees alike and whose hidden values differ: had any question an answer, the answers of a pair would differ in it.
 */
const QUERIES = 10_000;

let gateway: ListGateway;
let policies: PolicyCopy;
let pool: Pool;
let headers: Record<string, string>;
beforeAll(async () => {
  policies = widePolicies();
  gateway = await startListGateway({ policies: policies.folder });
  pool = new Pool(gateway.dataUrl, { connections: 8, pipelining: 1 });
  headers = { authorization: `Bearer ${await gateway.token('south-counselor')}` };
});
afterAll(async () => {
  await pool?.close();
  await gateway?.stop();
  policies?.remove();
});

const LIST = '/workforce-one/records';

interface Told {
  readonly status: number;
  readonly ids: readonly string[];
  /** All that an attacker can look at, but for the access id, the moment, the seal of a cursor and when the line is closed. */
  readonly all: string;
  readonly text: string;
  readonly ms: number;
}

let asked = 0;
async function ask(query: string): Promise<Told> {
  asked += 1;
  const began = performance.now();
  const reply = await pool.request({ method: 'GET', path: `${LIST}?${query}`, headers });
  const text = await reply.body.text();
  const ms = performance.now() - began;
  const id = String(reply.headers['casegate-access-id']);
  const seen = {
    ...reply.headers,
    'casegate-access-id': '',
    date: '',
    connection: '',
    'keep-alive': '',
    link: String(reply.headers['link'] ?? '').replace(/cursor=[a-p]+/, 'cursor='),
  };
  const ids = reply.statusCode === 200 ? (JSON.parse(text) as { recordId: string }[]).map((one) => one.recordId) : [];
  return { status: reply.statusCode, ids, all: JSON.stringify([reply.statusCode, seen, text.replaceAll(id, '')]), text, ms };
}

const cityOf = (record: Held): string => (record['contact'] as { address: { city: string } }).address.city;
const zipOf = (record: Held): string => (record['contact'] as { address: { zip: string } }).address.zip;
const ssnOf = (record: Held): string => String(record['ssn']).replace(/\D/g, '').padStart(9, '0');
const noteOf = (record: Held): string => (record['caseNotes'] as { text: string }[])[0]?.text ?? '';

/** Records of which the attacker sees basic information and nothing more. */
function hiddenFrom(records: readonly Held[], facts: ReadonlyMap<string, Facts>): readonly Held[] {
  return records.filter((one) => {
    const { isPrivate, agency, county, staffId } = facts.get(one.recordId) as Facts;
    return staffId !== 'S2001' && (isPrivate || agency !== 'AG-SOUTH' || county !== '19') && !String(one['ssn']).startsWith('X');
  });
}

/** Questions about one record; what they would tell stands in the hidden value alone. */
function questions(record: Held): readonly string[] {
  const me = `recordId=${record.recordId}`;
  const city = encodeURIComponent(cityOf(record));
  const [digits, word] = [ssnOf(record), noteOf(record).split(' ')[1]?.replace(/\W/g, '') ?? 'Met'];
  return [
    // The city and the postal code: filters that the route declares, and ways to write them that it does not.
    ...['Duluth', 'Maplewood', 'Roseville', 'Saint%20Paul'].map((one) => `${me}&contact.address.city=${one}`),
    ...[0, 1, 2, 3].map((at) => `${me}&contact.address.zip_like=${zipOf(record).slice(at, at + 5)}`),
    `${me}&contact.address.city_ne=${city}`,
    `${me}&contact.address.city_like=${city}`,
    `contact.address.city=${city}&_limit=1&${me}&_page=1`,
    `contact.address.city=${city}&_limit=1&${me}&_page=2`,
    // An order that the hidden value decides.
    `${me}&_sort=contact.address.city&_order=desc`,
    `${me}&_sort=ssn`,
    `name.last=${encodeURIComponent((record['name'] as { last: string }).last)}&_sort=contact.address.city&_limit=1`,
    // The SSN: filter, range, part, search.
    ...[1, 3, 5].map((length) => `${me}&ssn_like=${digits.slice(0, length)}`),
    `${me}&ssn_gte=${digits.slice(0, 5)}`,
    `${me}&ssn_lte=${digits.slice(0, 5)}`,
    `${me}&q=${digits.slice(0, 5)}`,
    `${me}&maxisCaseNumber=${digits.slice(0, 5)}`,
    `${me}&name.last_like=${digits.slice(0, 5)}`,
    // A word of a case note.
    `${me}&q=${word}`,
    `${me}&caseNotes.0.text_like=${word}`,
    `${me}&caseNotes=${word}`,
    `${me}&_embed=caseNotes`,
  ];
}

test(`R105 ${QUERIES} queries tell nothing of five digits, a city or a word that are hidden`, async () => {
  const hidden = hiddenFrom(gateway.workforceOne, factsOf(gateway.workforceOne));
  const told: { readonly record: Held; readonly answers: readonly Told[] }[] = [];
  const queue = hidden.slice(0, Math.ceil(QUERIES / questions(hidden[0] as Held).length));
  expect(queue.length).toBeGreaterThan(300);
  const work = async (): Promise<void> => {
    for (let record = queue.shift(); record !== undefined; record = queue.shift()) {
      const answers: Told[] = [];
      for (const question of questions(record)) answers.push(await ask(question));
      told.push({ record, answers });
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  expect(asked).toBeGreaterThanOrEqual(QUERIES);

  // No question that touches a hidden value finds the record; the only ones that may find it are about its name.
  const found = told.flatMap(({ record, answers }) =>
    questions(record).filter((question, at) => answers[at]?.ids.includes(record.recordId) === true && !question.startsWith('name.last=')),
  );
  expect(found).toEqual([]);

  // Whether the value that was guessed is the right one changes nothing in the answer: for each record, all four cities are answered alike.
  const told4 = told.map(({ record, answers }) => new Set(answers.slice(0, 4).map((one) => withoutGuess(one.all, record))).size);
  expect(new Set(told4)).toEqual(new Set([1]));

  // Nor does it change the time: right and wrong guesses of the city take the same, as far as a median over all of them can tell.
  const right: number[] = [];
  const wrong: number[] = [];
  for (const { record, answers } of told) {
    const cities = ['Duluth', 'Maplewood', 'Roseville', 'Saint Paul'];
    answers.slice(0, 4).forEach((one, at) => (cities[at] === cityOf(record) ? right : wrong).push(one.ms));
  }
  expect(right.length).toBeGreaterThan(100);
  expect(Math.abs(median(right) - median(wrong))).toBeLessThan(Math.max(3, 0.25 * median(wrong)));

  // And no answer holds any of it.
  const seeded = new Set(seededSsns());
  expect(told.flatMap(({ answers }) => answers.flatMap((one) => fullSsnsIn(one.text, seeded)))).toEqual([]);
}, 240_000);

/** The same answer for another guess of the city: what the attacker wrote stands in nothing but a link. */
const withoutGuess = (all: string, record: Held): string =>
  all.replaceAll(record.recordId, '').replace(/contact\.address\.city=[^&"]*/g, '');

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
