import { compileProjection } from '../../src/shape/compile-projection';
import { readReply } from '../../src/shape/read-reply';
import { shapeProblem } from '../../src/shape/shape-problem';
import { shapeRecord } from '../../src/shape/shape-record';
import { ShapedReply } from '../../src/shape/shaped-reply';
import { ERROR_TABLE, GatewayError, type ErrorCode } from '../../src/vocabulary/errors';
import { BASIC, decisionFor, EVERYTHING, FACTS, FIELDS, read, sampleSystem, SECTIONS, shape, shaped, shapedText } from './sample-system';

test('fields leave in the order and the bytes in which they came', () => {
  const members = '"tags" : [ "\\u0041\\/", 1.10 ,null,true ] , "name":"Zoë 😀 \\n" ,"case":{"status":"open"}';
  expect(shapedText(members)).toBe('{"id":"C1","tags":["\\u0041\\/",1.10,null,true],"name":"Zoë 😀 \\n","case":{"status":"open"}}');
});

describe('what is hidden shows nowhere', () => {
  const HIDDEN: readonly (readonly [string, Record<string, unknown>])[] = [
    ['absent', {}],
    ['null', { contact: null, notes: null, summary: null, case: null, household: null }],
    ['empty', { contact: {}, notes: [], summary: '', case: {}, household: [] }],
    [
      'present',
      {
        contact: { email: 'a@x.test', phone: '1' },
        notes: [{ text: 'n', by: 's' }, { text: 'm' }],
        summary: 's',
        case: { remark: 'r' },
        setBy: 'x',
      },
    ],
    ['renamed', { Contact: { email: 'a@x.test' }, note: [{ text: 'n' }], caseNotes: 'x', 'case.status': 'y' }],
    ['of other types', { contact: 'a', notes: 1, summary: { a: 1 }, case: [1], household: { a: 1 } }],
    ['nested in what is partly shown', { household: [{ members: [{ ssn: '123-45-6789' }] }, { members: [] }], case: { remark: 'x' } }],
  ];
  test.each(HIDDEN)('RED-22 RED-23 RED-24 hidden parts %s: the basic view has the same bytes', (_, hidden) => {
    expect(shape(JSON.stringify({ id: 'C1', name: 'Ann', ...hidden }), BASIC).body.toString()).toBe('{"id":"C1","name":"Ann"}');
  });

  test('RED-22 exactly the listed basic fields', () => {
    const members = {
      name: 'Ann',
      ssn: '219-09-9987',
      maxisCase: '1',
      case: { status: 'open', remark: 'r' },
      contact: { email: 'e' },
      notes: [{ text: 't' }],
      extra: 1,
    };
    expect(shaped(members, BASIC)).toEqual({ name: 'Ann', ssn: 'XXX-XX-9987', maxisCase: '1', case: { status: 'open' } });
  });

  test('RED-24 an array is told by the elements in which something is shown', () => {
    expect(shaped({ household: [{ name: 'Ann' }, { members: [{ ssn: '123-45-6789' }] }, { name: 'Bo' }] }, BASIC)).toEqual({
      household: [{ name: 'Ann' }, { name: 'Bo' }],
    });
  });

  test('where everything in it is granted an object or array is there as it came, empty or not', () => {
    const members = { contact: {}, notes: [], household: [{ members: [] }] };
    expect(shaped(members)).toEqual(members);
    expect(shaped({ tags: [] }, BASIC)).toEqual({ tags: [] });
  });

  test('a record of which nothing granted is there is an empty object', () => {
    expect(shape('{"id":"C1","name":"Ann"}', decisionFor(['contact'])).body.toString()).toBe('{}');
  });
});

test('BOD-24 a field that nobody classified is left out and counted', () => {
  const reply = shape('{"id":"C1","new":{"a":[1,2],"b":3},"contact":{"email":"e","fax":"f"},"notes":[{"x":1},"y",3]}');
  expect(reply.body.toString()).toBe('{"id":"C1","contact":{"email":"e"},"notes":[{}]}');
  expect(reply.unclassifiedFields).toBe(5);
});

test.each([
  ['an object for a scalar', '"name":{"first":"Ann"}'],
  ['an array for a scalar', '"name":["Ann"]'],
  ['an array for an object', '"contact":[{"email":"e"}]'],
  ['an object for an array', '"notes":{"text":"t"}'],
  ['a scalar for an object', '"contact":"e"'],
  ['a scalar for an array', '"tags":"t"'],
])('BOD-25 %s is left out and counted once', (_, member) => {
  const reply = shape(`{"id":"C1",${member}}`);
  expect(reply.body.toString()).toBe('{"id":"C1"}');
  expect(reply.unclassifiedFields).toBe(1);
});

test('a key named * is nobody’s field', () => {
  expect(shape('{"id":"C1","*":"x","tags":{"*":"y"},"notes":[{"*":{"text":"z"}}]}').body.toString()).toBe('{"id":"C1","notes":[{}]}');
});

