import { sample } from '../systems/sample';
import { openWritingOffice, type WritingOffice } from './writing-office';

const SYSTEM = 'clienttrack';
const PATH = '/participants/CT-310045';
const records = () => ({
  [PATH]: sample(SYSTEM, 'record'),
  [`${PATH}/medical-screening`]: sample(SYSTEM, 'medical-screening'),
  [`${PATH}/rca`]: sample(SYSTEM, 'rca', {
    '/rca/benefits': [{ issuanceId: 'B-8', month: '2024-04', amount: 420.5, status: 'pending', approvedBy: null }],
  }),
});
const at = (workgroup: string) => [{ workgroup, agency: 'LAKESHORE', counties: ['*'] }];
const WORKGROUPS = [
  'case-manager',
  'medical-case-manager',
  'case-manager-administrator',
  'rca-financial-and-employment-planner',
  'rca-administrator',
  'state-staff-monitoring',
  'dcf-administrator',
] as const;

let office: WritingOffice;
beforeAll(async () => {
  office = await openWritingOffice({
    system: SYSTEM,
    people: Object.fromEntries(WORKGROUPS.map((one) => [`the-${one}`, at(one)])),
    bodies: records(),
    lists: { services: 'services', 'case-notes': 'caseNotes', enrollments: 'enrollments' },
  });
  // A section has an address of its own, and what is written there is this section of the record.
  office.cases.sections = { assignment: PATH, issuance: `${PATH}/rca` };
});
afterAll(() => office.stop());

const APPROVAL = { rca: { benefits: [{ issuanceId: 'B-8', month: '2024-04', amount: 420.5, status: 'approved', approvedBy: 'C3001' }] } };
/** Method, address, what is read for the tag, body. */
const ACTS = {
  intake: ['PATCH', PATH, PATH, { intake: { phone: '608-555-0199' } }],
  service: ['POST', `${PATH}/services`, PATH, { serviceId: 8102, kind: 'Job club' }],
  note: ['POST', `${PATH}/case-notes`, PATH, { noteId: 2, text: 'Came by.' }],
  medical: ['PATCH', `${PATH}/medical-screening`, `${PATH}/medical-screening`, { medicalScreening: { clinic: 'Other clinic' } }],
  reassign: ['PATCH', `${PATH}/assignment`, PATH, { caseManager: { staffId: 'C1009' } }],
  rca: ['PATCH', `${PATH}/rca`, `${PATH}/rca`, { rca: { enrollment: { monthsUsed: 3 } } }],
  approve: ['PATCH', `${PATH}/rca/issuance`, `${PATH}/rca`, APPROVAL],
  delete: ['DELETE', PATH, PATH, undefined],
} as const;
type Act = keyof typeof ACTS;

const MANAGER: readonly Act[] = ['intake', 'service', 'note'];
const MAY: Readonly<Record<(typeof WORKGROUPS)[number], readonly Act[]>> = {
  'case-manager': MANAGER,
  'medical-case-manager': [...MANAGER, 'medical'],
  'case-manager-administrator': [...MANAGER, 'medical', 'reassign'],
  'rca-financial-and-employment-planner': [...MANAGER, 'rca'],
  'rca-administrator': [...MANAGER, 'rca', 'approve'],
  'state-staff-monitoring': [],
  'dcf-administrator': [...MANAGER, 'medical', 'reassign', 'rca', 'delete'],
};

test.each(WORKGROUPS)('CT-01 CT-02 R34 R35 R36 R37 R38 R39 %s writes what the form says and nothing else', async (workgroup) => {
  const as = `the-${workgroup}`;
  for (const [act, [method, path, readPath, body]] of Object.entries(ACTS)) {
    office.cases.begin(records(), { honoursIfMatch: true });
    const read = await office.read(as, readPath);
    const tag = { 'if-match': String(read.headers['etag'] ?? '"none"') };
    const reply = await office.write(as, method, path, body, tag);
    if (MAY[workgroup].includes(act as Act)) {
      expect([act, reply.status]).toEqual([act, method === 'POST' ? 201 : method === 'DELETE' ? 204 : 200]);
      expect(office.cases.writes().map((one) => `${one.method} ${one.target}`)).toEqual([`${method} ${path}`]);
    } else {
      const hidden = read.status === 404;
      expect([act, (reply.json as { code: string }).code]).toEqual([
        act,
        hidden && reply.status === 404 ? 'record-hidden' : 'action-not-permitted',
      ]);
      expect([act, (await office.entriesOf(reply)).intent, office.cases.writes()]).toEqual([act, null, []]);
    }
  }
});
