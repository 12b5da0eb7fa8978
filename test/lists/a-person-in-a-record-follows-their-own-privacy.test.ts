import { readRecordFile } from '../../src/decide/read-record-file';
import { wf1Record } from '../support/agency';
import { startTestGateway, type Reply, type TestGateway } from '../support/gateway';
import type { PolicyCopy } from '../support/policy-copy';
import { rawReply } from '../support/raw-upstream';
import { widePolicies } from './list-gateway';

type Json = Readonly<Record<string, unknown>>;

/** Relatives with records of their own, as an agency would declare them. */
const EMBEDDED = `embedded:
  relatives:
    at: /relatives/*
    id: /recordId
    facts: { privacy: /private, agency: /agency, county: /county }
    sections:
      basic: [/relation, /name/first, /name/last]
      demographics: [/birthDate, /ssn]
      case-notes: [/remark]
routes:`;

let gateway: TestGateway;
let policies: PolicyCopy;
beforeAll(async () => {
  policies = widePolicies();
  policies.save(
    'workforce-one',
    'record.yaml',
    withoutWrites(policies.read('workforce-one', 'record.yaml')).replace(/^routes:$/m, EMBEDDED),
  );
  gateway = await startTestGateway({ policies: policies.folder });
});
afterAll(async () => {
  await gateway?.stop();
  policies?.remove();
});

/** Embedded persons and routes that write cannot stand in one system yet. */
const withoutWrites = (text: string): string => text.replace(/^ {2}[a-z-]+:\n {4}method: (?:POST|PUT|PATCH|DELETE)\n(?: {4}.*\n)+/gm, '');

const person = (more: Json): Json => ({
  relation: 'child',
  name: { first: 'Robin', last: 'Sampleton' },
  birthDate: '2015-09-30',
  ssn: '666-12-3456',
  livesInHousehold: true,
  remark: 'Number 666.12.3456 as told.',
  ...more,
});
const OPEN = { private: false, agency: 'AG-NORTH', county: '62' };
const WHOLE = {
  relation: 'child',
  name: { first: 'Robin', last: 'Sampleton' },
  birthDate: '2015-09-30',
  ssn: 'XXX-XX-3456',
  remark: 'Number XXX-XX-3456 as told.',
};
const BASIC = { relation: 'child', name: { first: 'Robin', last: 'Sampleton' } };

const read = async (relatives: readonly Json[], asList: boolean): Promise<{ readonly reply: Reply; readonly shown: unknown }> => {
  const record = wf1Record('P1', { '/privacy/indicator': true, '/relatives': relatives });
  gateway.upstream.answers(() => rawReply(JSON.stringify(asList ? [record] : record)));
  const reply = await gateway.get(asList ? '/workforce-one/records' : '/workforce-one/records/P1', 'counselor');
  const body = (asList ? (reply.json as Json[])[0] : reply.json) as Json;
  return { reply, shown: body['relatives'] };
};

describe.each([
  ['a single record', false],
  ['a list', true],
])('BOD-30 in %s', (_what, asList) => {
  test.each<[string, Json, unknown]>([
    ['who is open and in scope is shown whole', { recordId: 'R2', ...OPEN }, WHOLE],
    ['who is private is cut to basic information', { recordId: 'R1', ...OPEN, private: true }, BASIC],
    ['who is of another agency is cut to basic information', { recordId: 'R3', ...OPEN, agency: 'AG-SOUTH' }, BASIC],
    ['of whom the body says nothing is private', { recordId: 'R4' }, BASIC],
    ['who has no record number is decided by the body alone', { ...OPEN }, WHOLE],
    ['whose privacy is no word of the system is private', { recordId: 'R5', ...OPEN, private: { is: false } }, BASIC],
  ])('%s', async (_who, more, expected) => {
    const { shown } = await read([person(more)], asList);
    // A list shows of an open record in scope basic information and contact alone.
    expect(shown).toEqual([asList ? BASIC : expected]);
  });

  test('the entry names every person with a record of their own, and what of them was shown', async () => {
    const { reply } = await read([person({ recordId: 'R1', ...OPEN, private: true }), person({ recordId: 'R2', ...OPEN })], asList);
    const { records } = await gateway.entryOf(reply);
    expect(records.map((one) => [one.id, one.disclosure, one.keys[0]?.privacy])).toEqual([
      ['P1', 'full', 'private'],
      ['R1', 'basic', 'private'],
      ['R2', 'partial', 'open'],
    ]);
  });

  test('whoever became private by the registry is cut with the next answer', async () => {
    const id = asList ? 'R7' : 'R8';
    await gateway.importRows({
      records: [{ system: 'workforce-one', environment: 'production', record_id: id, private: true, codes: {} }],
    });
    expect((await read([person({ recordId: id, ...OPEN })], asList)).shown).toEqual([BASIC]);
  });
});

test.each([
  ['a field that nobody classified', 'basic: [/relation, /nobody]', '/relatives/*/nobody is no classified field'],
  ['a section that is not there', 'nobody: [/relation]', 'nobody is not among the sections'],
  ['a field in two sections', 'basic: [/relation]\n      contact: [/relation]', 'this field stands twice'],
])('record.yaml is refused for %s', (_what, sections, message) => {
  const text = policies.read('workforce-one', 'record.yaml').replace('basic: [/relation, /name/first, /name/last]', sections);
  const { findings } = readRecordFile(Buffer.from(text), 'record.yaml', 'workforce-one');
  expect(findings.map((one) => one.message)).toContain(message);
});
