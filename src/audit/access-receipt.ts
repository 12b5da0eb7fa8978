/** For the log alone, once the entry is durable. */
export let issueReceipt: (accessId: string, replyDigest: string) => AccessReceipt;

/**
 * The ticket with which an answer leaves: its entry is durable, and it is this very answer. Only audit makes one.
 *
 * `unlogged` makes the one exception: the 503 that says that no entry can be written. It covers a 503 alone; that the reply carries
 * no record is seen to by its maker (the pipeline, out of the problem document).
 */
export class AccessReceipt {
  readonly #accessId: string;
  readonly #replyDigest: string;
  readonly #isLogged: boolean;

  private constructor(accessId: string, replyDigest: string, isLogged: boolean) {
    this.#accessId = accessId;
    this.#replyDigest = replyDigest;
    this.#isLogged = isLogged;
  }

  /** Whether this receipt is one of ours and lets this answer out. `status` is needed for an unlogged one. Never throws. */
  static covers(receipt: unknown, accessId: string, replyDigest: string, status?: number): boolean {
    if (typeof receipt !== 'object' || receipt === null || !(#accessId in receipt)) return false;
    return receipt.#accessId === accessId && receipt.#replyDigest === replyDigest && (receipt.#isLogged || status === 503);
  }

  static unlogged(accessId: string, replyDigest: string): AccessReceipt {
    return new AccessReceipt(accessId, replyDigest, false);
  }

  static {
    issueReceipt = (accessId, replyDigest) => new AccessReceipt(accessId, replyDigest, true);
  }
}
