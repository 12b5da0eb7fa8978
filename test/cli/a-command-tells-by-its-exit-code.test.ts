import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram } from '../../src/cli/program';
import { commandNames, runCli } from '../../src/cli/run-cli';
import type { Services } from '../../src/cli/services';
import type { PolicyImpact } from '../../src/cli/services/policy-impact';
import type { AccessEntry } from '../../src/vocabulary/access-entry';
import type { DriftField } from '../../src/vocabulary/drift';
import { fixedServices } from './fixed-services';

async function run(line: string, answers: Partial<Services> = {}) {
  const services = fixedServices(answers);
  let out = '';
  let err = '';
  const screen = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
  const code = await runCli(services, line === '' ? [] : line.split(' '), screen);
  return { code, out, err, asked: services.asked };
}

const NO_CONFIG = { configFile: undefined };
const ENTRY: AccessEntry = {
  format: 1,
  accessId: '019a2b3c-4d5e-7123-8456-123456789012',
  kind: 'access',
  at: '2026-11-22T15:00:00.000Z',
  source: { address: '127.0.0.1' },
  who: {
    account: 'counselor',
    person: 'p-1',
    organization: 'northside',
    issuer: 'https://x',
    application: 'app',
    actor: null,
    memberships: ['m1'],
  },
  system: 'workforce-one',
  environment: 'production',
  route: 'record',
  method: 'GET',
  action: 'read',
  records: [{ id: 'WF100017', disclosure: 'full', disclosed: { contact: 4 }, withheld: {}, keys: [], unclassifiedFields: 0 }],
  outcome: { status: 200, code: 'ok', reasons: ['granted'] },
  upstream: { outcome: 'answered', durationMs: 3 },
  policyVersion: 'f'.repeat(64),
  directoryVersion: 1,
  registryVersion: 1,
};

test('serve runs under the settings that were named', async () => {
  expect(await run('serve --config etc/gate.yaml')).toEqual({
    code: 0,
    out: '',
    err: '',
    asked: [['serve', { configFile: 'etc/gate.yaml' }]],
  });
});

test('serve --check says that the settings are good, or everything that is wrong, and starts nothing', async () => {
  expect(await run('serve --check')).toMatchObject({ code: 0, out: 'The settings are good.\n', asked: [['checkSettings', NO_CONFIG]] });
  expect(JSON.parse((await run('serve --check --json')).out)).toEqual({ ok: true, settings: { logLevel: 'info' } });
  const wrong = await run('serve --check', {
    checkSettings: () => Promise.reject(new Error('Cannot start:\n  CASEGATE_X is not a setting we know')),
  });
  expect(wrong).toEqual({ code: 2, out: '', err: 'casegate: Cannot start:\n  CASEGATE_X is not a setting we know\n', asked: [] });
});

test('the demo runs, once or until it is stopped, and hands out tokens', async () => {
  expect((await run('demo')).asked).toEqual([['demo', { once: false }]]);
  expect((await run('demo --once')).asked).toEqual([['demo', { once: true }]]);
  expect(await run('demo token counselor')).toMatchObject({ code: 0, out: 'aaa.bbb.ccc\n', asked: [['demoToken', 'counselor', 'data']] });
  expect((await run('demo token auditor --audience admin')).asked).toEqual([['demoToken', 'auditor', 'admin']]);
  expect(await run('demo token')).toMatchObject({ code: 2, out: '', asked: [] });
});

test('GW-05 policy check answers no with file, line, column and reason', async () => {
  expect(await run('policy check')).toMatchObject({
    code: 0,
    out: 'Good: workforce-one (version ffffffffffff)\n',
    asked: [['checkPolicies', undefined, NO_CONFIG]],
  });
  const finding = {
    file: 'workforce-one/policy.csv',
    line: 7,
    column: 3,
    word: 'asigned',
    rule: 'unknown-word',
    message: 'no such relation',
    nearest: 'assigned',
    severity: 'error' as const,
  };
  const bad = await run('policy check here', {
    checkPolicies: () => Promise.resolve({ folder: 'here', version: '', systems: [], findings: [finding], warnings: [] }),
  });
  expect(bad).toMatchObject({
    code: 1,
    out: 'workforce-one/policy.csv:7:3 no such relation (did you mean assigned?) [unknown-word]\n1 found; this version would be refused.\n',
  });
});

