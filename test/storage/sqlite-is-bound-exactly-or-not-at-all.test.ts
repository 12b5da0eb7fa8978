import { join } from 'node:path';
import { SqliteDriver } from '../../src/storage/sqlite-driver';
import { temporaryFolder } from './test-stores';

const folder = temporaryFolder();
const file = join(folder, 'values.db');
const connection = new SqliteDriver(file, { timeout: 50 });
connection.exec('CREATE TABLE kept (a TEXT UNIQUE, b BLOB, c INTEGER)');
const insert = connection.prepare('INSERT INTO kept VALUES (?, ?, ?)');

afterAll(() => connection.close());

test.each([
  ['a boolean', true, 'a value of type boolean cannot be bound'],
  ['a date', new Date(0), 'a value of type object cannot be bound'],
  ['undefined', undefined, 'a value of type undefined cannot be bound'],
  ['an object', { a: 1 }, 'a value of type object cannot be bound'],
  ['an array', ['a'], 'a value of type object cannot be bound'],
  ['a function', () => 1, 'a value of type function cannot be bound'],
  ['a symbol', Symbol('a'), 'a value of type symbol cannot be bound'],
  ['NaN', NaN, 'the number NaN cannot be bound'],
  ['infinity', Infinity, 'the number Infinity cannot be bound'],
  ['an integer that is not exact', 2 ** 53, 'an integer this large must be bound as bigint'],
  ['a bigint beyond 64 bits', 2n ** 63n, 'a bigint beyond 64 bits cannot be bound'],
  ['text with NUL', 'a\0b', 'text with NUL or half a surrogate pair cannot be bound'],
  ['half a surrogate pair', '\ud800', 'text with NUL or half a surrogate pair cannot be bound'],
])('%s is refused and the process lives', (_what, value, message) => {
  for (const call of ['run', 'all', 'get'] as const) expect(() => insert[call](value as never, null, null)).toThrow(message);
});

test('as many parameters as the statement has, no fewer and no more: an engine would keep the last value', () => {
  const select = connection.prepare(`SELECT ? AS a, ? AS b, '?' AS c /* ? */ -- ?`);
  expect(select.all(1, 2)).toEqual([{ a: 1, b: 2, c: '?' }]);
  expect(() => select.all(3)).toThrow('the statement takes 2 parameters, got 1');
  expect(() => select.all(3, 4, 5)).toThrow('the statement takes 2 parameters, got 3');
  expect(() => connection.prepare('SELECT :name')).toThrow('only plain ? parameters are bound');
});

test('what is bound comes back as it was, in plain rows', () => {
  const bytes = Buffer.from('hello world');
  insert.run('exact 5', bytes.subarray(6), Number.MAX_SAFE_INTEGER);
  insert.run('2', new Uint8Array(bytes.buffer, bytes.byteOffset, 5), -1n);
  expect(connection.prepare('SELECT * FROM kept WHERE b = ?').get(Buffer.from('world'))).toEqual({
    a: 'exact 5',
    b: Buffer.from('world'),
    c: Number.MAX_SAFE_INTEGER,
  });
  expect(connection.prepare('SELECT *, typeof(?) AS t FROM kept WHERE a = ?').all(5, '2')).toEqual([
    { a: '2', b: Buffer.from('hello'), c: -1, t: 'integer' },
  ]);
  expect(connection.prepare('SELECT a FROM kept WHERE a = ?').get('nothing')).toBeUndefined();
});

test('an integer that a number cannot hold is not read rounded', () => {
  expect(() => connection.prepare('SELECT 9007199254740993 AS n').all()).toThrow(RangeError);
});

test('faults carry one set of code names on both engines', () => {
  insert.run('once', null, null);
  expect(() => insert.run('once', null, null)).toThrow(expect.objectContaining({ name: 'SqliteError', code: 'SQLITE_CONSTRAINT_UNIQUE' }));
  expect(() => new SqliteDriver(join(folder, 'none', 'x.db'))).toThrow(expect.objectContaining({ code: 'SQLITE_CANTOPEN' }));
  const reader = new SqliteDriver(file, { readonly: true });
  expect(() => reader.exec(`INSERT INTO kept (a) VALUES ('x')`)).toThrow(expect.objectContaining({ code: 'SQLITE_READONLY' }));
  reader.close();
  const other = new SqliteDriver(file, { timeout: 50 });
  connection.exec('BEGIN IMMEDIATE');
  expect(() => other.exec('BEGIN IMMEDIATE')).toThrow(expect.objectContaining({ code: 'SQLITE_BUSY' }));
  connection.exec('ROLLBACK');
  other.close();
  expect(() => other.exec('SELECT 1')).toThrow(expect.objectContaining({ code: 'SQLITE_MISUSE' }));
  connection.pragma('max_page_count = 8');
  expect(() => {
    for (let row = 0; row < 100; row += 1) insert.run(`row ${row}`, Buffer.alloc(4_000), null);
  }).toThrow(expect.objectContaining({ code: 'SQLITE_FULL' }));
});

test('a transaction that throws leaves nothing, and does not wait for promises', () => {
  const roomy = new SqliteDriver(':memory:');
  roomy.exec('CREATE TABLE t (a)');
  expect(() =>
    roomy.transaction(() => {
      roomy.prepare('INSERT INTO t VALUES (?)').run(1);
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(() => roomy.transaction(async () => Promise.resolve())).toThrow(TypeError);
  expect([roomy.inTransaction, roomy.prepare('SELECT count(*) AS n FROM t').get()]).toEqual([false, { n: 0 }]);
  roomy.close();
});
