import type { Clock, NewAccessId } from '../vocabulary/clock';
import type { EdgeLog } from './handlers';
import type { Limiter } from './create-limiter';

export interface DataPlaneOptions {
  readonly clock: Clock;
  readonly newAccessId: NewAccessId;
  readonly log: EdgeLog;
  /** Asked with the caller's network before the token is looked at. */
  readonly addressLimiter: Limiter;
  readonly listenHost?: string;
  /** 0 takes any free port. */
  readonly listenPort?: number;
  /** Names this gateway answers for (HDR-06). A name without a port holds without one and with the port listened on. */
  readonly hosts?: readonly string[];
  /** Networks of front proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[];
  /** PEM; null or missing: plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string } | null;
  readonly limits?: Partial<DataPlaneLimits>;
}

export interface DataPlaneLimits {
  readonly headerBytes: number;
  readonly headers: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** How often the two above are looked at. */
  readonly timeoutCheckMs: number;
  readonly keepAliveTimeoutMs: number;
  /** A connection on which nothing moves. */
  readonly idleTimeoutMs: number;
  /** Longest time in which a caller must have taken an answer. */
  readonly slowReaderMs: number;
  /** How long bytes are thrown away behind an answer to an unreadable request before the connection is cut. */
  readonly lingerMs: number;
  readonly connections: number;
  readonly requestsPerConnection: number;
  /** Pipelined requests under way on one connection. */
  readonly requestsAtOncePerConnection: number;
  /** At a stop, how long what runs may take. */
  readonly drainMs: number;
}

export const DATA_PLANE_LIMITS: DataPlaneLimits = {
  headerBytes: 16_384,
  headers: 100,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 20_000,
  timeoutCheckMs: 2_000,
  keepAliveTimeoutMs: 5_000,
  idleTimeoutMs: 60_000,
  slowReaderMs: 60_000,
  lingerMs: 1_000,
  connections: 10_000,
  requestsPerConnection: 1_000,
  requestsAtOncePerConnection: 100,
  drainMs: 25_000,
};

export const DEFAULT_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