test('GW-05 policy check prints warnings; they are a no only where --strict asks for it', async () => {
  const warning = {
    file: 'workforce-one/policy.csv',
    line: 9,
    column: 1,
    word: 'p, group:monitor',
    rule: 'shadowed',
    message: 'line 7 says this already',
    severity: 'warning' as const,
  };
  const check = { folder: 'here', version: 'e'.repeat(64), systems: ['workforce-one'], findings: [], warnings: [warning] };
  const services = { checkPolicies: () => Promise.resolve(check) };
  const out =
    'workforce-one/policy.csv:9:1 warning: line 7 says this already [shadowed]\n1 warning. Good: workforce-one (version eeeeeeeeeeee)\n';
  expect(await run('policy check here', services)).toMatchObject({ code: 0, out });
  expect(await run('policy check here --strict', services)).toMatchObject({ code: 1, out });
  const json = await run('policy check here --strict --json', services);
  expect([json.code, JSON.parse(json.out)]).toEqual([1, check]);
  expect(await run('policy check --strict')).toMatchObject({ code: 0, out: 'Good: workforce-one (version ffffffffffff)\n' });
});

test('policy test answers no where an example fails, and where there is none', async () => {
  expect(await run('policy test')).toMatchObject({ code: 0, out: '1 of 1 examples hold.\n' });
  const none = await run('policy test --json', {
    testPolicies: () => Promise.resolve({ folder: 'p', version: '', systems: [], findings: [], warnings: [], cases: [] }),
  });
  expect([none.code, JSON.parse(none.out)]).toEqual([1, { folder: 'p', version: '', systems: [], findings: [], warnings: [], cases: [] }]);
});

test('policy drift lists what is left out, why, and the lines to add', async () => {
  expect(await run('policy drift')).toMatchObject({
    code: 0,
    out: 'Nothing is left out for want of a line in record.yaml; the last seconds may be missing.\n',
    asked: [['listDrift', { system: undefined }, NO_CONFIG]],
  });
  const [firstSeen, lastSeen] = ['2026-11-01T08:00:00.000Z', '2026-11-22T15:00:00.000Z'];
  const field = {
    system: 'wf1',
    holds: 'value',
    problem: 'unclassified',
    expected: null,
    count: 4,
    firstSeen,
    lastSeen,
    lines: [],
  } as const;
  const fields: readonly DriftField[] = [
    { ...field, place: null, problem: 'beyond-the-list' },
    { ...field, place: '/?', holds: 'list' },
    { ...field, place: '/name', holds: 'object', problem: 'another-shape', expected: 'value', lines: ['/name/first: text'] },
    { ...field, place: '/fax', lines: ['/fax: text'] },
    { ...field, system: 'other', place: '/x\u001b[2J', holds: 'flag', lines: ['"/x\u001b[2J": text'] },
  ];
  const found = await run('policy drift --system wf1', { listDrift: () => Promise.resolve({ fields, notCompared: ['other'] }) });
  expect([found.code, found.out.split('\n')]).toEqual([
    0,
    [
      'system  place             left out  first seen                last seen                 why',
      `wf1     (further places)  4         ${firstSeen}  ${lastSeen}  the list of this system is full: classify what stands in it`,
      `wf1     /?                4         ${firstSeen}  ${lastSeen}  a list that nobody classified; its key is not told, it may itself be a value`,
      `wf1     /name             4         ${firstSeen}  ${lastSeen}  an object where record.yaml has a value`,
      `wf1     /fax              4         ${firstSeen}  ${lastSeen}  a value that nobody classified`,
      `other   /x?[2J            4         ${firstSeen}  ${lastSeen}  true or false that nobody classified`,
      '',
      'wf1/record.yaml:',
      '    # under fields, in the section that fits:',
      '    /fax: text',
      '    # instead of what stands there for /name:',
      '    /name/first: text',
      '',
      'other/record.yaml:',
      '    # under fields, in the section that fits:',
      '    "/x?[2J": text',
      'other: not compared, the policy in force has no such system.',
      '',
    ],
  ]);
});

