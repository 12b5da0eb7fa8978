import { readCsv } from '../../src/reading/read-csv';
import { readText } from '../../src/reading/read-text';
import { readYaml } from '../../src/reading/read-yaml';

const texts = (text: string): readonly (readonly string[])[] =>
  readCsv(text, 'x.csv').rows.map((row) => row.cells.map((cell) => cell.text));

describe('readYaml', () => {
  test('gives the value and the place of every value and key', () => {
    const read = readYaml('a: 1\nb:\n  c: [x, yy]\n  d:\n    - e: f\n    - g\n', 'r.yaml');
    expect(read.problems).toEqual([]);
    expect(read.value).toEqual({ a: 1, b: { c: ['x', 'yy'], d: [{ e: 'f' }, 'g'] } });
    expect(read.locate(['a'])).toEqual({ line: 1, column: 4 });
    expect(read.locate(['b', 'c', 1])).toEqual({ line: 3, column: 10 });
    expect(read.locate(['b', 'd'])).toEqual({ line: 4, column: 3 });
    expect(read.locate(['b', 'd', 0, 'e'])).toEqual({ line: 5, column: 10 });
    expect(read.locate(['b', 'd', 0, 'e'], 'key')).toEqual({ line: 5, column: 7 });
    expect(read.locate(['b', 'd', 1])).toEqual({ line: 6, column: 7 });
    expect(read.locate(['b', 'nothing', 'there'])).toEqual({ line: 2, column: 1 });
    expect(read.locate([])).toEqual({ line: 1, column: 1 });
  });

  test.each([
    ['a: 1\na: 2\n', { line: 2, column: 1, message: 'this key stands twice' }],
    ['a: &x 1\nb: *x\n', { line: 1, column: 7, word: '&x', message: 'anchors are not allowed' }],
    ['county: 0123\n', { line: 1, column: 9, word: '0123', message: 'this number would lose digits; put it in quotes' }],
    ['v: 1.10\n', { line: 1, column: 4, word: '1.10', message: 'this number would lose digits; put it in quotes' }],
    [
      'v: 12345678901234567890\n',
      { line: 1, column: 4, word: '12345678901234567890', message: 'this number would lose digits; put it in quotes' },
    ],
    ['1: a\n', { line: 1, column: 1, word: '1', message: 'a key must be a word; put it in quotes' }],
    ['__proto__: {a: 1}\n', { line: 1, column: 1, word: '__proto__', message: 'this word cannot be a key' }],
    ['a: !!js/function x\n', { line: 1, column: 4 }],
    ['a: 1\n---\nb: 2\n', { line: 2, column: 1, message: 'the file holds more than one document' }],
    ['a: [1, 2\nb: 3\n', { line: 2 }],
    ['a: "x\n', {}],
    ['a:\n\t- b\n', { line: 2 }],
  ])('refuses %j', (text, first) => {
    const read = readYaml(text, 'r.yaml');
    expect(read.value).toBeUndefined();
    expect(read.problems[0]).toMatchObject({ file: 'r.yaml', ...first });
  });

  test('quoted digits stay text, a byte order mark and CRLF do no harm', () => {
    expect(readYaml('\ufeffa: "0123"\r\nb: 2.5\r\n', 'r.yaml').value).toEqual({ a: '0123', b: 2.5 });
  });
});

describe('readCsv', () => {
  test('C23 POL-08 a byte order mark, CRLF, tabs and no-break spaces are trimmed', () => {
    expect(texts('\ufeffp,\ta\t,\u00a0b\u00a0,c\r\nq, d ,e,f\r\n')).toEqual([
      ['p', 'a', 'b', 'c'],
      ['q', 'd', 'e', 'f'],
    ]);
  });

  test('C05 a comment is a comment at the start of a line only', () => {
    expect(texts('# one, two\np, a # not a comment\n "#x", b\n')).toEqual([
      ['p', 'a # not a comment'],
      ['#x', 'b'],
    ]);
  });

  test('C05 C23 a comment that a spreadsheet put in quotes, for it holds a quote or a comma, is a comment', () => {
    expect(texts('"# who ""may"" see",,,\n"# one, two"\np, "#x"\n')).toEqual([['p', '#x']]);
  });

  test('C23 where the number of columns is known, empty cells beyond it are left out of every row by itself', () => {
    const read = (text: string) => readCsv(text, 'x.csv', 3).rows.map((row) => row.cells.map((cell) => cell.text));
    expect(read('p,a,b,,,\np,a\np,,,,\np,a,b,,c,\nend,,,,,,\n')).toEqual([
      ['p', 'a', 'b'],
      ['p', 'a'],
      ['p', '', ''],
      ['p', 'a', 'b', '', 'c'],
      ['end', '', ''],
    ]);
  });

  test('every cell knows its place, quoted or not', () => {
    const [row] = readCsv('\n  p, "a, ""b""" ,\tc\n', 'x.csv').rows;
    expect(row?.cells).toEqual([
      { text: 'p', line: 2, column: 3 },
      { text: 'a, "b"', line: 2, column: 7 },
      { text: 'c', line: 2, column: 19 },
    ]);
  });

  test('POL-09 a broken quote names its line and column', () => {
    const read = readCsv('p, ok\np, "alice, case, read\np, "b"c, d\n', 'x.csv');
    expect(read.rows).toHaveLength(1);
    expect(read.problems).toEqual([
      { file: 'x.csv', line: 2, column: 4, word: '"alice, case, read', message: 'a quote is opened or closed in the wrong place' },
      { file: 'x.csv', line: 3, column: 4, word: '"b"c, d', message: 'a quote is opened or closed in the wrong place' },
    ]);
  });

  test('columns that are empty in every row are dropped, an empty cell of one row stays', () => {
    expect(texts('p,a,,\nend,,,\n,,,\n')).toEqual([
      ['p', 'a'],
      ['end', ''],
    ]);
    expect(texts('p,a,\nend\n')).toEqual([['p', 'a', ''], ['end']]);
  });

  test('a control character is refused', () => {
    expect(readCsv('p,a\u0000b\n', 'x.csv').problems).toEqual([
      { file: 'x.csv', line: 1, column: 4, word: '', message: 'a control character stands here' },
    ]);
  });
});

test('a file that is no UTF-8 is refused with the line of the first bad byte', () => {
  expect(readText(Buffer.from('p, a\np, \xe9t\xe9\n', 'latin1'), 'x.csv')).toEqual({
    text: '',
    problems: [{ file: 'x.csv', line: 2, column: 4, word: '', message: 'the file is not UTF-8 text; save it as UTF-8' }],
  });
  expect(readText(Buffer.from('\ufeffp, é'), 'x.csv')).toEqual({ text: 'p, é', problems: [] });
});
