import { createJsonFetch } from '../../src/upstream/json-fetch';
import { rawReply, startRawUpstream } from '../support/raw-upstream';

const SENT = 'Sun, 06 Nov 1994 08:49:37 GMT';
const SENT_MS = Date.UTC(1994, 10, 6, 8, 49, 37);

test.each<readonly [string, readonly string[], number | null]>([
  ['its Date', [`Date: ${SENT}`], SENT_MS],
  ['the Age of a cached one added', [`Date: ${SENT}`, 'Age: 90'], SENT_MS + 90_000],
  ['nothing without a Date', [], null],
  ['nothing of a Date that is none', ['Date: yesterday'], null],
  ['nothing of an Age that is none', [`Date: ${SENT}`, 'Age: -5'], null],
])('TOK-26 a JSON answer tells the time at the other end: %s', async (_what, headers, expected) => {
  const other = await startRawUpstream();
  other.answers(rawReply('{"keys":[]}', { headers }));
  let told: number | null = null;
  const ask = { maxBytes: 1_024, timeoutMs: 2_000, tellTime: (epochMs: number) => void (told = epochMs) };
  expect(await createJsonFetch()(`${other.origin}/jwks`, ask)).toEqual({ keys: [] });
  expect(told).toBe(expected);
  await other.close();
});
