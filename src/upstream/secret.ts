import { readFileSync } from 'node:fs';
import type { UpstreamLog } from './log';
import { watchFiles } from './watched-files';

/** Where a secret stands: a file (read again when it changes) or a value that settings took from the environment. */
export type SecretSource = { readonly file: string } | { readonly value: string };

/** A secret as it is now. `current` never fails: a file that turns unreadable leaves the last good value and a line for the person on call. */
export interface Secret {
  current(): string;
  close(): void;
}

/**
 * Fails   with a plain Error when the secret cannot be read at start, is empty, or holds what no header may hold.
 */
export function createSecret(name: string, source: SecretSource, options: { readonly log: UpstreamLog; readonly checkMs: number }): Secret {
  if ('value' in source) {
    const value = checked(name, source.value);
    return { current: () => value, close: () => undefined };
  }
  let value = checked(name, readFileSync(source.file, 'utf8'));
  const watch = watchFiles([source.file], options.checkMs, () => {
    try {
      value = checked(name, readFileSync(source.file, 'utf8'));
      options.log.info('secret-reread', { secret: name });
    } catch {
      options.log.error('secret-unreadable', { secret: name });
    }
  });
  return { current: () => value, close: () => watch.close() };
}

// Visible ASCII with single spaces inside, e.g. 'Basic dXNlcjpwdw=='. A line end at the end of a file is an editor's, not the secret's.
function checked(name: string, text: string): string {
  const value = text.replace(/\r?\n$/, '');
  if (!/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(value) || value.length > 8192)
    throw new Error(`The secret ${name} is empty or holds characters no header may hold.`);
  return value;
}
