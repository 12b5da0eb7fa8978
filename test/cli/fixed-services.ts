import type { Services } from '../../src/cli/services';
import { fixedReviewServices, type Note } from './fixed-review-services';

const PUBLISHED = { outcome: 'in-force', version: 'f'.repeat(64), number: 2, changed: ['trackone'], lacking: 0, findings: [] } as const;

/** Services that note what they were asked and give fixed answers. */
export function fixedServices(answers: Partial<Services> = {}): Services & { readonly asked: readonly unknown[][] } {
  const asked: unknown[][] = [];
  const note: Note =
    (name, answer) =>
    (...words) => {
      asked.push([name, ...words]);
      return Promise.resolve(answer);
    };
  return {
    asked,
    version: '1.2.3',
    serve: note('serve', undefined),
    checkSettings: note('checkSettings', { logLevel: 'info' }),
    demo: note('demo', undefined),
    demoToken: note('demoToken', 'aaa.bbb.ccc'),
    checkPolicies: note('checkPolicies', {
      folder: 'policies',
      version: 'f'.repeat(64),
      systems: ['workforce-one'],
      findings: [],
      warnings: [],
    }),
    testPolicies: note('testPolicies', {
      folder: 'policies',
      version: 'f'.repeat(64),
      systems: ['workforce-one'],
      findings: [],
      warnings: [],
      cases: [{ system: 'workforce-one', line: 2, name: 'assigned', isPassed: true }],
    }),
    publishPolicy: note('publishPolicy', PUBLISHED),
    approvePolicy: note('approvePolicy', PUBLISHED),
    startShadow: note('startShadow', { version: 'f'.repeat(64), findings: [] }),
    stopShadow: note('stopShadow', { version: null }),
    reportShadow: note('reportShadow', { isRunning: false, version: null, since: null, by: null, counts: [] }),
    listPolicyVersions: note('listPolicyVersions', { changes: [], waiting: [] }),
    listDrift: note('listDrift', { fields: [], notCompared: [] }),
    ...fixedReviewServices(note),
    policyImpact: note('policyImpact', {
      candidate: { folder: 'candidate', version: 'f'.repeat(64) },
      since: null,
      countedFrom: 'roll-ups',
      decisions: 12,
      changed: 0,
      unchanged: 12,
      unsettled: 0,
      workgroups: [],
      people: null,
      records: null,
      notReplayed: [],
      neverDecided: null,
      mismatchedFlushes: null,
      conditions: [],
    }),
    verifyLog: note('verifyLog', { chains: 2, entries: 40, faults: [] }),
    searchLog: note('searchLog', []),
    importDirectory: note('importDirectory', {
      outcome: 'applied',
      totals: { added: 1, changed: 0, unchanged: 2, refused: 0 },
      rows: [{ file: 'accounts.csv', line: 2, kind: 'accounts', key: 'counselor', outcome: 'added' }],
      problems: [],
    }),
    listDirectory: note('listDirectory', { version: 3, accounts: [] }),
    migrate: note('migrate', []),
    ...answers,
  };
}
