/** What a receipt lets out. */
export interface Covered {
  readonly accessId: string;
  readonly status: number;
}

/** For the log alone, once the entry is durable. `reply` is null where no answer waits for the entry. */
export let issueReceipt: (accessId: string, reply: Covered | null) => AccessReceipt;

/**
 * The ticket with which an answer leaves: its entry is durable, and it is this very answer, the object that was handed in with the entry.
 * Only audit makes one.
 *
 * `unlogged` makes the one exception: the 503 that says that no entry can be written. It covers a 503 alone; that the reply carries
 * no record is seen to by its maker (the pipeline, out of the problem document).
 */
export class AccessReceipt {
  readonly #accessId: string;
  readonly #reply: Covered | null;
  readonly #isLogged: boolean;

  private constructor(accessId: string, reply: Covered | null, isLogged: boolean) {
    this.#accessId = accessId;
    this.#reply = reply;
    this.#isLogged = isLogged;
  }

  /** Whether this receipt is one of ours and lets this answer out. Never throws. */
  static covers(receipt: unknown, reply: Covered): boolean {
    if (typeof receipt !== 'object' || receipt === null || !(#accessId in receipt)) return false;
    return receipt.#reply === reply && receipt.#accessId === reply.accessId && (receipt.#isLogged || reply.status === 503);
  }

  static unlogged(reply: Covered): AccessReceipt {
    return new AccessReceipt(reply.accessId, reply, false);
  }

  static {
    issueReceipt = (accessId, reply) => new AccessReceipt(accessId, reply, true);
  }
}
