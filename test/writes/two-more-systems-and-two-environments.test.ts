import { converse } from '../support/raw-http';
import type { Held } from '../systems/office';
import { officeRows } from '../systems/office';
import { sample } from '../systems/sample';
import { openWritingOffice } from './writing-office';

const statusesOf = (replies: readonly { readonly status: number; readonly json: unknown }[]): readonly unknown[] =>
  replies.map(({ status, json }) => (status < 300 ? status : (json as { code: string }).code));

test('WWP-02 each role writes the sections of its function, in its own program', async () => {
  const id = (sample('wisconsin-work-programs', 'record') as { participationId: string }).participationId;
  const path = `/participations/${id}`;
  const { program, assignment } = sample('wisconsin-work-programs', 'record') as { program: string; assignment: { agency: string } };
  expect(program).toBe('W-2');
  const at = (workgroup: string): readonly Held[] => [{ workgroup, agency: assignment.agency, programs: [program] }];
  const office = await openWritingOffice({
    system: 'wisconsin-work-programs',
    people: { fep: at('w2-fep'), qc: at('w2-qc-staff'), specialist: at('w2-resource-specialist'), coach: at('w2-case-management-other') },
    bodies: {
      [path]: sample('wisconsin-work-programs', 'record'),
      [`${path}/services`]: sample('wisconsin-work-programs', 'services'),
      [`${path}/informal-assessment`]: sample('wisconsin-work-programs', 'informal-assessment'),
    },
    lists: { 'actions-needed': 'actionsNeeded' },
  });
  try {
    const enrolled = { enrollment: { placement: 'W-2 T' } };
    const assessed = { informalAssessment: { education: 'GED' } };
    const action = { actionId: 'X-1', who: 'worker', dueOn: '2026-01-01' };
    expect(
      statusesOf([
        await office.writeFresh('fep', 'PATCH', path, enrolled),
        await office.writeFresh('fep', 'PATCH', `${path}/informal-assessment`, assessed),
        await office.write('fep', 'POST', `${path}/actions-needed`, action),
        await office.write('coach', 'POST', `${path}/actions-needed`, action),
        await office.writeFresh('specialist', 'PATCH', path, enrolled),
        await office.writeFresh('coach', 'PATCH', `${path}/informal-assessment`, assessed),
        await office.writeFresh('qc', 'PATCH', path, enrolled),
        await office.writeFresh('fep', 'PATCH', path, { pin: '1' }),
      ]),
    ).toEqual([200, 200, 201, 201, 'action-not-permitted', 'record-hidden', 'action-not-permitted', 'field-not-writable']);
    expect(office.cases.writes().length).toBe(4);
  } finally {
    await office.stop();
  }
}, 30_000);

test('WS-10 WS-12 a provider writes for clients of their duty; whoever is an auditor too writes nothing', async () => {
  const record = sample('worksource', 'record') as {
    clientId: string;
    assignment: { wda: string; office: string };
    programs: readonly string[];
  };
  const path = `/clients/${record.clientId}`;
  const held = (workgroup: string): Held => ({
    workgroup,
    offices: [record.assignment.office],
    regions: [record.assignment.wda],
    programs: record.programs,
  });
  const office = await openWritingOffice({
    system: 'worksource',
    people: { provider: [held('wioa-provider')], board: [held('lwdb-staff')], both: [held('wioa-provider'), held('auditor')] },
    bodies: { [path]: record as never, [`${path}/case-notes`]: sample('worksource', 'case-notes') },
    lists: { services: 'services', 'case-notes': 'caseNotes' },
  });
  try {
    const service = { serviceId: 1, title: 'Resume', date: '2026-01-05' };
    expect(
      statusesOf([
        await office.write('provider', 'POST', `${path}/services`, service),
        await office.writeFresh('provider', 'PATCH', path, { contact: { phone: '1' } }),
        await office.writeFresh('provider', 'PATCH', path, { status: 'Closed' }),
        await office.write('board', 'POST', `${path}/services`, service),
        await office.write('both', 'POST', `${path}/services`, service),
        await office.writeFresh('both', 'PATCH', path, { contact: { phone: '2' } }),
      ]),
    ).toEqual([201, 200, 'field-not-writable', 'action-not-permitted', 'action-not-permitted', 'action-not-permitted']);
    expect(office.cases.writes().length).toBe(2);
  } finally {
    await office.stop();
  }
}, 30_000);

test('CT-06 an account of training writes nothing in production; HDR-14 a browser may ask for the methods that a route declares', async () => {
  const path = '/participants/CT-310045';
  const manager: Readonly<Record<string, readonly Held[]>> = {
    manager: [{ workgroup: 'case-manager', agency: 'LAKESHORE', counties: ['*'] }],
  };
  const office = await openWritingOffice({ system: 'clienttrack', people: manager, bodies: { [path]: sample('clienttrack', 'record') } });
  try {
    const { gateway } = office;
    const trainee = { 'manager-uat': manager['manager'] ?? [] };
    const rows = officeRows('clienttrack', gateway.issuer.issuer, trainee, 'training') as Record<string, Record<string, unknown>[]>;
    const browser = {
      ...rows['applications']?.[0],
      id: 'browser',
      client_id: 'browser',
      environment: 'production',
      origins: ['https://cases.example'],
    };
    const standing = { of: 'application', id: 'browser', standing: 'active', from: '2024-01-01' };
    const imported = await gateway.importRows({
      ...rows,
      applications: [...(rows['applications'] ?? []), browser],
      standings: [...(rows['standings'] ?? []), standing],
    });
    expect([imported.status, imported.text.slice(0, 200)]).toEqual([200, expect.any(String)]);
    const tag = { 'if-match': await office.tag('manager', path) };
    const refused = await office.write('manager-uat', 'PATCH', path, { status: 'Closed' }, tag);
    expect([statusesOf([refused]), office.cases.writes()]).toEqual([['account-unknown'], []]);

    const ask = (method: string): string =>
      `OPTIONS /clienttrack${path} HTTP/1.1\r\nHost: localhost\r\nOrigin: https://cases.example\r\nAccess-Control-Request-Method: ${method}\r\n\r\n`;
    const { replies } = await converse(gateway.dataPort, ask('PATCH') + ask('DELETE') + ask('POST'), { replies: 3 });
    expect(replies.map((one) => [one.status, one.header('access-control-allow-methods')])).toEqual([
      [204, 'GET, HEAD, POST, PUT, PATCH, DELETE'],
      [204, 'GET, HEAD, POST, PUT, PATCH, DELETE'],
      [405, undefined],
    ]);
  } finally {
    await office.stop();
  }
}, 30_000);
