import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHIPPED_POLICIES } from '../support/gateway';

/**
 * A shipped sample with places replaced, by JSON Pointer; undefined removes one.
 * Takes  the name without its beginning and end: `record` for sample-record.json.
 */
export function sample(system: string, name: string, places: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const record = JSON.parse(readFileSync(join(SHIPPED_POLICIES, system, `sample-${name}.json`), 'utf8')) as Record<string, unknown>;
  for (const [pointer, value] of Object.entries(places)) {
    const keys = pointer.split('/').slice(1);
    const last = keys.pop() as string;
    let at = record;
    for (const key of keys) at = at[key] as Record<string, unknown>;
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  return record;
}
