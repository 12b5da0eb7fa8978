import type { z } from 'zod';
import { readJson } from '../reading/read-json';
import { GatewayError } from '../vocabulary/errors';
import type { Act } from './admin-plane-parts';

/** The body of a route that has one. */
export function bodyOf(act: Act): { readonly text: string; readonly format: 'json' | 'ndjson' } {
  if (act.body === null) throw new GatewayError('internal-fault', 'a route with a body was carried without one');
  return act.body;
}

/** CON-08: what the schema does not name is refused, not dropped. Fails GatewayError('input-invalid') with every problem. */
export function parsed<T>(schema: z.ZodType<T>, text: string): T {
  const json = readJson(text);
  if ('problem' in json) throw invalid([{ line: 0, column: '', reason: json.problem }]);
  const read = schema.safeParse(json.value);
  if (read.success) return read.data;
  throw invalid(
    read.error.issues.map((issue) => ({
      line: 0,
      // Keys that are not ours are the caller's text: only the place around them is named.
      column: issue.path.map(String).join('.'),
      reason: issue.code === 'unrecognized_keys' ? 'has a key that is not known here' : issue.message,
    })),
  );
}

/** What a body gets wrong, for the caller. */
export function invalid(problems: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): GatewayError {
  return new GatewayError('input-invalid', `${problems.length} problems`, { details: { problems, ...more } });
}
