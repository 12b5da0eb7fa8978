import { z } from 'zod';
import { ACTIONS } from '../vocabulary/case-system';
import { writeSchema } from './write-schema';

/** A word of the vocabulary: lower case, digits and hyphens. Short of every sign that some matcher might read as a pattern. */
export const WORD = /^[a-z](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

const word = z
  .string()
  .regex(WORD, 'a word is lower-case letters, digits and hyphens')
  .meta({ description: 'A word: lower-case letters, digits and hyphens.' });
const text = z.string().min(1).max(300);
/** RFC 6901; `*` stands for every element of an array. */
const pointer = z
  .string()
  .regex(/^(?:\/(?:[^~/]|~[01])+)+$/, 'a place is a JSON pointer such as /contact/phone')
  .max(512)
  .meta({ description: 'A JSON pointer from the root of the record; * is every element of an array.' });
const scalar = z.union([z.string().min(1), z.boolean()], { error: 'a text in quotes, true or false' });
const speaks = z
  .enum(['must', 'may'])
  .meta({ description: 'must: silence closes (a private record; for other facts a hidden one). may: counts when it speaks.' });
const kind = z
  .enum(['plain', 'text', 'ssn', 'ssn-last4'])
  .meta({ description: 'plain: as it stands. text: searched for SSNs. ssn, ssn-last4: leaves as XXX-XX-1234.' });

const bodySource = z.strictObject({
  at: pointer,
  speaks,
  private: z.array(scalar).min(1).optional().meta({ description: 'privacy alone: the values that mean private.' }),
  open: z.array(scalar).min(1).optional().meta({ description: 'privacy alone: the values that mean open. Any other value means private.' }),
});
const fact = z.strictObject({ body: bodySource.optional(), registry: z.strictObject({ speaks }).optional() });

const clause = z.union(
  [
    z.strictObject({ workgroup: z.array(word).min(1) }),
    z.strictObject({ privilege: word }),
    z.strictObject({ fact: word, is: z.enum(['caller', 'supervised-by-caller']) }),
    z.strictObject({ fact: word, in: z.enum(['agency', 'counties', 'offices', 'programs', 'regions']) }),
    z.strictObject({ fact: word, has: z.array(z.string().min(1)).min(1) }),
    z.strictObject({
      fact: word,
      'within-business-days': z.int().min(1).max(30).meta({
        description: 'Every code is a date at most so many business days before today; needs holidays.csv beside this file (TO-02).',
      }),
      exceptions: word.optional().meta({
        description: 'The fact whose codes stand under `where` in exceptions.csv beside this file (TO-03); without it no exception counts.',
      }),
    }),
  ],
  {
    error:
      'a clause is one of {workgroup: [words]}, {privilege: word}, {fact: word, is: caller | supervised-by-caller}, ' +
      '{fact: word, in: agency | counties | offices | programs | regions}, {fact: word, has: [codes]}, ' +
      '{fact: word, within-business-days: 1 to 30}, with exceptions: word where there are any',
  },
);

const collapse = z
  .strictObject({ these: z.array(word).min(2), into: word })
  .meta({ description: 'Whoever holds all of these workgroups holds `into` alone of them, with its own scope (WWP-03).' });

/** As a case system spells a query word: `_limit`, `name.last`, `birthDate_gte`. */
const queryWord = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/, 'a query word is letters, digits, _, . and -')
  .meta({ description: 'A query word, as the case system spells it.' });
const queryValue = z.string().min(1).max(200);
const choices = z.record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'a choice is letters, digits, _, . and -'), z.array(pointer).min(1));

const queryRule = z.discriminatedUnion(
  'how',
  [
    z.strictObject({
      how: z.enum(['equals', 'not', 'from', 'to', 'like']).meta({ description: 'like: somewhere in the value, letters and digits alone.' }),
      field: pointer,
    }),
    z.strictObject({ how: z.literal('search'), fields: z.array(pointer).min(1).meta({ description: 'Every field that it looks into.' }) }),
    z.strictObject({
      how: z.enum(['sort', 'project', 'group', 'expand']),
      choices: choices.meta({ description: 'What the word may say, and the fields it touches then.' }),
    }),
    z.strictObject({ how: z.literal('order').meta({ description: 'asc or desc; goes with a sort.' }) }),
  ],
  { error: 'how is one of equals, not, from, to, like, search, sort, project, group, expand, order' },
);

const narrowingAsk = z.union(
  [
    z.array(queryValue).min(1),
    z.strictObject({
      scope: z.enum(['agency', 'counties', 'offices', 'programs', 'regions']),
      any: z
        .record(queryWord, queryValue)
        .optional()
        .meta({ description: "Asked in its place where the scope is '*': that the record has a code at all." }),
    }),
  ],
  { error: 'a list of values, or {scope: agency | counties | offices | programs | regions}' },
);

const embedded = z
  .strictObject({
    at: pointer.meta({ description: 'Where the person stands in a record, such as /household/*.' }),
    id: pointer.meta({ description: "The person's own record number, from the person on." }),
    facts: z.record(word, pointer).meta({ description: "The person's own facts, from the person on; those not named are not said there." }),
    sections: z.record(word, z.array(pointer).min(1)).meta({
      description: "The person's fields, from the person on, by their section in the person's own record. A field not named is not shown.",
    }),
  })
  .meta({ description: 'Another person inside a record who has a record of their own, and is decided by its facts.' });

