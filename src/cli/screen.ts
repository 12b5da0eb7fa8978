/** Where a command writes: answers to `out`, everything else to `err`. */
export interface Screen {
  out(text: string): void;
  err(text: string): void;
}

/** One line of JSON an answer, for --json. */
export const jsonLine = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** Columns padded to their widest cell; control characters, which could forge lines or move the cursor, are shown as '?'. */
export function table(rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => row.map(printable));
  const widths = clean.reduce<number[]>((wide, row) => row.map((cell, i) => Math.max(wide[i] ?? 0, cell.length)), []);
  return clean.map((row) => `${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  ')}\n`).join('');
}

export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');
