import fc from 'fast-check';
import { compileProjection } from '../../src/shape/compile-projection';
import { readReply } from '../../src/shape/read-reply';
import { shapeRecord } from '../../src/shape/shape-record';
import type { FieldKind } from '../../src/vocabulary/case-system';
import { GatewayError } from '../../src/vocabulary/errors';
import { decisionFor, sampleSystem, type FieldWords } from './sample-system';

const SECTIONS = ['basic', 'second', 'third'];
const NAMES = ['a', 'b', 'c', 'née', 'x y', 'long-name-of-a-field'];

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Random records over few names, so that they meet the random classifications; text with digits, escapes and every script. */
const scalar: fc.Arbitrary<Json> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('1', '2', '-', ' ', '\\', '"', '\u2028', '/', 'é', '\u0001'), maxLength: 8 }),
);
const record = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...NAMES) }, { weight: 1, arbitrary: fc.string({ maxLength: 5 }) }),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
})).value;
const members = fc.dictionary(fc.constantFrom(...NAMES), record, { maxKeys: 6 });

const place = fc
  .tuple(
    fc.constantFrom(...NAMES),
    fc.array(fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...NAMES) }, { weight: 2, arbitrary: fc.constant('*') }), { maxLength: 3 }),
  )
  .map(([first, rest]) => [first, ...rest].join('.'));
const fieldsOf = (kinds: readonly FieldKind[]): fc.Arbitrary<FieldWords[]> =>
  fc.uniqueArray(fc.tuple(place, fc.constantFrom(...SECTIONS), fc.constantFrom(...kinds)), { selector: ([words]) => words, maxLength: 14 });
const granted = fc.subarray(SECTIONS, { minLength: 1 });

interface Rule {
  section: string | null;
  inside: Map<string, Rule>;
}

/** The tree once more, as simply as can be. */
function rulesOf(fields: readonly FieldWords[]): Rule {
  const root: Rule = { section: null, inside: new Map() };
  for (const [words, section] of fields) {
    let rule = root;
    for (const word of words.split('.')) {
      if (!rule.inside.has(word)) rule.inside.set(word, { section: null, inside: new Map() });
      rule = rule.inside.get(word)!;
    }
    rule.section = section;
  }
  return root;
}

const sectionsInside = (rule: Rule): string[] =>
  [...rule.inside.values()].flatMap((inner) => [...(inner.section === null ? [] : [inner.section]), ...sectionsInside(inner)]);

const NOTHING = Symbol('nothing');

/** The oracle: JSON.parse, a walk, and the rule of `shapeRecord` about what is left out. */
function project(value: Json, rule: Rule, shows: readonly string[]): Json | typeof NOTHING {
  if (typeof value !== 'object' || value === null) return rule.section !== null && shows.includes(rule.section) ? value : NOTHING;
  const isList = Array.isArray(value);
  if (isList ? !rule.inside.has('*') : [...rule.inside.keys()].every((word) => word === '*')) return NOTHING;
  const below = sectionsInside(rule);
  if (!below.some((section) => shows.includes(section))) return NOTHING;
  const kept = Object.entries(value).flatMap(([key, inner]) => {
    const next = rule.inside.get(isList ? '*' : key);
    const result = next === undefined || (!isList && key === '*') ? NOTHING : project(inner, next, shows);
    return result === NOTHING ? [] : [[key, result] as const];
  });
  if (kept.length === 0 && !below.every((section) => shows.includes(section))) return NOTHING;
  return isList ? kept.map(([, inner]) => inner) : Object.fromEntries(kept);
}

function shapeBytes(body: Buffer, fields: readonly FieldWords[], shows: readonly string[]): Buffer {
  const system = sampleSystem([['id', 'basic', 'plain'], ...fields], SECTIONS, []);
  const read = readReply(compileProjection(system), system.routes[0]!, { body, mediaType: 'application/json' }, 'C1');
  return shapeRecord(read, decisionFor(shows, SECTIONS), 'a').body;
}

