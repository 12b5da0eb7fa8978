import { Client } from 'undici';

export interface JsonCall {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly bearer: string;
  /** Sent as JSON; undefined sends no body. */
  readonly body: unknown;
  /** For all of it. */
  readonly timeoutMs: number;
}

/**
 * One call of a JSON API, whatever its status: how a command asks a running gateway.
 *
 * Gives   status and parsed body.
 * Fails   with an Error for people: nobody answers, not in time, or what answers is no JSON. Redirects are answers like others.
 */
export async function callJson({
  url,
  method,
  bearer,
  body,
  timeoutMs,
}: JsonCall): Promise<{ readonly status: number; readonly json: unknown }> {
  const { origin, pathname, search } = new URL(url);
  const client = new Client(origin, { pipelining: 1, headersTimeout: timeoutMs, bodyTimeout: timeoutMs, allowH2: false });
  try {
    const headers = { accept: 'application/json', authorization: `Bearer ${bearer}` };
    const sent =
      body === undefined ? { headers } : { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const reply = await client
      .request({ path: `${pathname}${search}`, method, ...sent, signal: AbortSignal.timeout(timeoutMs) })
      .catch((cause: unknown) => {
        throw new Error(`nobody answers at ${origin}`, { cause });
      });
    try {
      return { status: reply.statusCode, json: await reply.body.json() };
    } catch (cause) {
      throw new Error(`what answers at ${origin} does not speak JSON (status ${reply.statusCode})`, { cause });
    }
  } finally {
    void client.destroy().catch(() => undefined);
  }
}
