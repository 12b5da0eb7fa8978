import type { PolicyReviewServices } from '../../src/cli/services/policy-review';

/** Notes what was asked under a name, and gives the answer. */
export type Note = <A extends unknown[], R>(name: string, answer: R) => (...words: A) => Promise<R>;

/** What the commands that review a policy are answered. */
export const fixedReviewServices = (note: Note): PolicyReviewServices => ({
  mutatePolicies: note('mutatePolicies', {
    folder: 'policies',
    version: 'f'.repeat(64),
    systems: ['workforce-one'],
    findings: [],
    warnings: [],
    cases: [{ system: 'workforce-one', line: 2, name: 'assigned', isPassed: true }],
    totals: [{ system: 'workforce-one', rows: 1, tried: 7, caught: 6, refused: 0, equivalent: 0, missed: 1 }],
    mutations: [
      {
        system: 'workforce-one',
        line: 5,
        kind: 'widen' as const,
        change: 'privacy * instead of open',
        row: 'p, group:monitor, *, open, always, basic, read, allow',
        outcome: 'missed' as const,
      },
    ],
    rows: [{ system: 'workforce-one', line: 5, decided: ['assigned'], refused: [] }],
  }),
  policyMatrix: note('policyMatrix', {
    folder: 'policies',
    version: 'f'.repeat(64),
    systems: ['workforce-one'],
    findings: [],
    warnings: [],
    matrices: [
      {
        system: 'workforce-one',
        file: 'policies/workforce-one/matrix.csv',
        lines: [
          {
            workgroup: 'group:monitor',
            relation: 'none',
            privacy: 'open' as const,
            when: [],
            section: 'basic',
            allowed: ['read'],
            denied: [],
          },
        ],
        text: '# head\ngroup:monitor, none, open, always, basic, read, -\n',
        gone: ['group:monitor, none, open, always, basic, *, -'],
        added: ['group:monitor, none, open, always, basic, read, -'],
      },
    ],
  }),
  comparePolicies: note('comparePolicies', {
    before: { name: 'a', version: 'a'.repeat(64) },
    after: { name: 'b', version: 'b'.repeat(64) },
    systems: [],
  }),
  explainAccess: note('explainAccess', null),
  explainFacts: note('explainFacts', {
    system: 'workforce-one',
    version: 'f'.repeat(64),
    action: 'read',
    key: { workgroup: 'monitor', relations: [], privacy: 'private' as const, when: [] },
    sections: [],
  }),
  whoCan: note('whoCan', {
    system: 'trackone',
    record: 'T1',
    section: 'basic',
    action: 'read',
    at: '2026-11-22T15:00:00.000Z',
    policy: { version: 'f'.repeat(64), from: 'store' as const },
    looked: 3,
    found: 0,
    isCut: false,
    others: [{ reason: { word: 'not-granted', says: 'No policy row allows it.', needed: null }, accounts: 3 }],
  }),
  whatCan: note('whatCan', {
    at: '2026-11-22T15:00:00.000Z',
    policy: { version: 'f'.repeat(64), from: 'folder' as const },
    accounts: [],
  }),
});