/** JSON.stringify, but with escapes, white space and a byte order mark that mean nothing. */
function respell(text: string, seed: readonly number[]): Buffer {
  let n = 0;
  const next = (): number => seed[n++ % seed.length]!;
  const spelled = text.replace(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^"{}[\],:]+/g, (token) => {
    if (token.startsWith('"'))
      return token.replace(/[a-z]/g, (letter, at: number, whole: string) =>
        whole[at - 1] !== '\\' && next() % 7 === 0 && !/\\u[0-9a-f]{0,3}$/.test(whole.slice(0, at))
          ? `\\u00${letter.charCodeAt(0).toString(16)}`
          : letter,
      );
    return /[{}[\],:]/.test(token) ? `${token}${[' ', '', '\n', '\t', ''][next() % 5]}` : token;
  });
  return Buffer.from(next() % 4 === 0 ? `\ufeff ${spelled}\r\n` : spelled);
}

test('what leaves is what a plain walk over JSON.parse would give, key order included', () => {
  fc.assert(
    fc.property(
      members,
      fieldsOf(['plain']),
      granted,
      fc.array(fc.nat(100), { minLength: 20, maxLength: 60 }),
      (rest, fields, shows, seed) => {
        const value: Json = JSON.parse(JSON.stringify({ id: 'C1', ...rest })) as Json;
        const rules = rulesOf([['id', 'basic', 'plain'], ...fields]);
        const expected = project(value, rules, shows);
        const shaped = shapeBytes(respell(JSON.stringify(value), seed), fields, shows).toString();
        expect(JSON.stringify(JSON.parse(shaped))).toBe(JSON.stringify(expected === NOTHING ? {} : expected));
      },
    ),
    { numRuns: 1500 },
  );
});

test('what leaves does not depend on what is hidden', () => {
  fc.assert(
    fc.property(members, members, fieldsOf(['plain']), granted, (one, other, fields, shows) => {
      const rules = rulesOf(fields);
      // Two records that agree on what is shown: each is the other where nothing is.
      const shownOf = (value: Record<string, Json>): Json | typeof NOTHING => project(value, rules, shows);
      const a = shownOf(one);
      if (JSON.stringify(a) !== JSON.stringify(shownOf(other))) return;
      const bytes = (value: Record<string, Json>): string =>
        shapeBytes(Buffer.from(JSON.stringify({ id: 'C1', ...value })), fields, shows).toString();
      expect(bytes(one)).toBe(bytes(other));
    }),
    { numRuns: 500 },
  );
});

/** All that a reader could make of a text: digits of every script, with whatever stands between them removed. */
function digitsLeft(text: string): string {
  let plain = text;
  for (let i = 0; i < 3; i++) {
    plain = plain
      .replace(/\\+u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
    plain = plain.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
  }
  return plain
    .normalize('NFKC')
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[^\p{L}\p{N}]/gu, '');
}

const SPELLERS: readonly ((digit: string) => string)[] = [
  (digit) => digit,
  (digit) => String.fromCharCode(0xff10 + Number(digit)),
  (digit) => String.fromCharCode(0x660 + Number(digit)),
  (digit) => `%3${digit}`,
  (digit) => `&#4${8 + Number(digit) < 10 ? 8 + Number(digit) : ''};`.replace(/&#4;/, `&#5${Number(digit) - 2};`),
  (digit) => `\\u003${digit}`,
  (digit) => `\\\\u003${digit}`,
];
const nineDigits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 9, maxLength: 9 });
const between = fc.constantFrom('', '', '', '-', ' ', '.', '\u2013', '\u200b', ' - ', '\u00ad', '\n', '\t', '"', '_', '\u202e', '/');
const spelling = fc.tuple(fc.constantFrom(...SPELLERS), fc.array(between, { minLength: 8, maxLength: 8 }));
const prose = fc.string({ unit: fc.constantFrom('a', 'Z', ' ', 'ß', '\\', '%', '&', '<', '>', '"', '#', ';', 'é', '😀'), maxLength: 12 });

