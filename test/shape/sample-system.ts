import { compileProjection } from '../../src/shape/compile-projection';
import { readReply, type ReadReply } from '../../src/shape/read-reply';
import { shapeRecord } from '../../src/shape/shape-record';
import type { ShapedReply } from '../../src/shape/shaped-reply';
import type { Decision } from '../../src/vocabulary/access';
import type { CaseSystem, FactRule, FieldKind, FieldRule } from '../../src/vocabulary/case-system';

export const CANARY = '219-09-9987';

/** `['contact.email', 'contact', 'plain']`, a place with dots, a section, a kind. */
export type FieldWords = readonly [place: string, section: string, kind: FieldKind];

export const SECTIONS = ['basic', 'contact', 'case-notes', 'privacy', 'household'];

export const FIELDS: readonly FieldWords[] = [
  ['id', 'basic', 'plain'],
  ['name', 'basic', 'plain'],
  ['ssn', 'basic', 'ssn'],
  ['lastFour', 'basic', 'ssn-last4'],
  ['maxisCase', 'basic', 'plain'],
  ['case.status', 'basic', 'plain'],
  ['case.remark', 'case-notes', 'text'],
  ['contact.email', 'contact', 'plain'],
  ['contact.phone', 'contact', 'plain'],
  ['links.*.href', 'basic', 'plain'],
  ['file', 'basic', 'plain'],
  ['payload', 'basic', 'plain'],
  ['notes.*.text', 'case-notes', 'text'],
  ['notes.*.by', 'case-notes', 'plain'],
  ['summary', 'case-notes', 'text'],
  ['tags.*', 'basic', 'plain'],
  ['setBy', 'privacy', 'plain'],
  ['household.*.name', 'basic', 'plain'],
  ['household.*.members.*.name', 'basic', 'plain'],
  ['household.*.members.*.ssn', 'household', 'ssn'],
];

export const FACTS: readonly FactRule[] = [
  {
    name: 'privacy',
    kind: 'flag',
    place: ['private'],
    privateWords: ['true', 'Y'],
    openWords: ['false', 'N'],
    body: 'must-speak',
    registry: 'none',
  },
  {
    name: 'staff',
    kind: 'codes',
    place: ['assignments', '*', 'staffId'],
    privateWords: [],
    openWords: [],
    body: 'must-speak',
    registry: 'none',
  },
  { name: 'agency', kind: 'codes', place: ['agency'], privateWords: [], openWords: [], body: 'may-speak', registry: 'may-speak' },
];

export function sampleSystem(
  fields: readonly FieldWords[] = FIELDS,
  sections: readonly string[] = SECTIONS,
  facts: readonly FactRule[] = FACTS,
): CaseSystem {
  return {
    name: 'sample',
    title: 'Sample',
    timeZone: 'America/Chicago',
    identifier: /^[A-Z0-9]+$/,
    holidays: [],
    mostMemberships: 2,
    collapses: [],
    sections,
    basicSection: 0,
    embedded: [],
    privacySection: sections.indexOf('privacy'),
    tellingSections: sections.includes('privacy') ? [sections.indexOf('privacy')] : [],
    relations: [],
    conditions: [],
    facts,
    fields: fields.map(([place, section, kind]): FieldRule => ({ place: place.split('.'), section: sections.indexOf(section), kind })),
    routes: [
      {
        index: 0,
        name: 'record',
        method: 'GET',
        segments: ['records', null],
        action: 'read',
        answer: 'record',
        sections: sections.map((_, index) => index),
        factsFrom: 'body',
        idPlace: ['id'],
        mediaTypes: ['application/json'],
        maxBodyBytes: 4 << 20,
      },
    ],
    version: '0',
  };
}

export const SYSTEM = sampleSystem();
export const PROJECTION = compileProjection(SYSTEM);
export const ROUTE = SYSTEM.routes[0]!;

export function decisionFor(granted: readonly string[], sections: readonly string[] = SECTIONS): Decision {
  return {
    disclosure: granted.length === sections.length ? 'full' : granted.length === 1 && granted[0] === 'basic' ? 'basic' : 'partial',
    granted: sections.map((section) => granted.includes(section)),
    ruleLines: sections.map((section, line) => (granted.includes(section) ? line + 1 : 0)),
    withheld: sections.map((section) => (granted.includes(section) ? null : 'not-granted')),
    reasons: ['granted'],
    keys: [],
    narrowing: null,
    policyVersion: '0',
  };
}

export const EVERYTHING = decisionFor(SECTIONS);
export const BASIC = decisionFor(['basic']);

export const read = (body: Buffer | string, mediaType = 'application/json', askedId = 'C1'): ReadReply =>
  readReply(PROJECTION, ROUTE, { body: typeof body === 'string' ? Buffer.from(body) : body, mediaType }, askedId);

export const shape = (body: Buffer | string, decision: Decision = EVERYTHING): ShapedReply => shapeRecord(read(body), decision, 'access-1');

/** The text of the answer to a record with these members after its id. */
export const shapedText = (members: string, decision: Decision = EVERYTHING): string =>
  shape(`{"id":"C1",${members}}`, decision).body.toString();

/** What the record with these members looks like to a caller; the id, which is always there, left out. */
export function shaped(members: Record<string, unknown>, decision: Decision = EVERYTHING): unknown {
  const { id, ...rest } = JSON.parse(shape(JSON.stringify({ id: 'C1', ...members }), decision).body.toString()) as Record<string, unknown>;
  if (id !== 'C1') throw new Error('the id is gone');
  return rest;
}
