import type { ServerResponse } from 'node:http';
import type { Source } from '../vocabulary/access';
import type { HeaderPair } from './handlers';
import type { Line } from './line';

/** One request and its way back. */
export interface Exchange {
  readonly accessId: string;
  readonly receivedAtMs: number;
  readonly source: Source;
  readonly method: string | null;
  readonly line: Line;
  /** null where Node could not read the request and the answer goes to the bare socket. */
  readonly response: ServerResponse | null;
  mustClose: boolean;
  /** CORS headers, which depend on the origin that asks and are no part of the shaped reply. */
  readonly corsHeaders: readonly HeaderPair[];
  /** Body bytes handed to the socket; null until an answer was begun. */
  sending: number | null;
  slowReader: NodeJS.Timeout | null;
}
