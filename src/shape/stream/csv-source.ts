import { EACH, type CsvDelimiter } from '../../vocabulary/case-system';
import { GatewayError } from '../../vocabulary/errors';
import type { PlaceNode, PlaceTree } from '../compile-projection';
import { readStreamed, type StreamedRecord } from './streamed-record';
import { ByteWindow } from './byte-window';
import type { RecordSource, SourceLimits } from './record-source';
import { countRecord, refuseLong } from './source-limits';

/** Rows wider than this are no table of ours. */
const MOST_COLUMNS = 1_024;

/**
 * The records of a CSV file (RFC 4180; LF alone is a line end too). The first row names the columns: a name that is a place of the record,
 * its words joined by points, is classified as that place is; any other is a field that nobody classified. Every cell is a string.
 * A row becomes the JSON object that says the same, so that one scan, one decision and one projection serve all formats.
 *
 * Fails   besides what every source fails for: a row of another width, a column twice, no column for the record's number,
 *         a quote in the wrong place, a control character other than tab and line ends.
 */
export class CsvSource implements RecordSource {
  readonly #window = new ByteWindow();
  readonly #delimiter: number;
  #columns: RowPlan | null = null;
  /** Bytes of the row under way that were looked at, and whether they end inside quotes. */
  #seen = 0;
  #isQuoted = false;
  #records = 0;

  constructor(
    private readonly tree: PlaceTree,
    delimiter: CsvDelimiter,
    private readonly limits: SourceLimits,
  ) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  push(chunk: Buffer): void {
    this.#window.push(chunk);
  }

  end(): void {
    this.#window.end();
  }

