import { Client } from 'undici';
import { checkedAddress } from './checked-address';
import { readTlsMaterial, type TlsFiles } from './tls-material';

/** One small JSON document from a place we trust: a key set, a token endpoint. */
export interface JsonAsk {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** Told what time it is at the other end, epoch ms, where a good answer says so (its Date, and the Age of a cached one; whole seconds). */
  readonly tellTime?: (epochMs: number) => void;
}

/** Rejects with a plain Error whose message holds no text of the answer; redirects are never followed, only status 200 is taken. */
export type JsonFetch = (url: string, ask: JsonAsk) => Promise<unknown>;

/**
 * Makes the fetch that reads key sets and token answers (TOK-14): total deadline, size cap, identity encoding, no redirects, no proxy of the environment.
 * A connection is made for each call and closed behind it: these calls are rare.
 */
export function createJsonFetch(options: { readonly tls?: TlsFiles; readonly isPlainHttpAccepted?: boolean } = {}): JsonFetch {
  return async (address, ask) => {
    const url = checkedAddress('The address', address.split('?')[0] ?? '', options.isPlainHttpAccepted);
    const query = address.includes('?') ? address.slice(address.indexOf('?')) : '';
    const client = new Client(url.origin, {
      pipelining: 1,
      maxHeaderSize: 16_384,
      headersTimeout: ask.timeoutMs,
      bodyTimeout: ask.timeoutMs,
      maxResponseSize: ask.maxBytes,
      allowH2: false,
      connect: { timeout: ask.timeoutMs, ...readTlsMaterial(options.tls) },
    });
    try {
      return await readJson(client, url.pathname + query, ask);
    } finally {
      void client.destroy().catch(() => undefined);
    }
  };
}

async function readJson(client: Client, path: string, ask: JsonAsk): Promise<unknown> {
  const signal = AbortSignal.timeout(ask.timeoutMs);
  let bytes: Buffer;
  try {
    const { statusCode, headers, body } = await client.request({
      path,
      method: ask.method ?? 'GET',
      headers: { accept: 'application/json', 'accept-encoding': 'identity', ...ask.headers },
      body: ask.body ?? null,
      signal,
    });
    body.on('error', () => undefined);
    if (statusCode !== 200) throw new Error(`answered with status ${statusCode}`);
    if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity')
      throw new Error('answered in an encoding that was not asked for');
    bytes = await readCapped(body, ask.maxBytes);
    const epochMs = timeOf(headers);
    if (epochMs !== null) ask.tellTime?.(epochMs);
  } catch (error) {
    throw signal.aborted ? new Error('no answer in time') : plainFault(error);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new Error('the answer is not JSON');
  }
}

function timeOf({ date, age }: Readonly<Record<string, string | string[] | undefined>>): number | null {
  const sentMs = typeof date === 'string' && date.length <= 40 ? Date.parse(date) : NaN;
  const ageSeconds = age === undefined ? 0 : typeof age === 'string' && /^\d{1,9}$/.test(age) ? Number(age) : NaN;
  const epochMs = sentMs + ageSeconds * 1000;
  return Number.isFinite(epochMs) ? epochMs : null;
}

async function readCapped(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new Error('the answer is over the cap');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

// A library error may quote the answer; its code does not.
function plainFault(error: unknown): Error {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return new Error(`call failed (${error.code})`);
  return error instanceof Error ? new Error(error.message) : new Error('call failed');
}
