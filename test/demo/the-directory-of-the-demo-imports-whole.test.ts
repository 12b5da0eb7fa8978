import { demoDirectory } from '../../demo/demo-directory';
import { DEMO_CLIENT } from '../../demo/demo-sign-on';
import { makeRecords } from '../../demo/make-records';
import { DEMO_PEOPLE, DEMO_SERVICES } from '../../demo/people';
import { registryCsv } from '../../demo/registry-rows';
import type { ImportKind, ImportRows } from '../../src/governance/directory/import/import-kinds';
import type { ReadImport } from '../../src/governance/directory/import/read-import-files';
import { readImportFiles } from '../../src/governance/directory/import/read-import-files';

const records = makeRecords();
let read: ReadImport;
beforeAll(async () => {
  read = await readImportFiles(demoDirectory('http://127.0.0.1:49999', registryCsv(records)), 'America/Chicago');
});
const rowsOf = <K extends ImportKind>(kind: K): readonly ImportRows[K][] =>
  read.rows.filter((one) => one.kind === kind).map((one) => one.row as ImportRows[K]);

test('every row is read without a problem', () => {
  expect(read.problems).toEqual([]);
});

test('all issuers are the one that runs', () => {
  expect(new Set([...rowsOf('accounts'), ...rowsOf('applications')].map((row) => row.issuer))).toEqual(new Set(['http://127.0.0.1:49999']));
});

test('everybody in the demo but the stranger has an account with a standing, and nobody else has', () => {
  const wanted = [...Object.keys(DEMO_PEOPLE), ...Object.keys(DEMO_SERVICES)].filter((name) => name !== 'stranger').sort();
  const withStanding = new Set(
    rowsOf('standings')
      .filter((row) => row.of === 'account')
      .map((row) => row.id),
  );
  expect(
    rowsOf('accounts')
      .map((row) => row.id)
      .sort(),
  ).toEqual(wanted);
  expect([...withStanding].sort()).toEqual(wanted);
  expect(
    rowsOf('applications')
      .map((row) => row.clientId)
      .sort(),
  ).toEqual([DEMO_CLIENT.id, 'maxis-feed'].sort());
});

test('references hold: accounts, organizations, supervision, rights', () => {
  const accounts = new Set(rowsOf('accounts').map((row) => row.id));
  const organizations = new Set(rowsOf('organizations').map((row) => row.id));
  const named = [
    ...rowsOf('memberships').map((row) => row.account),
    ...rowsOf('supervision').flatMap((row) => [row.supervisor, row.supervisee]),
    ...rowsOf('rights').map((row) => row.account),
  ];
  expect(named.filter((id) => !accounts.has(id))).toEqual([]);
  expect(rowsOf('accounts').filter((row) => !organizations.has(row.organization))).toEqual([]);
});

test('staff ids are those that records are assigned to', () => {
  const assigned = new Set(records.workforceOne.map((record) => (record['assignment'] as { staffId: unknown }).staffId));
  const counselors = rowsOf('memberships').filter((row) => row.workgroup === 'employment-counselor');
  const idle = counselors.map((row) => row.staffId).filter((staffId) => !assigned.has(staffId));
  expect(idle).toEqual(['S1009', 'S1050']); // those who were assigned once
});

test('the registry speaks of every TrackOne record, and of some Workforce One records that say open', () => {
  const rows = rowsOf('records');
  expect(rows.filter((row) => row.system === 'trackone').map((row) => row.recordId)).toEqual(
    records.trackOne.map((record) => record['participantId']),
  );
  expect(rows.filter((row) => row.system === 'trackone' && (row.isPrivate === undefined || row.codes?.['region'] === undefined))).toEqual(
    [],
  );
  const flagged = rows.filter((row) => row.system === 'workforce-one');
  const bodies = flagged.map(
    (row) => records.workforceOne.find((record) => record['recordId'] === row.recordId)?.['privacy'] as { indicator: unknown },
  );
  expect(flagged.map((row) => row.isPrivate)).toEqual([true, true, true, true, true]);
  expect(bodies.map((privacy) => privacy.indicator)).toEqual([false, false, false, false, false]);
});
