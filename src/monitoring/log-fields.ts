/** The fields that an operational line may carry. No name, SSN, note, token, address of a person or record id has a field here. */
export const LOG_FIELDS: ReadonlySet<string> = new Set([
  ...['accessId', 'system', 'environment', 'route', 'code', 'reason', 'view', 'status', 'durationMs', 'unclassifiedFields'],
  ...['policyVersion', 'directoryVersion', 'registryVersion', 'version', 'number', 'file', 'line', 'column', 'rule', 'findings', 'cases'],
  ...[
    'chain',
    'entries',
    'waiting',
    'ageSeconds',
    'skewSeconds',
    'allowedSeconds',
    'lateMs',
    'tries',
    'requests',
    'ofOneKey',
    'openRequests',
    'count',
    'bytes',
    'usedPercent',
  ],
  ...[
    'host',
    'port',
    'origin',
    'plane',
    'dataUrl',
    'adminUrl',
    'store',
    'limiter',
    'secret',
    'issuer',
    'keys',
    'keysInHand',
    'breaker',
    'engine',
    'migrations',
    'kind',
    'step',
  ],
  ...['pid', 'signal', 'node', 'says', 'why', 'cause', 'message', 'lost'],
]);

const WHOLE_ID = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{40}|[0-9a-f]{64})$/;
// Nine digits, however they are parted. An operational line needs no such number, so nothing is weighed here.
const NINE_DIGITS = /(?:\p{Nd}[\s\p{Pd}\p{Cf}.·_/]{0,3}){8}\p{Nd}/gu;
const MOST_CHARACTERS = 2_000;

/**
 * What may be written of the fields of a line.
 *
 * Takes   anything. Scalars and Errors are kept, the latter as name, code and message; lists and objects are not looked into.
 * Gives   known fields alone, in the order given; control characters as spaces, nine-digit numbers as XXX-XX-XXXX, long texts cut;
 *         `lost` names the fields left out.
 * Fails   never.
 */
export function keepKnownFields(fields: Readonly<Record<string, unknown>>): Record<string, string | number | boolean | null> {
  const kept: Record<string, string | number | boolean | null> = {};
  const lost: string[] = [];
  for (const name of Object.keys(fields)) {
    const value = LOG_FIELDS.has(name) ? scalarOf(fields[name]) : undefined;
    if (value !== undefined) kept[name] = value;
    else if (fields[name] !== undefined) lost.push(name);
  }
  if (lost.length > 0) kept['lost'] = plainText(lost.sort().join(' '));
  return kept;
}

function scalarOf(value: unknown): string | number | boolean | null | undefined {
  if (value === null || typeof value === 'boolean') return value;
  // A nine-digit number is no figure of ours.
  if (typeof value === 'number') return Number.isFinite(value) && Math.abs(value) < 1e8 ? value : plainText(String(value));
  if (typeof value === 'bigint') return plainText(String(value));
  if (typeof value === 'string') return plainText(value);
  if (value instanceof Error) {
    const code = 'code' in value && typeof value.code === 'string' ? ` ${value.code}` : '';
    return plainText(`${value.name}${code}: ${value.message}`);
  }
  return undefined;
}

export function plainText(text: string): string {
  if (WHOLE_ID.test(text)) return text;
  const short = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} …` : text;
  return short.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replace(NINE_DIGITS, 'XXX-XX-XXXX');
}
