import type { HeaderPair } from './handlers';

/** For an answer to a registered origin: it may be read there, with the headers that speak of the access. Never '*', never credentials. */
export const corsHeaders = (origin: string): readonly HeaderPair[] => [['Access-Control-Allow-Origin', origin], EXPOSED];

/** For the answer to a preflight: the same words for every route; the browser compares. */
export const preflightHeaders = (origin: string): readonly HeaderPair[] => [
  ['Access-Control-Allow-Origin', origin],
  ['Access-Control-Allow-Methods', 'GET, HEAD, POST, PUT, PATCH, DELETE'],
  ['Access-Control-Allow-Headers', 'Authorization, Accept, Accept-Language, Content-Type, If-Match, Idempotency-Key'],
  ['Access-Control-Max-Age', '600'],
];

const EXPOSED: HeaderPair = [
  'Access-Control-Expose-Headers',
  'Casegate-Access-Id, Casegate-View, Casegate-Withheld, Casegate-Page, Casegate-Total, ETag, Link, X-Total-Count, Retry-After',
];
