import type { Place } from './case-system';

/** What a write route says besides what every route says. */
export interface WriteRule {
  /** Number of the GET route that fetches the record before and after, decides what the caller is shown of it, and shapes the answer. */
  readonly reads: number;
  /** change: a patch. whole: a replacement. element: one more element of the list `into`. nothing: a deletion. */
  readonly takes: 'change' | 'whole' | 'element' | 'nothing';
  readonly into: Place | null;
  /**
   * In which form the case system takes a change. merge-patch: RFC 7396. json-patch: RFC 6902. members: application/json with the members of
   * the record that change, each of them whole (what json-server takes).
   */
  readonly sends: 'merge-patch' | 'json-patch' | 'members' | 'whole' | 'element' | 'nothing';
  /**
   * How the case system itself keeps two writers apart. if-match: it refuses a wrong If-Match. version-field: it refuses a wrong version in
   * the body. none: it does not.
   */
  readonly concurrency: 'if-match' | 'version-field' | 'none';
  readonly versionPlace: Place | null;
  /** Whether the caller must send If-Match with the ETag that was read. */
  readonly needsIfMatch: boolean;
  /** Facts that are dates of what is written: decided on the elements that the write touches, not on those that are stored. */
  readonly dates: readonly number[];
  /** Largest body taken from a caller, bytes. */
  readonly maxBodyBytes: number;
}

export type WriteMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export const WRITE_METHODS: readonly string[] = ['POST', 'PUT', 'PATCH', 'DELETE'] satisfies readonly WriteMethod[];

/** What a caller sends with a write, besides the address. */
export interface Written {
  /** As sent; undefined where none was. */
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly ifMatch: string | undefined;
  readonly idempotencyKey: string | undefined;
  /**
   * The whole body; read once, when it is first asked for.
   * Fails   GatewayError payload-too-large over `mostBytes`, request-timeout, or request-malformed for one that ends early.
   */
  body(mostBytes: number): Promise<Buffer>;
}
