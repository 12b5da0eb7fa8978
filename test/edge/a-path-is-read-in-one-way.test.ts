import fc from 'fast-check';
import { parsePath } from '../../src/edge/parse-path';

const notCanonical = { kind: 'refused', code: 'path-not-canonical' };

test.each([
  ['/wf1/records/C1', 'wf1', ['records', 'C1']],
  ['/wf1', 'wf1', []],
  ['/', '', []],
  ['/API/Cases/1', 'API', ['Cases', '1']],
  ['/swagger.json', 'swagger.json', []],
  ['/wf1/records/a_b-C9', 'wf1', ['records', 'a_b-C9']],
])('%s is read as it stands', (target, system, segments) => {
  expect(parsePath(target)).toEqual({ kind: 'path', system, segments, query: null });
});

test.each([
  ['PTH-01 an encoded slash', ['/api/cases/1%2f..%2f2', '/api/cases/1%2F2']],
  [
    'PTH-02 dot segments, plain and encoded',
    ['/api/cases/..', '/api/cases/.', '/api/cases/%2e%2e', '/api/.%2e', '/api/%2e.', '/../x', '/api/cases/../2'],
  ],
  ['PTH-04 an encoded backslash, double encoding', ['/api/cases/1%5c..%5c2', '/api/cases/1\\..\\2', '/api/%252e%252e', '/api/%25252f']],
  ['PTH-05 a scheme-relative target', ['//evil.example/api/cases/1', '/\\evil.example/x', '///x']],
  ['PTH-06 absolute form', ['http://evil.example/api/cases/1', 'HTTP://evil.example/', 'https://127.0.0.1/api/cases/1']],
  ['PTH-07 asterisk and authority form', ['*', 'a:80', 'evil.example:443']],
  ['PTH-09 something trailing', ['/api/cases/1/', '/api/cases/1.', '/api/cases/1%20', '/api/cases/1%09', '/api/cases/1~', '/api/cases/1 ']],
  [
    'PTH-10 controls',
    ['/api/cases/1%00', '/api/cases/1%0a', '/api/cases/1%0d%0aX: y', '/api/cases/1\0', '/api/cases/1\t', '/api/cases/1\n'],
  ],
  ['PTH-12 a double slash', ['/api//cases/1', '/api/cases//1']],
  [
    'PTH-13 anything but ASCII',
    [
      '/api/cases/%EF%BC%91',
      '/api/cases/%c0%ae%c0%ae',
      '/api/cases/é',
      '/api/cases/e\u0301',
      '/api/cases/ı',
      '/api/caseſ/1',
      '/api/cases/１',
    ],
  ],
  ['PTH-14 a malformed escape', ['/api/cases/%zz', '/api/cases/%', '/api/cases/%u0031']],
  ['PTH-15 a fragment or a query in the path', ['/api/cases/1#x', '/api/cases/1%3fadmin=1', '/api/cases/1:8080@evil']],
  ['E02 a semicolon', ['/api/cases/1;v=2', '/api;x/cases/1']],
  ['no target at all', ['', 'api/cases/1', '?', '#']],
])('%s is refused', (_id, targets) => {
  expect(targets.map((target) => [target, parsePath(target)])).toEqual(targets.map((target) => [target, notCanonical]));
});

test('PTH-18 a query is kept apart from the path, as it came', () => {
  expect(parsePath('/api/cases?a=1&b=%20')).toEqual({ kind: 'path', system: 'api', segments: ['cases'], query: 'a=1&b=%20' });
});

test.each([
  '/api/cases?ssn=219-09-9987',
  '/api/cases?ssn=219099987',
  '/api/cases?q=ssn219099987x',
  '/api/cases?ssn=219%2D09%2D9987',
  '/api/cases?ssn=219%252D09%252D9987',
  '/api/cases?ssn=219+09+9987',
  '/api/cases?ssn=%32%31%39099987',
  '/api/cases/219-09-9987',
  '/api/cases/219099987',
  '/api/cases/219_09_9987',
  '/api/cases/ssn219099987',
  '/api/219/09/9987',
  '/api/cases/219.09.9987',
  '/api/cases/000-00-0000',
  'http://evil.example/219-09-9987',
  '/api/cases/1#219-09-9987',
])('R26 AUD-25 an SSN in the address is refused: %s', (target) => {
  expect(parsePath(target)).toEqual({ kind: 'refused', code: 'ssn-in-url' });
});

test.each([
  '/wf1/records/1234567890',
  '/wf1/records/12345678',
  '/wf1/records/2024-01-05',
  '/wf1/records/0b52f9c6-7d2e-4c7b-9aef-a123456789bc',
])('R26 what is no SSN passes: %s', (target) => {
  expect(parsePath(target).kind).toBe('path');
});

test('LOD-13 a target longer than the cap is refused before it is read', () => {
  expect(parsePath(`/${'a'.repeat(8_192)}`)).toEqual({ kind: 'refused', code: 'headers-too-large' });
});

test('whatever is accepted is the very text that came, and no URL parser reads it otherwise', () => {
  const piece = fc.oneof(
    fc.constantFrom('/', '.', '..', '%2e', '%2f', '\\', '//', ';', '?', '#', '@', ':', '\0', ' ', 'é', 'wf1', 'C1', 'records', '-', '_'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const target = `/${pieces.join('')}`;
      const parsed = parsePath(target);
      if (parsed.kind !== 'path') return;
      const path = `/${[parsed.system, ...parsed.segments].join('/')}`;
      expect(`${path}${parsed.query === null ? '' : `?${parsed.query}`}`).toBe(target);
      expect(new URL(path, 'http://gateway.example').href).toBe(`http://gateway.example${path}`);
    }),
    { numRuns: 5_000 },
  );
});
