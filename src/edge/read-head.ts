import type { SoundBearer } from './read-bearer';

/** What the edge takes from the header block; everything else is dropped here, so it can reach neither a decision nor a case system. */
export interface Head {
  host: string | undefined;
  authorization: string | undefined;
  /** What was read in it before, where the line was known already. */
  sound: SoundBearer | undefined;
  origin: string | undefined;
  /** The lines of X-Forwarded-For in their order, joined by commas. */
  forwardedFor: string | undefined;
  /** Only in the form of W3C Trace Context (HDR-13). */
  traceparent: string | undefined;
  expect: string | undefined;
  /** Looked at on routes that write alone. */
  contentType: string | undefined;
  contentEncoding: string | undefined;
  ifMatch: string | undefined;
  idempotencyKey: string | undefined;
  asksPreflight: boolean;
  /** What a preflight asks for; '' where it asks for nothing. */
  asksMethod: string;
  asksUpgrade: boolean;
  hasBody: boolean;
  /** twice: a header that says one thing only stands twice. value: a byte that is not printable ASCII, or an encoded line end. many: too many. */
  fault: 'none' | 'twice' | 'value' | 'many';
}

/**
 * Reads the raw header lines of a request: names and values in turn, as they came. `req.headers` is of no use here: Node keeps the first of
 * two Authorization or Host lines in silence (TOK-21, HDR-06), a front proxy perhaps the last.
 *
 * Takes   `sound`: the Authorization line that was found sound before on this connection; the same one is not looked at again.
 */
export function readHead(rawHeaders: readonly string[], mostHeaders: number, sound: SoundBearer | null): Head {
  const head: Head = {
    host: undefined,
    authorization: undefined,
    sound: undefined,
    origin: undefined,
    forwardedFor: undefined,
    traceparent: undefined,
    expect: undefined,
    contentType: undefined,
    contentEncoding: undefined,
    ifMatch: undefined,
    idempotencyKey: undefined,
    asksPreflight: false,
    asksMethod: '',
    asksUpgrade: false,
    hasBody: false,
    fault: rawHeaders.length > mostHeaders * 2 ? 'many' : 'none',
  };
  let seen = 0;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const value = rawHeaders[at + 1] as string;
    const name = (rawHeaders[at] as string).toLowerCase();
    const bit = SINGLE.get(name);
    if (bit !== undefined) {
      if ((seen & bit) !== 0) head.fault = 'twice';
      seen |= bit;
    }
    if (sound !== null && name === 'authorization' && value === sound.authorization) {
      head.authorization = sound.authorization;
      head.sound = sound;
      continue;
    }
    if (UNSAFE_VALUE.test(value)) head.fault = 'value';
    take(head, name, value);
  }
  return head;
}

// A line end that somebody downstream might decode (HDR-10), a NUL, and whatever is not printable ASCII.
const UNSAFE_VALUE = /[^\t\x20-\x7e]|%0[0adAD]/;

const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

const SINGLE: ReadonlyMap<string, number> = new Map(
  [
    'authorization',
    'proxy-authorization',
    'host',
    'content-length',
    'content-type',
    'content-encoding',
    'transfer-encoding',
    'expect',
    'upgrade',
    'origin',
    'access-control-request-method',
    'range',
    'max-forwards',
    'from',
    'referer',
    'user-agent',
    'traceparent',
    'if-match',
    'idempotency-key',
  ].map((name, place) => [name, 1 << place]),
);

function take(head: Head, name: string, value: string): void {
  switch (name) {
    case 'host':
      head.host = value;
      return;
    case 'authorization':
      head.authorization = value;
      head.sound = undefined;
      return;
    case 'origin':
      head.origin = value;
      return;
    case 'x-forwarded-for':
      head.forwardedFor = head.forwardedFor === undefined ? value : `${head.forwardedFor},${value}`;
      return;
    case 'traceparent':
      if (TRACEPARENT.test(value)) head.traceparent = value;
      return;
    case 'expect':
      head.expect = value;
      return;
    case 'content-type':
      head.contentType = value;
      return;
    case 'content-encoding':
      head.contentEncoding = value;
      return;
    case 'if-match':
      head.ifMatch = value;
      return;
    case 'idempotency-key':
      head.idempotencyKey = value;
      return;
    case 'access-control-request-method':
      head.asksPreflight = true;
      head.asksMethod = value;
      return;
    case 'upgrade':
      head.asksUpgrade = true;
      return;
    case 'transfer-encoding':
      head.hasBody = true;
      return;
    case 'content-length':
      if (value !== '0') head.hasBody = true;
  }
}