test('no SSN of a record is left anywhere in its answer, however it was spelled and whatever is granted', () => {
  fc.assert(
    fc.property(
      fc.array(nineDigits, { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(prose, spelling, fc.nat(2), prose), { minLength: 1, maxLength: 6 }),
      fieldsOf(['plain', 'text']),
      granted,
      (ssns, parts, fields, shows) => {
        const text = parts
          .map(([before, [speller, gaps], which, after]) => {
            const digits = [...ssns[which % ssns.length]!].map((digit) => speller(digit));
            return `${before}x${digits.map((digit, n) => digit + (gaps[n] ?? '')).join('')}y${after}`;
          })
          .join(' ');
        const body = { id: 'C1', hidden: ssns.map((ssn) => ({ ssn })), a: text, b: { c: [text, { a: text }] }, c: [[text]] };
        const all: FieldWords[] = [
          ['a', 'basic', 'text'],
          ['b.c.*', 'basic', 'plain'],
          ['b.c.*.a', 'second', 'text'],
          ['c.*.*', 'basic', 'plain'],
          ['hidden.*.ssn', 'third', 'ssn'],
          ...fields.filter(([words]) => !/^(a|b|c)\b/.test(words)),
        ];
        const shaped = JSON.parse(shapeBytes(Buffer.from(JSON.stringify(body)), all, shows).toString()) as Json;
        const strings: string[] = [];
        JSON.stringify(shaped, (_, value: Json) => {
          if (typeof value === 'string' || typeof value === 'number') strings.push(String(value));
          return value;
        });
        for (const string of strings) for (const ssn of ssns) expect(digitsLeft(string)).not.toContain(ssn);
      },
    ),
    { numRuns: 600 },
  );
});

test('a number that stands for an SSN never passes as a number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1_000_000, max: 999_999_999 }), fc.integer({ min: -12, max: 12 }), (ssn, exponent) => {
      const shifted = `${ssn}${exponent >= 0 ? `.${'0'.repeat(exponent + 1)}` : `${'0'.repeat(-exponent)}e${exponent}`}`;
      const shaped = JSON.parse(
        shapeBytes(
          Buffer.from(`{"id":"C1","ssn":${ssn},"a":${shifted}}`),
          [
            ['a', 'basic', 'plain'],
            ['ssn', 'basic', 'ssn'],
          ],
          SECTIONS,
        ).toString(),
      ) as Record<string, unknown>;
      const mask = `XXX-XX-${String(ssn).slice(-4)}`;
      expect(shaped['ssn']).toBe(mask);
      expect([mask, 'XXX-XX-XXXX']).toContain(shaped['a']);
    }),
    { numRuns: 300 },
  );
});

test('what JSON.parse refuses is refused, and what is accepted JSON.parse reads', () => {
  const seeds = ['{"id":"C1","a":[1,-2.5e+3,{"b":"\\u00e9\\n"}],"c":null}', '{"id":"C1","a":"x\\ud83d\\ude00","b":{"c":true,"d":[[],{}]}}'];
  const edit = fc.record({
    seed: fc.constantFrom(...seeds),
    at: fc.nat(60),
    cut: fc.nat(3),
    put: fc.string({ unit: fc.constantFrom(...'{}[]:,"\\0123eE+-. \ttruefalsnu/\u0000é'), maxLength: 3 }),
  });
  fc.assert(
    fc.property(edit, ({ seed, at, cut, put }) => {
      const text = seed.slice(0, at) + put + seed.slice(at + cut);
      let isAccepted = true;
      try {
        shapeBytes(Buffer.from(text), [['a', 'basic', 'plain']], SECTIONS);
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError);
        isAccepted = false;
      }
      let parsed: unknown;
      try {
        parsed = JSON.parse(text);
      } catch {
        expect(isAccepted).toBe(false);
        return;
      }
      // Stricter than JSON.parse in four things alone: another id, a key twice, half a surrogate pair, __proto__.
      if (isAccepted) expect(parsed).toMatchObject({ id: 'C1' });
    }),
    { numRuns: 4000 },
  );
});
