import type { Socket } from 'node:net';
import type { Source } from '../vocabulary/access';
import type { Exchange } from './exchange';
import type { SoundBearer } from './read-bearer';

/** One connection of a caller, and what is under way on it: pipelined requests are carried side by side and answered in their order. */
export class Line {
  /** No request that arrives from now on is looked at: after a framing fault, what follows may be the inside of a body (SMG-07). */
  isClosing = false;
  /** Requests that came in on it so far. */
  taken = 0;
  /** Requests that came in and whose answer has neither left nor failed. */
  readonly open = new Set<Exchange>();
  /** The last Authorization line on it that was found sound: one caller sends the same with every request. */
  sound: SoundBearer | null = null;
  #wake: (() => void) | null = null;

  constructor(
    readonly socket: Socket,
    /** Source and limiter key of every request without X-Forwarded-For: the peer's address, '' once it is gone. */
    readonly plainSource: Source,
    readonly plainKey: string,
    private readonly ended: () => void,
  ) {}

  end(exchange: Exchange): void {
    if (!this.open.delete(exchange)) return;
    this.ended();
    if (this.open.size <= 1) this.#wake?.();
  }

  /** Settles when at most one exchange is open: the last one, whose answer then stands in order behind the others. */
  untilLast(): Promise<void> {
    if (this.open.size <= 1) return Promise.resolve();
    return new Promise((wake) => {
      this.#wake = wake;
    });
  }
}
