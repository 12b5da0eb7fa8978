/** The one strong validator of an answer (RFC 9110, 8.8.3); null where there is none, a weak one, or two. */
export function readEtag(rawHeaders: readonly Buffer[]): string | null {
  let found: string | null = null;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as Buffer;
    if (name.length !== 4 || name.toString('latin1').toLowerCase() !== 'etag') continue;
    if (found !== null) return null;
    found = (rawHeaders[i + 1] as Buffer).toString('latin1');
  }
  return found !== null && /^"[\x21\x23-\x7e]{0,200}"$/.test(found) ? found : null;
}
