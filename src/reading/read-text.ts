import type { Problem } from './problem';

/**
 * Bytes of a file that people edit, as text.
 *
 * Takes   the whole file.
 * Gives   its text without a byte order mark; text '' with one problem where it holds a vertical tab, form feed or another line sign than LF
 *         and CR, or where the bytes are no UTF-8 (a spreadsheet
 *         saved as UTF-16 or in an old code page), naming the line of the first bad byte.
 * Fails   never.
 */
export function readText(bytes: Uint8Array, file: string): { readonly text: string; readonly problems: readonly Problem[] } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const hidden = /[\u000b\u000c\u0085\u2028\u2029]/.exec(text);
    if (hidden === null) return { text, problems: [] };
    const before = text.slice(0, hidden.index);
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n');
    // Some editors show it as a new line: what stands behind it in a comment would be no row to us.
    return {
      text: '',
      problems: [
        { file, line, column, word: '', message: 'a sign that some editors show as a new line, and that is none; end lines plainly' },
      ],
    };
  } catch {
    const lossy = new TextDecoder('utf-8').decode(bytes);
    const before = lossy.slice(0, lossy.indexOf('\ufffd'));
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n');
    return { text: '', problems: [{ file, line, column, word: '', message: 'the file is not UTF-8 text; save it as UTF-8' }] };
  }
}
