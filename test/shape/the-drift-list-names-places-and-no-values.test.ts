import { compileProjection } from '../../src/shape/compile-projection';
import { nameDrift } from '../../src/shape/name-drift';
import { readReply, type ReadReply } from '../../src/shape/read-reply';
import type { Holds } from '../../src/vocabulary/drift';
import { CANARY, sampleSystem, type FieldWords } from './sample-system';

type Noted = readonly [place: string | null, holds: Holds, fields: number, inside?: readonly string[]];

/** A route of its own, so that no test finds what another one taught it. */
function reader(fields?: readonly FieldWords[]): (members: string) => readonly Noted[] {
  const system = sampleSystem(fields);
  const projection = compileProjection(system);
  const read = (members: string): ReadReply =>
    readReply(projection, system.routes[0]!, { body: Buffer.from(`{"id":"C1",${members}}`), mediaType: 'application/json' }, 'C1');
  return (members) => {
    const noted: Noted[] = [];
    nameDrift(read(members), {
      add: (place, holds, count, inside) => void noted.push(inside.length === 0 ? [place, holds, count] : [place, holds, count, inside]),
    });
    return noted;
  };
}
const drift = (members: string): readonly Noted[] => reader()(members);

test('a field that nobody classified is named by its place, as record.yaml would spell it, with what stands there', () => {
  expect(
    drift(
      '"nickname":"Mo","contact":{"fax":"x","safe" : true},"notes":[{"pinned":false,"text":"t"},{"pinned":true}],"household":[{"members":[{"name":"n","pets":null}]}]',
    ),
  ).toEqual([
    ['/nickname', 'value', 1],
    ['/contact/fax', 'value', 1],
    ['/contact/safe', 'flag', 1],
    ['/notes/*/pinned', 'flag', 2],
    ['/household/*/members/*/pets', 'value', 1],
  ]);
});

test('a place that holds another shape than record.yaml says is named as well', () => {
  expect(drift('"name":{"first":"x"},"contact":"none","notes":{"a":{"text":"t"}},"tags":["x",["y"]],"ssn":true')).toEqual([
    ['/name', 'object', 1, ['/name/first']],
    ['/contact', 'value', 1],
    ['/notes', 'object', 1, ['/notes/a/text']],
    ['/tags/*', 'list', 1, ['/tags/*/*']],
    ['/ssn', 'flag', 1],
  ]);
});

test('of an unclassified object or list the leaves are named, and nothing of what stands in them', () => {
  const members = `"visit" : { "place":{"room":"12","floor":2}, "staff":[{"code":"S1","since":null},{"code":"S2","role":"lead \\" }"}], "done":true, "tags":["a","b"], "empty":{} , "none":[] }`;
  expect(drift(members)).toEqual([
    [
      '/visit',
      'object',
      1,
      [
        '/visit/place/room',
        '/visit/place/floor',
        '/visit/staff/*/code',
        '/visit/staff/*/since',
        '/visit/staff/*/role',
        '/visit/done',
        '/visit/tags/*',
      ],
    ],
  ]);
});

test('the inside of an object is looked at in the 1st, 2nd, 4th, 8th record, and counted in each', () => {
  const read = reader();
  const looks = Array.from({ length: 9 }, (_, i) => read(`"visit":{"n${'abcdefghi'[i]!}":1}`)[0]!);
  expect(looks.map((one) => one[2])).toEqual(Array<number>(9).fill(1));
  expect(looks.map((one) => one[3] ?? [])).toEqual([['/visit/na'], ['/visit/nb'], [], ['/visit/nd'], [], [], [], ['/visit/nh'], []]);
});

const UNTOLD = [
  ['an SSN', CANARY],
  ['an SSN in one run', '219099987'],
  ['an SSN in a word', 'fax_219099987'],
  ['an SSN in other digits', '٢١٩٠٩٩٩٨٧'],
  ['an SSN in escapes', '\\u0032\\u0031\\u0039-09-9987'],
  ['a date', '2024-03-05'],
  ['a record id', 'WF1-1000017'],
  ['a short record id', 'A17'],
  ['an id of letter and digit', 'P1'],
  ['a UUID', 'a3c9f2de-0000-4000-8000-0123456789ab'],
  ['a name with a blank', 'Ann Smith'],
  ['a name where fields begin small', 'Ramona'],
  ['two names where fields begin small', 'RamonaSampleton'],
  ['an address', 'ann@example.org'],
  ['a sentence', 'left without notice'],
  ['a control character', '\\u001b[2J'],
  ['a key longer than fields are', 'k'.repeat(49)],
  ['the empty key', ''],
] as const;

