import type { Decision } from '../src/vocabulary/access';
import type { CaseSystem, FieldRule, Route } from '../src/vocabulary/case-system';

/** What shaping is measured on: a record of about 2 KB, a third of its fields left out, an SSN in a field and typed into a note. */
export interface ShapeSample {
  readonly system: CaseSystem;
  readonly route: Route;
  readonly decision: Decision;
  /** A record of that number. */
  readonly recordOf: (id: string) => object;
  /** The same work on parsed values: a walk along the same rules, a regular expression for SSNs. */
  readonly walk: (record: unknown) => unknown;
}

const SECTIONS = ['basic', 'contact', 'case-notes', 'assessment'];
const fields: FieldRule[] = [
  ...['id', 'firstName', 'lastName', 'birthDate', 'maxisCase', 'pmi', 'program', 'status'].map((name) => rule([name], 0, 'plain')),
  rule(['ssn'], 0, 'ssn'),
  ...['street', 'city', 'zip', 'phone', 'email'].map((name) => rule(['contact', name], 1, 'plain')),
  ...['date', 'author', 'subject'].map((name) => rule(['notes', '*', name], 2, 'plain')),
  rule(['notes', '*', 'text'], 2, 'text'),
  ...['date', 'kind', 'score', 'by', 'remark', 'place', 'level', 'next'].map((name) => rule(['assessments', '*', name], 3, 'plain')),
];
const system: CaseSystem = {
  name: 'bench',
  title: 'Bench',
  timeZone: 'America/Chicago',
  identifier: /^[A-Z0-9]+$/,
  holidays: [],
  mostMemberships: 2,
  collapses: [],
  sections: SECTIONS,
  basicSection: 0,
  embedded: [],
  privacySection: -1,
  tellingSections: [],
  relations: [],
  conditions: [],
  facts: [
    {
      name: 'privacy',
      kind: 'flag',
      place: ['private'],
      privateWords: ['true'],
      openWords: ['false'],
      body: 'must-speak',
      registry: 'none',
    },
    { name: 'staff', kind: 'codes', place: ['assignedTo'], privateWords: [], openWords: [], body: 'must-speak', registry: 'none' },
    { name: 'agency', kind: 'codes', place: ['agency'], privateWords: [], openWords: [], body: 'must-speak', registry: 'none' },
  ],
  fields,
  routes: [
    {
      index: 0,
      name: 'record',
      method: 'GET',
      segments: ['records', null],
      action: 'read',
      answer: 'record',
      sections: [0, 1, 2, 3],
      factsFrom: 'body',
      idPlace: ['id'],
      mediaTypes: ['application/json'],
      maxBodyBytes: 1 << 20,
    },
  ],
  version: '0',
};
const decision: Decision = {
  disclosure: 'partial',
  granted: [true, true, true, false],
  ruleLines: [1, 2, 3, 0],
  withheld: [null, null, null, 'not-granted'],
  reasons: ['granted'],
  keys: [],
  narrowing: null,
  policyVersion: '0',
};

const recordOf = (id: string): object => ({
  id,
  private: false,
  assignedTo: 'staff-17',
  agency: 'A',
  firstName: 'Jordan',
  lastName: 'Sample',
  ssn: '219-09-9987',
  birthDate: '1986-04-17',
  maxisCase: '1203944',
  pmi: '01928374',
  program: 'MFIP',
  status: 'open',
  contact: {
    street: '1200 Long Street, Apartment 12',
    city: 'Saint Paul',
    zip: '55101-2233',
    phone: '651-555-0142',
    email: 'jordan.sample@example.org',
  },
  notes: [1, 2, 3].map((n) => ({
    date: `2026-03-0${n}`,
    author: 'staff-17',
    subject: 'Employment plan',
    text: `Met with participant about the plan, call 651-555-0142. ${n === 2 ? 'SSN on the form was 219-09-9987, corrected. ' : ''}Next meeting in two weeks; the bus pass was handed out and the child care application goes out on Monday.`,
  })),
  assessments: [1, 2, 3, 4].map((n) => ({
    date: `2026-02-0${n}`,
    kind: 'employability',
    score: 10 + n,
    by: 'staff-17',
    remark: 'Reads well; wants work with people.',
    place: 'office',
    level: 2,
    next: '2026-08-01',
  })),
});
const route = system.routes[0]!;

function rule(place: readonly string[], section: number, kind: FieldRule['kind']): FieldRule {
  return { place, section, kind };
}

const SSN = /(?<!\d)\d{3}[ -]?\d{2}[ -]?(\d{4})(?!\d)/g;
type Rules = { kind?: FieldRule['kind']; inside?: Map<string, Rules> };
const rules: Rules = {};
for (const field of fields) {
  if (decision.granted[field.section] !== true) continue;
  let at = rules;
  for (const word of field.place) {
    at.inside ??= new Map();
    if (!at.inside.has(word)) at.inside.set(word, {});
    at = at.inside.get(word)!;
  }
  at.kind = field.kind;
}
function walkAlong(value: unknown, at: Rules): unknown {
  if (Array.isArray(value)) return value.map((element) => walkAlong(element, at.inside!.get('*')!));
  if (typeof value === 'object' && value !== null) {
    const copy: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(value)) {
      const next = at.inside?.get(key);
      if (next !== undefined) copy[key] = walkAlong(inner, next);
    }
    return copy;
  }
  if (typeof value === 'string' && (at.kind === 'ssn' || at.kind === 'text')) return value.replace(SSN, 'XXX-XX-$1');
  return value;
}

export const SHAPE_SAMPLE: ShapeSample = { system, route, decision, recordOf, walk: (record) => walkAlong(record, rules) };