const path = z
  .string()
  .regex(/^(?:\/(?:\{record\}|[A-Za-z0-9_-]+))+$/, 'a path is segments of letters, digits, - and _, one of them {record}');
const sections = z.union([z.literal('all'), z.array(word).min(1)], { error: 'all, or a list of sections' });
const readRoute = z.strictObject({
  method: z.literal('GET'),
  path,
  answer: z.enum(['record', 'list', 'stream']).optional().meta({
    description:
      'record, which is the usual; list: a page of records, each decided by itself; stream: any number of them, leaving as they come.',
  }),
  formats: z
    .array(z.enum(['json', 'ndjson', 'csv']))
    .min(1)
    .optional()
    .meta({ description: 'stream alone: what clients may ask for by Accept; the first where they do not say.' }),
  delimiter: z
    .enum([',', ';', '\t', '|'])
    .optional()
    .meta({ description: 'stream alone: of CSV, both ways; a comma where it is left out.' }),
  maxRecordBytes: z
    .int()
    .min(256)
    .max(16_777_216)
    .optional()
    .meta({ description: 'stream alone: the largest record taken, bytes as it comes.' }),
  mostRecords: z
    .record(word, z.int().min(1).max(10_000_000))
    .optional()
    .meta({ description: 'stream alone: by workgroup, how many records one answer may show. Any other workgroup exports nothing.' }),
  basicViews: z
    .array(word)
    .min(1)
    .optional()
    .meta({ description: 'stream alone: workgroups that may export records of which they see basic information alone. Left out: none.' }),
  listAt: pointer.optional().meta({ description: 'list and stream alone: where the array stands; left out where the body is the array.' }),
  page: z
    .strictObject({
      size: queryWord,
      number: queryWord,
      default: z.int().min(1).max(1_000),
      most: z.int().min(1).max(1_000),
    })
    .optional()
    .meta({ description: 'list alone: the query words for the size and the number of a page, and what sizes there are.' }),
  total: z
    .union(
      [z.strictObject({ header: z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'the name of a header') }), z.strictObject({ at: pointer })],
      {
        error: '{header: NAME} or {at: /place}',
      },
    )
    .optional()
    .meta({ description: 'list alone: where the case system says how many there are; told only to callers who see them all.' }),
  query: z.record(queryWord, queryRule).optional().meta({
    description: 'list alone: the query words that callers may use, and the fields that they tell of. Any other word is refused.',
  }),
  narrow: z
    .record(word, z.record(queryWord, narrowingAsk))
    .optional()
    .meta({ description: 'list alone: how the case system is asked for open records alone, or for those on which a condition holds.' }),
  own: z.strictObject({ relation: word, word: queryWord }).optional().meta({
    description: "list alone: the query word by which the caller's own records are asked for, and the relation that they are in.",
  }),
  action: z.enum(ACTIONS as unknown as [string, ...string[]]),
  sections,
  factsFrom: z
    .enum(['body', 'registry'])
    .meta({ description: 'registry: decided before the fetch and checked again on the body. body: fetched first.' }),
  id: pointer.meta({ description: "Where the record's own id stands, from the root of the record." }),
  mediaTypes: z.array(z.string().regex(/^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/, 'a media type in lower case')).min(1),
  maxBodyBytes: z
    .int()
    .min(1024)
    .max(17_179_869_184)
    .meta({ description: 'The largest body taken, bytes after decoding; 67108864 but for a stream.' }),
});
const route = z.discriminatedUnion('method', [readRoute, ...writeSchema({ word, pointer, path, sections })], {
  error: (issue) => (issue.code === 'invalid_union' ? 'a method is GET, POST, PUT, PATCH or DELETE' : undefined),
});

/**
 * The form of record.yaml; published as policies/record.schema.json for editors.
 * What a form cannot say (words that exist, places that do not overlap) is checked by readRecordFile.
 */
export const recordSchema = z
  .strictObject({
    system: word.meta({ description: 'The name of the folder; the first segment of every address.' }),
    title: text,
    timeZone: z.string().min(1).meta({ description: 'An IANA zone.' }),
    identifier: z
      .string()
      .min(1)
      .max(200)
      .meta({ description: 'Pattern of a record id, anchored at both ends; characters, classes and counts only.' }),
    mostMemberships: z.int().min(1).max(64).meta({ description: 'A person with more memberships is refused; counted after collapses.' }),
    collapses: z.array(collapse).optional(),
    sections: z.record(word, text),
    basicSection: word,
    privacySection: word.optional(),
    tellingSections: z.array(word).optional(),
    facts: z.record(word, fact),
    relations: z.record(word, z.array(clause).min(1)),
    conditions: z.record(word, z.array(clause).min(1)),
    fields: z.record(word, z.record(pointer, kind)),
    embedded: z.record(word, embedded).optional(),
    routes: z.record(word, route),
  })
  .meta({ title: 'Casegate record.yaml', description: 'Where things stand in the records of one case-management system.' });

export type RecordFile = z.infer<typeof recordSchema>;
export type ReadRouteForm = z.infer<typeof readRoute>;
export type ClauseForm = z.infer<typeof clause>;

/** JSON Schema (2020-12) of record.yaml. */
export const recordJsonSchema = (): unknown => z.toJSONSchema(recordSchema, { io: 'input' });
