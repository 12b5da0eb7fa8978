import fc from 'fast-check';
import { parseQuery } from '../../src/edge/parse-query';
import { converse } from '../support/raw-http';
import { stubGateway } from './stub-gateway';

test.each<[string, string, readonly (readonly [string, string])[]]>([
  ['one word', '_limit=25', [['_limit', '25']]],
  [
    'several words, in their order',
    'b=2&a=1',
    [
      ['b', '2'],
      ['a', '1'],
    ],
  ],
  ['a value with signs', 'name.last=O%27Hara+Lund', [['name.last', "O'Hara Lund"]]],
  ['a value of more than one byte a letter', 'name.last=Mu%C3%B1oz', [['name.last', 'Muñoz']]],
  ['a plus sign and a percent sign, encoded', 'a=1%2B1%25', [['a', '1+1%']]],
])('%s', (_what, query, pairs) => {
  expect(parseQuery(query)).toEqual(pairs);
});

test.each([
  ['nothing', ''],
  ['a word without a value', 'a'],
  ['an empty value', 'a='],
  ['an empty word', '=1'],
  ['two signs in a row', 'a=1&&b=2'],
  ['a list', 'a[]=1'],
  ['a place in an object', 'a[b]=1'],
  ['a word that is encoded', '%61=1'],
  ['a sign within a value', 'a=1=2'],
  ['a semicolon between words', 'a=1;b=2'],
  ['a broken escape', 'a=%zz'],
  ['a broken letter', 'a=%c3'],
  ['an overlong letter', 'a=%c0%ae'],
  ['a line end', 'a=%0d%0aX'],
  ['a NUL', 'a=%00'],
  ['a letter nobody sees', 'a=b%E2%80%8Bc'],
  ['a word with a blank', 'a+b=1'],
  ['more words than anybody needs', Array.from({ length: 25 }, (_, i) => `w${i}=1`).join('&')],
])('PTH-18 E04 %s is refused', (_what, query) => {
  expect(parseQuery(query)).toBe('query-malformed');
});

test.each(['a=1&a=2', 'a=1&b=2&a=1'])('PTH-18 a word that stands twice is refused: %s', (query) => {
  expect(parseQuery(query)).toBe('query-word-repeated');
});

test('what is accepted is read by others in the same way', () => {
  const part = fc.oneof(fc.constantFrom('a', 'b.c', '_x', '=', '&', '+', '%20', '%26', '%3d', '%C3%B1', ';', '[', ']', '#'), fc.string());
  fc.assert(
    fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
      const query = parts.join('');
      const pairs = parseQuery(query);
      if (typeof pairs === 'string') return;
      expect([...new URLSearchParams(query)]).toEqual(pairs);
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  '?',
  '?id=1',
  '?id=1&id=2',
  '?id[]=1',
  '?id[a]=1',
  '?ID=2',
  '?id=1%26id=2',
  '?ids=C1,P1',
  '?include=private',
  '?access_token=x',
])('PTH-18 PTH-20 a route of one record takes no query: %s', async (query) => {
  const gateway = await stubGateway();
  const { replies } = await converse(gateway.port, `GET /wf1/records/C1${query} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  expect(replies[0]?.status).toBe(400);
  expect(gateway.seen.refusals).toMatchObject([{ code: 'query-not-allowed', reason: 'query-not-allowed', system: null, route: null }]);
  expect(gateway.seen.asks).toEqual([]);
  await gateway.dataPlane.stop();
});
