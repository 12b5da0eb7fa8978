import { copyPolicies, type PolicyCopy } from '../support/policy-copy';
import { sample } from '../systems/sample';
import { openWritingOffice, type WritingOffice } from './writing-office';

const SYSTEM = 'clienttrack';
const PATH = '/participants/CT-310045';
const VERSIONED = { ...sample(SYSTEM, 'record'), version: 7 };

/** The shipped routes, with another form and another concurrency for the two that change a participant. */
function policiesWith(patch: string, concurrency: string): PolicyCopy {
  const copy = copyPolicies();
  const text = copy.read(SYSTEM, 'record.yaml');
  const from = text.indexOf('  change-participant:');
  const to = text.indexOf('  add-enrollment:');
  const changed = text
    .slice(from, to)
    .replaceAll('concurrency: if-match', `concurrency: ${concurrency}`)
    .replace('patch: merge-patch', `patch: ${patch}`);
  const kept = concurrency === 'none' ? changed.slice(0, changed.indexOf('  replace-participant:')) : changed;
  copy.save(SYSTEM, 'record.yaml', text.slice(0, from) + kept + text.slice(to));
  return copy;
}

async function withOffice(patch: string, concurrency: string, run: (office: WritingOffice) => Promise<void>): Promise<void> {
  const copy = policiesWith(patch, concurrency);
  const office = await openWritingOffice({
    system: SYSTEM,
    people: { manager: [{ workgroup: 'case-manager', agency: 'LAKESHORE', counties: ['*'] }] },
    bodies: { [PATH]: structuredClone(VERSIONED) },
    options: { policies: copy.folder },
  });
  try {
    await run(office);
  } finally {
    await office.stop();
    copy.remove();
  }
}

const bodies = (office: WritingOffice): readonly unknown[] => office.cases.writes().map((one) => JSON.parse(one.body) as unknown);

test('version-field: the version that was read goes along, and a newer one is 412', async () => {
  await withOffice('merge-patch', '{ versionField: /version }', async (office) => {
    office.cases.behaviour.versionMember = 'version';
    const done = await office.writeFresh('manager', 'PATCH', PATH, { status: 'Closed' });
    expect([done.status, bodies(office)]).toEqual([200, [{ status: 'Closed', version: 7 }]]);
    const view = (await office.read('manager', PATH)).json as object;
    const put = await office.writeFresh('manager', 'PUT', PATH, { ...view, status: 'Active' });
    expect([put.status, office.cases.records[PATH]]).toEqual([200, { ...VERSIONED, version: 9 }]);
    office.cases.behaviour.onWrite = (_request, apply) => {
      (office.cases.records[PATH] as { version: number }).version = 30;
      return apply();
    };
    const late = await office.writeFresh('manager', 'PATCH', PATH, { status: 'Closed' });
    expect([late.status, (late.json as { code: string }).code]).toEqual([412, 'precondition-failed']);
    await office.expectNotSent(await office.writeFresh('manager', 'PATCH', PATH, { version: 31 }), 'field-not-writable', {
      fields: ['/?'],
    });
  });
});

test('json-patch: what is replaced is tested first, so that another’s change is not overwritten', async () => {
  await withOffice('json-patch', 'none', async (office) => {
    const done = await office.writeFresh('manager', 'PATCH', PATH, {
      status: 'Closed',
      intake: { languages: ['so'] },
      name: { middle: 'B' },
    });
    expect([done.status, bodies(office)]).toEqual([
      200,
      [
        [
          { op: 'test', path: '/name/middle', value: null },
          { op: 'replace', path: '/name/middle', value: 'B' },
          { op: 'test', path: '/status', value: 'Active' },
          { op: 'replace', path: '/status', value: 'Closed' },
          { op: 'test', path: '/intake/languages', value: ['so', 'en'] },
          { op: 'replace', path: '/intake/languages', value: ['so'] },
        ],
      ],
    ]);
    office.cases.behaviour.onWrite = (_request, apply) => {
      (office.cases.records[PATH] as { status: string }).status = 'Transferred';
      return apply();
    };
    const late = await office.writeFresh('manager', 'PATCH', PATH, { status: 'Active' });
    expect([late.status, (late.json as { code: string }).code]).toEqual([412, 'precondition-failed']);
  });
});

test('none: only what was shown and changed is sent, it is read back, and a case system that lies is found out', async () => {
  await withOffice('merge-patch', 'none', async (office) => {
    const done = await office.writeFresh('manager', 'PATCH', PATH, { intake: { phone: '1', interpreterNeeded: null } });
    expect([done.status, bodies(office)]).toEqual([200, [{ intake: { interpreterNeeded: null, phone: '1' } }]]);
    const notes = ((await office.read('manager', PATH)).json as { caseNotes: object[] }).caseNotes;
    const added = await office.writeFresh('manager', 'PATCH', PATH, { caseNotes: [...notes, { noteId: 2, text: 'x' }] });
    await office.expectNotSent(added, 'unseen-values', { fields: ['/caseNotes'] });
    office.cases.behaviour.ignoresMergePatch = true;
    const lied = await office.writeFresh('manager', 'PATCH', PATH, { status: 'Closed' });
    expect([lied.status, (lied.json as { code: string }).code]).toEqual([502, 'write-not-applied']);
    const { answer, intent } = await office.entriesOf(lied);
    expect([answer.outcome, answer.details]).toEqual([
      { status: 502, code: 'write-not-applied', reasons: ['write-not-applied'] },
      { write: { intent: intent?.accessId, fields: ['/status'] } },
    ]);
    const replacing = await office.write('manager', 'PUT', PATH, {});
    expect([replacing.status, replacing.headers['allow']]).toEqual([405, 'GET, HEAD, PATCH, DELETE']);
  });
});