test('policy impact asks what was said, and answers no where a condition is met or cannot be excluded', async () => {
  const asked = await run(
    'policy impact ./candidate --since 30d --system workforce-one --entries --fail-if gains:ssn --fail-if loses:assigned',
  );
  expect(asked).toMatchObject({ code: 0, err: '' });
  const question = {
    candidate: './candidate',
    since: '30d',
    system: 'workforce-one',
    byEntries: true,
    failIf: ['gains:ssn', 'loses:assigned'],
  };
  expect(asked.asked).toEqual([['policyImpact', question, NO_CONFIG]]);
  const plain = await run('policy impact ./candidate');
  expect([plain.code, plain.out]).toEqual([
    0,
    '12 decisions of the whole history, replayed against candidate (version ffffffffffff):\n' +
      '0 would have been otherwise, 12 the same, 0 cannot be said in part or whole.\n',
  ]);
  const found = (await fixedServices().policyImpact({ ...question, failIf: [] }, NO_CONFIG)) as PolicyImpact;
  const notReplayed = [{ system: 'small', why: 'word-unknown', words: ['current'], sections: ['notes'], decisions: 4 }];
  const conditions = [
    { condition: 'gains:ssn', met: 0, open: 0 },
    { condition: 'gains:notes', met: 0, open: 4 },
  ];
  const open = await run('policy impact ./candidate', {
    policyImpact: () => Promise.resolve({ ...found, unsettled: 4, notReplayed, neverDecided: { 'record-unknown': 3 }, conditions }),
  });
  expect([open.code, open.out.split('\n').slice(3)]).toEqual([
    1,
    [
      'Cannot be said',
      'times  system  sections  why',
      '4      small   notes     hangs on words that are new or mean something else: current',
      '',
      'Never decided by a policy, and not replayed: 3 record-unknown.',
      '',
      'gains:ssn  not met',
      'gains:notes  cannot be excluded; of 4 decisions it cannot be said',
      '',
    ],
  ]);
  expect(await run('policy impact')).toMatchObject({ code: 2, asked: [] });
});

test('GW-04 audit verify answers no where the log was altered', async () => {
  expect(await run('audit verify')).toMatchObject({ code: 0, out: 'Whole: 40 entries in 2 chains.\n' });
  const faults = [{ chain: 'c1', seq: 7, message: 'the entry was altered' }];
  const bad = await run('audit verify', { verifyLog: () => Promise.resolve({ chains: 1, entries: 9, faults }) });
  expect(bad).toMatchObject({ code: 1, out: 'c1 7: the entry was altered\nNot whole: 1 faults in 9 entries in 1 chains.\n' });
});

test('GW-04 audit search asks by record and person, and answers no where nothing is found', async () => {
  const found = { searchLog: () => Promise.resolve([{ chain: 'c1', seq: 3, entry: ENTRY }]) };
  expect((await run('audit search --record WF100017', found)).out.split('\n')[1]).toBe(
    '2026-11-22T15:00:00.000Z  p-1     workforce-one  WF100017  full        200     granted  019a2b3c-4d5e-7123-8456-123456789012',
  );
  expect(JSON.parse((await run('audit search --record WF100017 --json', found)).out)).toEqual({ chain: 'c1', seq: 3, entry: ENTRY });
  expect(await run('audit search --person counselor --limit 5')).toMatchObject({
    code: 1,
    out: 'No entry.\n',
    asked: [['searchLog', { system: undefined, record: undefined, person: 'counselor', limit: 5 }, NO_CONFIG]],
  });
  expect(await run('audit search --limit 0')).toMatchObject({ code: 2, asked: [] });
});

