/** What a rate limiter says of one request. */
export interface LimitVerdict {
  readonly limited: boolean;
  /** Whole seconds until the window ends, at least 1; 0 where nothing is limited. */
  readonly retryAfterSeconds: number;
}
