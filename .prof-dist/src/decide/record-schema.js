"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.recordJsonSchema = exports.recordSchema = exports.WORD = void 0;
const zod_1 = require("zod");
const case_system_1 = require("../vocabulary/case-system");
/** A word of the vocabulary: lower case, digits and hyphens. Short of every sign that some matcher might read as a pattern. */
exports.WORD = /^[a-z](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const word = zod_1.z
    .string()
    .regex(exports.WORD, 'a word is lower-case letters, digits and hyphens')
    .meta({ description: 'A word: lower-case letters, digits and hyphens.' });
const text = zod_1.z.string().min(1).max(300);
/** RFC 6901; `*` stands for every element of an array. */
const pointer = zod_1.z
    .string()
    .regex(/^(?:\/(?:[^~/]|~[01])+)+$/, 'a place is a JSON pointer such as /contact/phone')
    .max(512)
    .meta({ description: 'A JSON pointer from the root of the record; * is every element of an array.' });
const scalar = zod_1.z.union([zod_1.z.string().min(1), zod_1.z.boolean()], { error: 'a text in quotes, true or false' });
const speaks = zod_1.z
    .enum(['must', 'may'])
    .meta({ description: 'must: silence closes (a private record; for other facts a hidden one). may: counts when it speaks.' });
const kind = zod_1.z
    .enum(['plain', 'text', 'ssn', 'ssn-last4'])
    .meta({ description: 'plain: as it stands. text: searched for SSNs. ssn, ssn-last4: leaves as XXX-XX-1234.' });
const bodySource = zod_1.z.strictObject({
    at: pointer,
    speaks,
    private: zod_1.z.array(scalar).min(1).optional().meta({ description: 'privacy alone: the values that mean private.' }),
    open: zod_1.z.array(scalar).min(1).optional().meta({ description: 'privacy alone: the values that mean open. Any other value means private.' }),
});
const fact = zod_1.z.strictObject({ body: bodySource.optional(), registry: zod_1.z.strictObject({ speaks }).optional() });
const clause = zod_1.z.union([
    zod_1.z.strictObject({ workgroup: zod_1.z.array(word).min(1) }),
    zod_1.z.strictObject({ privilege: word }),
    zod_1.z.strictObject({ fact: word, is: zod_1.z.enum(['caller', 'supervised-by-caller']) }),
    zod_1.z.strictObject({ fact: word, in: zod_1.z.enum(['agency', 'counties', 'offices', 'programs', 'regions']) }),
    zod_1.z.strictObject({ fact: word, has: zod_1.z.array(zod_1.z.string().min(1)).min(1) }),
], {
    error: 'a clause is one of {workgroup: [words]}, {privilege: word}, {fact: word, is: caller | supervised-by-caller}, ' +
        '{fact: word, in: agency | counties | offices | programs | regions}, {fact: word, has: [codes]}',
});
const route = zod_1.z.strictObject({
    method: zod_1.z.literal('GET'),
    path: zod_1.z.string().regex(/^(?:\/(?:\{record\}|[A-Za-z0-9_-]+))+$/, 'a path is segments of letters, digits, - and _, one of them {record}'),
    action: zod_1.z.enum(case_system_1.ACTIONS),
    sections: zod_1.z.union([zod_1.z.literal('all'), zod_1.z.array(word).min(1)], { error: 'all, or a list of sections' }),
    factsFrom: zod_1.z
        .enum(['body', 'registry'])
        .meta({ description: 'registry: decided before the fetch and checked again on the body. body: fetched first.' }),
    id: pointer.meta({ description: "Where the record's own id stands in the body." }),
    mediaTypes: zod_1.z.array(zod_1.z.string().regex(/^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/, 'a media type in lower case')).min(1),
    maxBodyBytes: zod_1.z.int().min(1024).max(67_108_864),
});
/**
 * The form of record.yaml; published as policies/record.schema.json for editors.
 * What a form cannot say (words that exist, places that do not overlap) is checked by readRecordFile.
 */
exports.recordSchema = zod_1.z
    .strictObject({
    system: word.meta({ description: 'The name of the folder; the first segment of every address.' }),
    title: text,
    timeZone: zod_1.z.string().min(1).meta({ description: 'An IANA zone.' }),
    identifier: zod_1.z
        .string()
        .min(1)
        .max(200)
        .meta({ description: 'Pattern of a record id, anchored at both ends; characters, classes and counts only.' }),
    mostMemberships: zod_1.z.int().min(1).max(64),
    sections: zod_1.z.record(word, text),
    basicSection: word,
    privacySection: word.optional(),
    tellingSections: zod_1.z.array(word).optional(),
    facts: zod_1.z.record(word, fact),
    relations: zod_1.z.record(word, zod_1.z.array(clause).min(1)),
    conditions: zod_1.z.record(word, zod_1.z.array(clause).min(1)),
    fields: zod_1.z.record(word, zod_1.z.record(pointer, kind)),
    routes: zod_1.z.record(word, route),
})
    .meta({ title: 'Casegate record.yaml', description: 'Where things stand in the records of one case-management system.' });
/** JSON Schema (2020-12) of record.yaml. */
const recordJsonSchema = () => zod_1.z.toJSONSchema(exports.recordSchema, { io: 'input' });
exports.recordJsonSchema = recordJsonSchema;
