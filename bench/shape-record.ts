import { performance } from 'node:perf_hooks';
import type { Decision } from '../src/vocabulary/access';
import type { CaseSystem, FieldRule } from '../src/vocabulary/case-system';
import { compileProjection } from '../src/shape/compile-projection';
import { readReply } from '../src/shape/read-reply';
import { shapeRecord } from '../src/shape/shape-record';

/**
 * What shaping one record costs: CPU microseconds (user and system) per record of about 2 KB, a third of its fields left out,
 * an SSN in a field and typed into a note; beside it JSON.parse, a walk along the same rules, and JSON.stringify.
 *
 *   node dist/bench/shape-record.js [--json]
 */
const ROUNDS = 7;
const RECORDS_A_ROUND = 20_000;

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

const record = {
  id: 'WF1000123',
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
};
const body = Buffer.from(JSON.stringify(record));
const projection = compileProjection(system);
const route = system.routes[0]!;

function rule(place: readonly string[], section: number, kind: FieldRule['kind']): FieldRule {
  return { place, section, kind };
}

function byBytes(): Buffer {
  return shapeRecord(readReply(projection, route, { body, mediaType: 'application/json' }, 'WF1000123'), decision, 'access').body;
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
function walk(value: unknown, at: Rules): unknown {
  if (Array.isArray(value)) return value.map((element) => walk(element, at.inside!.get('*')!));
  if (typeof value === 'object' && value !== null) {
    const copy: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(value)) {
      const next = at.inside?.get(key);
      if (next !== undefined) copy[key] = walk(inner, next);
    }
    return copy;
  }
  if (typeof value === 'string' && (at.kind === 'ssn' || at.kind === 'text')) return value.replace(SSN, 'XXX-XX-$1');
  return value;
}
function byObjects(): Buffer {
  return Buffer.from(JSON.stringify(walk(JSON.parse(body.toString()), rules)));
}

function cpuMicrosPerRecord(run: () => Buffer): number {
  const before = process.cpuUsage();
  let bytes = 0;
  for (let i = 0; i < RECORDS_A_ROUND; i++) bytes += run().length;
  const used = process.cpuUsage(before);
  if (bytes === 0) throw new Error('nothing was shaped');
  return (used.user + used.system) / RECORDS_A_ROUND;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

function main(): void {
  const ways = { 'byte scan, every check': byBytes, 'parse, walk, stringify': byObjects };
  const costs = Object.fromEntries(Object.keys(ways).map((name) => [name, [] as number[]]));
  const started = performance.now();
  for (let round = 0; round < ROUNDS; round++) for (const [name, run] of Object.entries(ways)) costs[name]!.push(cpuMicrosPerRecord(run));
  const rows = Object.entries(costs).map(([subject, values]) => ({
    scenario: 'shape',
    subject,
    cpuMicrosPerRecord: Number(median(values).toFixed(2)),
    bodyBytes: body.length,
    shapedBytes: byBytes().length,
  }));
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(rows)}\n`);
  else console.table(rows);
  if (!process.argv.includes('--json')) console.log(`${ROUNDS} interleaved rounds in ${Math.round(performance.now() - started)} ms`);
}

main();
