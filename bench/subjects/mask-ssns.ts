/** What the parts' own readmes lead to: SSNs in every string of a value, by a regular expression; a number in a field named ssn, too. */
export function maskSsns(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return value.replace(/(?<!\d)\d{3}[-\u2013 .]?\d{2}[-\u2013 .]?(\d{4})(?!\d)/g, 'XXX-XX-$1');
  if (typeof value === 'number' && name === 'ssn') return `XXX-XX-${String(value).slice(-4)}`;
  if (Array.isArray(value)) return value.map((one) => maskSsns(one));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskSsns(inner, key)]));
  return value;
}