  next(): StreamedRecord | null {
    const window = this.#window;
    for (;;) {
      const end = this.#rowEnd();
      if (end < 0) {
        if (window.hasEnded && this.#columns === null) window.refuse('no row of column names');
        return null;
      }
      const { bytes, at } = window;
      const cells = this.#cells(bytes, at, end);
      window.at = Math.min(end + 1, bytes.length);
      if (this.#columns === null) {
        this.#columns = this.#planRows(bytes, cells);
        continue;
      }
      if (cells.length !== this.#columns.width * 2) window.refuse('a row of another width', at);
      this.#records = countRecord(end - at, this.#records, this.limits);
      return readStreamed(writeRow(bytes, cells, this.#columns), 0, this.tree);
    }
  }

  /** Where the row under way ends: the offset of its LF, or the end of all; -1 where that has not come, or nothing is left. */
  #rowEnd(): number {
    const window = this.#window;
    const { bytes, at } = window;
    let isQuoted = this.#isQuoted;
    let i = at + this.#seen;
    for (; i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte === QUOTE) isQuoted = !isQuoted;
      else if (byte === LF && !isQuoted) break;
    }
    const isOver = i === bytes.length;
    if (isOver && !window.hasEnded) {
      this.#seen = i - at;
      this.#isQuoted = isQuoted;
      refuseLong(this.#seen, this.limits);
      return -1;
    }
    this.#seen = 0;
    this.#isQuoted = false;
    if (!isOver) return i;
    if (isQuoted) window.refuse('cut off', i);
    return at === i ? -1 : i;
  }

  /** Start and end of every cell of a row, without the quotes around it; doubled ones inside are left as they are. */
  #cells(bytes: Buffer, start: number, rowEnd: number): number[] {
    const window = this.#window;
    const end = rowEnd > start && bytes[rowEnd - 1] === CR ? rowEnd - 1 : rowEnd;
    const cells: number[] = [];
    for (let i = start; ;) {
      if (cells.length >= MOST_COLUMNS * 2) window.refuse('too many columns', i);
      if (i < end && bytes[i] === QUOTE) {
        const from = ++i;
        for (; ; i++) {
          if (i >= end) window.refuse('a quote that does not close', from);
          if (bytes[i] !== QUOTE) continue;
          if (i + 1 < end && bytes[i + 1] === QUOTE) i++;
          else break;
        }
        cells.push(from, i++);
      } else {
        const from = i;
        for (; i < end && bytes[i] !== this.#delimiter; i++)
          if (bytes[i] === QUOTE || bytes[i] === CR) window.refuse('a quote or line end in the wrong place', i);
        cells.push(from, i);
      }
      if (i === end) return cells;
      if (bytes[i] !== this.#delimiter) window.refuse('something behind a closing quote', i);
      i++;
    }
  }

  #planRows(bytes: Buffer, cells: readonly number[]): RowPlan {
    const names: string[] = [];
    for (let i = 0; i < cells.length; i += 2)
      names.push(bytes.toString('utf8', cells[i] as number, cells[i + 1] as number).replace(/""/g, '"'));
    if (names.includes('')) this.#window.refuse('a column without a name', 0);
    if (new Set(names).size !== names.length) this.#window.refuse('a column twice', 0);
    return planRow(names, this.tree) ?? this.#window.refuse('no column for the number of the record', 0);
  }
}

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/** How a row is written as JSON: the cells in the order of `columns`, each behind its prefix, and what closes the object. */
interface RowPlan {
  readonly width: number;
  readonly columns: readonly number[];
  readonly prefixes: readonly Buffer[];
  readonly suffix: Buffer;
  readonly fixedBytes: number;
}

/** Columns that stand inside one object are brought together; null where no column is that of the record's number. */
function planRow(names: readonly string[], tree: PlaceTree): RowPlan | null {
  const root: Inner = { columns: new Map(), inner: new Map() };
  let hasId = false;
  for (const [column, name] of names.entries()) {
    const node = tree.nodes.find((one) => isColumn(one) && columnName(one) === name);
    hasId ||= node?.isRecordId === true;
    const words = node === undefined ? [name] : wordsOf(node);
    let at = root;
    for (const word of words.slice(0, -1)) {
      let inner = at.inner.get(word);
      if (inner === undefined) at.inner.set(word, (inner = { columns: new Map(), inner: new Map() }));
      at = inner;
    }
    at.columns.set(words.at(-1) as string, column);
  }
  if (!hasId) return null;
  const columns: number[] = [];
  const prefixes: Buffer[] = [];
  let text = '';
  const write = (inner: Inner): void => {
    let comma = '{';
    for (const [word, column] of inner.columns) {
      prefixes.push(Buffer.from(`${text}${comma}${JSON.stringify(word)}:"`));
      columns.push(column);
      text = '"';
      comma = ',';
    }
    for (const [word, below] of inner.inner) {
      text += `${comma}${JSON.stringify(word)}:`;
      comma = ',';
      write(below);
    }
    text += '}';
  };
  write(root);
  const suffix = Buffer.from(text);
  return {
    width: names.length,
    columns,
    prefixes,
    suffix,
    fixedBytes: prefixes.reduce((sum, prefix) => sum + prefix.length, suffix.length),
  };
}

interface Inner {
  readonly columns: Map<string, number>;
  readonly inner: Map<string, Inner>;
}

/** A place that a column can stand for: a value of its own, and no element of an array on the way. */
export function isColumn(node: PlaceNode): boolean {
  if (node.kind === null && node.facts.length === 0 && !node.isRecordId) return false;
  for (let at: PlaceNode | null = node; at !== null; at = at.parent) if (at.word === EACH) return false;
  return true;
}

export const columnName = (node: PlaceNode): string => wordsOf(node).join('.');

function wordsOf(node: PlaceNode): readonly string[] {
  const words: string[] = [];
  for (let at = node; at.parent !== null; at = at.parent) words.unshift(at.word);
  return words;
}

function writeRow(bytes: Buffer, cells: readonly number[], plan: RowPlan): Buffer {
  const rowBytes = (cells.at(-1) as number) - (cells[0] as number);
  // Every byte of a cell is at most one and a backslash.
  const out = Buffer.allocUnsafe(plan.fixedBytes + rowBytes * 2);
  let at = 0;
  for (const [i, column] of plan.columns.entries()) {
    const prefix = plan.prefixes[i] as Buffer;
    at += prefix.copy(out, at);
    at = writeCell(bytes, cells[column * 2] as number, cells[column * 2 + 1] as number, out, at);
  }
  at += plan.suffix.copy(out, at);
  return out.subarray(0, at);
}

function writeCell(bytes: Buffer, start: number, end: number, out: Buffer, at: number): number {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte === QUOTE) {
      // Doubled, or it would have ended the cell.
      i++;
      out[at++] = BACKSLASH;
    } else if (byte === BACKSLASH) out[at++] = BACKSLASH;
    else if (byte < 0x20) {
      const letter = LETTERS[byte];
      if (letter === undefined) throw new GatewayError('upstream-malformed', 'stream refused: a control character in a cell');
      out[at++] = BACKSLASH;
      out[at++] = letter;
      continue;
    }
    out[at++] = byte;
  }
  return at;
}

const BACKSLASH = 0x5c;
/** What stands behind the backslash for a tab, LF and CR. */
const LETTERS: Readonly<Record<number, number>> = { 0x09: 0x74, 0x0a: 0x6e, 0x0d: 0x72 };
