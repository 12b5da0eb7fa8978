import { join } from 'node:path';

/** The root of the clone, from demo/ as from dist/demo/. */
export function treeRoot(): string {
  const above = join(__dirname, '..');
  return above.endsWith('dist') ? join(above, '..') : above;
}