test('a section that the route does not declare is not shown, whatever is granted', () => {
  const system = sampleSystem();
  const narrow = { ...system, routes: [{ ...system.routes[0]!, sections: [0] }] };
  const reply = readReply(
    compileProjection(narrow),
    narrow.routes[0]!,
    { body: Buffer.from('{"id":"C1","summary":"s"}'), mediaType: 'application/json' },
    'C1',
  );
  expect(shapeRecord(reply, EVERYTHING, 'a').body.toString()).toBe('{"id":"C1"}');
});

test('a decision that shows nothing is never shaped', () => {
  expect(() => shapeRecord(read('{"id":"C1"}'), { ...BASIC, disclosure: 'none' }, 'a')).toThrow(GatewayError);
});

describe('facts', () => {
  const factsOf = (members: string): unknown => read(`{"id":"C1"${members}}`).facts;

  test.each([
    ['', [[], [], []]],
    [',"private":true,"assignments":[{"staffId":"s1"},{"staffId":17},{"other":1}],"agency":"A"', [[true], ['s1', '17'], ['A']]],
    [',"private":null,"agency":null', [[null], [], [null]]],
    [',"private":"\\u0059","agency":1.0', [['Y'], [], ['1.0']]],
    [',"private":{"is":false},"assignments":{"staffId":"s1"}', [[], [], []]],
    [',"assignments":[["s1"]]', [[], [], []]],
    [',"x":{"private":false}', [[], [], []]],
  ])('%s', (members, facts) => expect(factsOf(members)).toEqual(facts));

  test('a source that may keep silent is not silenced by a value of another shape', () => {
    expect(() => read('{"id":"C1","agency":["A"]}')).toThrow(
      expect.objectContaining({ code: 'upstream-malformed', options: { reason: 'facts-missing' } }),
    );
  });

  test('a fact is no field: it does not leave and is not counted', () => {
    const reply = shape('{"id":"C1","private":false,"assignments":[{"staffId":"s1"}],"agency":"A"}');
    expect([reply.body.toString(), reply.unclassifiedFields]).toEqual(['{"id":"C1"}', 0]);
  });
});

describe('headers', () => {
  const headers = (granted: readonly string[]): Record<string, string> =>
    Object.fromEntries(shape('{"id":"C1"}', decisionFor(granted)).headers);

  test('a full view withholds nothing', () => {
    expect(headers(SECTIONS)).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'casegate-access-id': 'access-1',
      'casegate-view': 'full',
      'cache-control': 'no-store',
    });
  });

  test('what is withheld is named, but for sections that speak of privacy', () => {
    expect(headers(['basic'])).toMatchObject({
      'casegate-view': 'basic',
      'casegate-withheld': 'contact=not-granted, case-notes=not-granted, household=not-granted',
    });
    expect(headers(['basic', 'privacy'])).toMatchObject({
      'casegate-view': 'partial',
      'casegate-withheld': 'contact=not-granted, case-notes=not-granted, household=not-granted',
    });
  });

  test('sections that speak of privacy are named to those who are granted the privacy section', () => {
    const system = { ...sampleSystem(), tellingSections: [3, 4] };
    const reply = readReply(
      compileProjection(system),
      system.routes[0]!,
      { body: Buffer.from('{"id":"C1"}'), mediaType: 'application/json' },
      'C1',
    );
    const withheld = (granted: readonly string[]): unknown =>
      Object.fromEntries(shapeRecord(reply, decisionFor(granted), 'a').headers)['casegate-withheld'];
    expect(withheld(['basic', 'contact', 'case-notes'])).toBeUndefined();
    expect(withheld(['basic', 'contact', 'case-notes', 'privacy'])).toBe('household=not-granted');
  });

  test('the headers do not depend on what the record holds', () => {
    expect(shape('{"id":"C1"}', BASIC).headers).toEqual(shape('{"id":"C1","summary":"s","setBy":"x"}', BASIC).headers);
  });
});