test.each(UNTOLD)(
  'RED-27 %s as a key is counted and never told, on top, in an object, and inside one that is not classified',
  (_what, key) => {
    const noted = drift(`"${key}":"x","contact":{"${key}":{"more":1}},"visits":{"${key}":{"room":"x"}}`);
    expect(noted).toEqual([
      ['/?', 'value', 1],
      ['/contact/?', 'object', 1],
      ['/visits', 'object', 1, ['/visits/?/room']],
    ]);
  },
);

test.each(['line1', 'w2Form', 'icd10', 'ssn2', 'dateOfBirth', 'x-ray', 'case.ref', 'DOB', '_etag'])(
  '%j looks like a field and is told',
  (key) => {
    expect(drift(`"contact":{"${key}":1}`)).toEqual([[`/contact/${key}`, 'value', 1]]);
  },
);

test('where the fields of a system begin with capitals, theirs are told', () => {
  const fields: readonly FieldWords[] = [['FirstName', 'basic', 'plain']];
  expect(reader(fields)('"Ramona":1')).toEqual([['/Ramona', 'value', 1]]);
});

test('RED-27 a key that stands in the record as a value is no field: a name, a name of two words, a code', () => {
  const read = reader();
  const person = (name: string) =>
    `"name":"${name}","links":[{"href":"harbor"}],"ramona":1,"ramonaSampleton":1,"sampleton_ramona":{"age":1},"harbor":1,"visits":{"ramona":{"room":1}}`;
  expect(read(person('Ramona Sampleton'))).toEqual([
    ['/?', 'value', 1],
    ['/?', 'value', 1],
    ['/?', 'object', 1],
    ['/?', 'value', 1],
    ['/visits', 'object', 1, ['/visits/?/room']],
  ]);
  // In a record in which it is nobody's name it looks like a field.
  expect(read('"name":"Robin","ramona":1')).toEqual([['/ramona', 'value', 1]]);
});

test('a record with very many places is counted whole, and 32 of them are named', () => {
  const members = Array.from({ length: 100 }, (_, i) => `"${letters(i)}":${i}`).join(',');
  const noted = drift(members);
  expect(noted).toHaveLength(33);
  expect(noted.at(-1)).toEqual([null, 'value', 68]);
  const list = Array.from({ length: 5_000 }, () => '{"pinned":1,"by":"x"}').join(',');
  expect(drift(`"notes":[${list}]`)).toEqual([['/notes/*/pinned', 'value', 5_000]]);
});

test('the table of known places is bounded: what comes beyond 400 is counted and not told', () => {
  const read = reader();
  const places = new Set<string>();
  let beyond = 0;
  for (let record = 0; record < 40; record += 1)
    for (const [place, , fields] of read(Array.from({ length: 20 }, (_, i) => `"${letters(record * 20 + i)}":1`).join(',')))
      if (place === null) beyond += fields;
      else places.add(place);
  expect([places.size, beyond]).toEqual([400, 400]);
});

test('places are told with the escapes of a JSON Pointer, and one that is too long is only counted', () => {
  const fields: readonly FieldWords[] = [
    ['a/b~c.d', 'basic', 'plain'],
    [`${'l'.repeat(240)}.d`, 'basic', 'plain'],
  ];
  expect(reader(fields)(`"a/b~c":{"x":1},"${'l'.repeat(240)}":{"short":1,"${'m'.repeat(20)}":1}`)).toEqual([
    ['/a~1b~0c/x', 'value', 1],
    [`/${'l'.repeat(240)}/short`, 'value', 1],
    [null, 'value', 1],
  ]);
});

test('a record without unclassified fields notes nothing', () => {
  expect(drift('"name":"x"')).toEqual([]);
});

/** Keys that differ in letters alone, and are nobody's values. */
const letters = (i: number): string =>
  `key_${[676, 26, 1].map((place) => String.fromCharCode(97 + (Math.floor(i / place) % 26))).join('')}`;
