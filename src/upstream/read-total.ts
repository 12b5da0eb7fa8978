/**
 * How many records a list has in all, as one header of the reply says.
 *
 * Takes   undici's raw headers: name, value, name, value …
 * Gives   the number; null where the header is missing, stands twice, or is no plain number.
 */
export function readTotal(rawHeaders: readonly Buffer[], header: string): number | null {
  const wanted = header.toLowerCase();
  let said: string | null = null;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as Buffer;
    if (name.length !== wanted.length || name.toString('latin1').toLowerCase() !== wanted) continue;
    if (said !== null) return null;
    said = (rawHeaders[i + 1] as Buffer).toString('latin1');
  }
  return said !== null && /^(?:0|[1-9][0-9]{0,14})$/.test(said) ? Number(said) : null;
}