describe('problem documents', () => {
  test.each(Object.keys(ERROR_TABLE) as ErrorCode[])('%s', (code) => {
    const { status, title, says } = ERROR_TABLE[code];
    const reply = shapeProblem(code, 'access-1');
    expect(JSON.parse(reply.body.toString())).toEqual({
      type: `urn:casegate:problem:${code}`,
      title,
      status,
      detail: says,
      code,
      accessId: 'access-1',
    });
    expect(reply.status).toBe(status);
    expect(Object.fromEntries(reply.headers)).toEqual({
      'content-type': 'application/problem+json',
      'casegate-access-id': 'access-1',
      'casegate-view': 'none',
      'cache-control': 'no-store',
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    });
  });

  test('INF-07 INF-08 a hidden record is the same bytes every time, but for the access id', () => {
    const one = shapeProblem('record-hidden', 'access-1');
    const other = shapeProblem('record-hidden', 'access-2');
    expect(one.body.toString().replace('access-1', 'access-2')).toBe(other.body.toString());
    expect(JSON.stringify(one.headers).replace('access-1', 'access-2')).toBe(JSON.stringify(other.headers));
  });

  test('details come behind the standard members and never replace one', () => {
    const reply = shapeProblem('input-invalid', 'a', {
      details: { rows: 3, status: 200, instance: '/x', code: 'y' },
      retryAfterSeconds: 0.2,
      headers: [['allow', 'GET, HEAD']],
    });
    expect(JSON.parse(reply.body.toString())).toEqual({
      type: 'urn:casegate:problem:input-invalid',
      title: 'Input not valid',
      status: 422,
      detail: ERROR_TABLE['input-invalid'].says,
      code: 'input-invalid',
      accessId: 'a',
      rows: 3,
    });
    expect(reply.headers.slice(-2)).toEqual([
      ['retry-after', '1'],
      ['allow', 'GET, HEAD'],
    ]);
  });
});

describe('the ticket', () => {
  test('carries its access id', () => {
    const reply = shape('{"id":"C1"}');
    expect([reply.status, reply.accessId]).toEqual([200, 'access-1']);
  });

  test('is made by this room alone', () => {
    const reply = shape('{"id":"C1"}');
    expect(ShapedReply.isShaped(reply)).toBe(true);
    expect(ShapedReply.isShaped(shapeProblem('record-hidden', 'a'))).toBe(true);
    for (const forged of [
      { ...reply },
      Object.create(ShapedReply.prototype),
      Object.setPrototypeOf({ ...reply }, ShapedReply.prototype),
      null,
      undefined,
      'x',
    ]) {
      expect(ShapedReply.isShaped(forged)).toBe(false);
    }
    expect(() => new ShapedReply(Symbol('shape'), { ...reply })).toThrow(TypeError);
  });

  test('answers that wait together do not share their bytes', () => {
    const replies = Array.from({ length: 300 }, (_, n) => shape(`{"id":"C1","name":"${'x'.repeat(n * 7)}${n}"}`));
    replies.forEach((reply, n) => expect(reply.body.toString()).toBe(`{"id":"C1","name":"${'x'.repeat(n * 7)}${n}"}`));
  });

  test('records that were read and wait to be shaped do not share their notes', () => {
    const reads = Array.from({ length: 300 }, (_, n) =>
      read(`{"id":"C1","tags":[${Array.from({ length: n }, (_unused, i) => i).join(',')}]}`),
    );
    reads.forEach((one, n) =>
      expect((JSON.parse(shapeRecord(one, EVERYTHING, 'a').body.toString()) as { tags: number[] }).tags).toHaveLength(n),
    );
  });
});

test('RED-28 a fault in the middle gives no part of a record', () => {
  const reply = read('{"id":"C1","name":"Ann","summary":"219-09-9987"}');
  expect(() => shapeRecord({ ...reply, finds: null as never }, EVERYTHING, 'a')).toThrow();
  expect(shapeRecord(reply, EVERYTHING, 'a').body.toString()).toBe('{"id":"C1","name":"Ann","summary":"XXX-XX-9987"}');
});

test.each([
  ['a place twice', [...FIELDS, ['name', 'contact', 'plain']], 'classified twice'],
  ['a section that is not there', [['name', 'nowhere', 'plain']], 'names no section'],
  ['__proto__', [['x.__proto__', 'basic', 'plain']], 'cannot be part'],
  ['constructor', [['constructor', 'basic', 'plain']], 'cannot be part'],
  ['an empty word', [['x..y', 'basic', 'plain']], 'cannot be part'],
] as const)('a system is refused at start for %s', (_, fields, message) => {
  expect(() => compileProjection(sampleSystem(fields as never))).toThrow(message);
});

test('a system is refused at start for a section that cannot stand in a header', () => {
  expect(() => compileProjection(sampleSystem([['name', 'basic', 'plain']], ['basic', 'Case Notes\r\n'], FACTS))).toThrow('header');
});

test('more fields in one object than an integer has bits', () => {
  const names = Array.from({ length: 80 }, (_, n) => `field${n}`);
  const system = sampleSystem([['id', 'basic', 'plain'], ...names.map((name) => [name, 'basic', 'plain'] as const)]);
  const ask = (text: string): string =>
    shapeRecord(
      readReply(compileProjection(system), system.routes[0]!, { body: Buffer.from(text), mediaType: 'application/json' }, 'C1'),
      BASIC,
      'a',
    ).body.toString();
  const text = `{"id":"C1",${names.map((name, n) => `"${name}":${n}`).join(',')}}`;
  expect(ask(text)).toBe(text);
  for (const name of names) expect(() => ask(text.replace('{', `{"${name}":0,`))).toThrow(GatewayError);
});