test('directory import takes files, and answers no where it refuses them', async () => {
  const done = await run('directory import a.csv b.yaml --dry-run');
  expect(done).toMatchObject({
    code: 0,
    out: 'accounts.csv:2 added accounts counselor\nTaken: 1 added, 0 changed, 2 unchanged, 0 refused.\n',
    asked: [['importDirectory', ['a.csv', 'b.yaml'], { dryRun: true }, NO_CONFIG]],
  });
  const refused = await run('directory import a.csv', {
    importDirectory: () =>
      Promise.resolve({
        outcome: 'refused',
        totals: { added: 0, changed: 0, unchanged: 0, refused: 1 },
        rows: [],
        problems: [{ file: 'a.csv', line: 4, column: 'subject', reason: 'is empty\u001b[2J' }],
      }),
  });
  expect(refused).toMatchObject({
    code: 1,
    out: 'a.csv:4 subject is empty?[2J\nRefused, nothing was changed: 0 added, 0 changed, 0 unchanged, 1 refused.\n',
  });
  expect(await run('directory import')).toMatchObject({ code: 2, asked: [] });
});

test('directory list and migrate', async () => {
  expect(await run('directory list')).toMatchObject({ code: 0, out: 'account  kind  environment  organization  standing  memberships\n' });
  expect(await run('migrate')).toMatchObject({ code: 0, out: 'The store is up to date.\n' });
  expect(JSON.parse((await run('migrate --json', { migrate: () => Promise.resolve(['1001']) })).out)).toEqual({ steps: ['1001'] });
});

test.each(['nonsense', 'serve --nonsense', 'policy nonsense', 'serve extra', 'demo nobody'])('%j could not run', async (line) => {
  expect(await run(line)).toMatchObject({ code: 2, out: '', asked: [] });
});

test('a fault of a service is one line and could not run', async () => {
  expect(await run('migrate', { migrate: () => Promise.reject(new Error('the store is in use by process 7')) })).toMatchObject({
    code: 2,
    out: '',
    err: 'casegate: the store is in use by process 7\n',
  });
});

test('--version and --help are answers', async () => {
  expect(await run('--version')).toMatchObject({ code: 0, out: '1.2.3\n' });
  const help = await run('--help');
  expect([help.code, help.out]).toEqual([0, expect.stringContaining('Exit: 0 done, 1 the answer is no, 2 could not run.')]);
});

test('every command has an example, and takes --json where it answers', async () => {
  const program = createProgram(fixedServices(), { out: () => undefined, err: () => undefined }, () => undefined);
  const names = commandNames(program).filter((name) => !['policy', 'policy shadow', 'audit', 'directory'].includes(name));
  expect(names).toEqual([
    ...['serve', 'demo', 'demo token'],
    ...['check', 'test', 'impact', 'drift', 'matrix', 'diff', 'explain', 'who-can', 'what-can', 'versions', 'publish', 'approve'].map(
      (name) => `policy ${name}`,
    ),
    ...['policy shadow start', 'policy shadow report', 'policy shadow stop'],
    ...['audit verify', 'audit search', 'directory import', 'directory list', 'migrate'],
  ]);
  for (const name of names) {
    const { code, out } = await run(`${name} --help`);
    expect([name, code, out]).toEqual([name, 0, expect.stringMatching(/\nExamples?:\n {2}\S/)]);
    if (name !== 'demo') expect([name, out]).toEqual([name, expect.stringContaining('--json')]);
  }
});

test('the README names no command that is not there', () => {
  const program = createProgram(fixedServices(), { out: () => undefined, err: () => undefined }, () => undefined);
  const names = new Set(commandNames(program));
  const files = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'docs/operations/running.md', 'docs/operations/log.md'];
  for (const file of files) {
    const text = readFileSync(join(__dirname, '../..', file), 'utf8');
    for (const [, first = '', second = ''] of text.matchAll(/`(?:npx )?casegate ([a-z]+)(?: ([a-z]+))?/g)) {
      expect([
        file,
        first,
        names.has(first) && (second === '' || names.has(`${first} ${second}`) || !['policy', 'audit', 'directory'].includes(first)),
      ]).toEqual([file, first, true]);
    }
  }
});
