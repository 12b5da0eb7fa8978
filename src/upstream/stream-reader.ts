import { createBrotliDecompress, createGunzip, type BrotliDecompress, type Gunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { GatewayError } from '../vocabulary/errors';
import { readReplyHead } from './reply-head';
import { upstreamFault, type CallStage } from './upstream-fault';

/** A reply of status 200 whose head has come and whose body flows. */
export interface FlowingReply {
  readonly mediaType: string;
  /**
   * The decoded body, to be read once, by whoever wants the next chunk: nothing is read ahead beyond what undici holds.
   * Throws GatewayError when it is cut off, too slow, too long or cannot be decoded; breaking off gives the call up.
   */
  readonly chunks: AsyncIterable<Buffer>;
  /** Gives the call up at once, whether or not somebody waits for a chunk. */
  readonly cancel: () => void;
}

export interface StreamReaderOptions {
  /** Of the body, as it comes and decoded. */
  readonly maxBytes: number;
  /** Longest wait for the head, and then for each chunk that somebody wants, milliseconds. */
  readonly deadlineMs: number;
  /** Longest time of the whole stream, milliseconds, the waiting of slow readers included. */
  readonly longestMs: number;
  /** Called once, when undici is done with the call, whatever became of it. */
  readonly done: () => void;
  /** One of these two is called, once, perhaps before the call is sent. `null`: 404. */
  readonly take: (reply: FlowingReply | null) => void;
  readonly refuse: (fault: GatewayError, reader: StreamReader) => void;
}

const MOST_INFORMATIONAL = 5;

/**
 * Takes one reply from undici's dispatch chunk by chunk. As `ReplyReader` in all that concerns the head; no body but that of a 200 is read.
 */
export class StreamReader implements Dispatcher.DispatchHandler {
  /** The case system did not accept our credential. */
  isUnauthorized = false;
  #abort: ((error?: Error) => void) | undefined;
  #resume: (() => void) | undefined;
  #stage: CallStage = 'waiting';
  #isTaken = false;
  #isFinished = false;
  #informational = 0;
  #bytes = 0;
  #queue: Buffer[] = [];
  #isOver = false;
  #fault: GatewayError | null = null;
  #wake: (() => void) | null = null;
  #timer: NodeJS.Timeout | undefined;
  readonly #longest: NodeJS.Timeout;

  constructor(private readonly options: StreamReaderOptions) {
    this.#longest = setTimeout(() => this.#fail(new GatewayError('upstream-timeout', 'the stream took too long')), options.longestMs);
    this.#longest.unref();
    this.#watch();
  }

  /** True once the case system has begun an answer, of whatever sort: the connection works. */
  get hasAnswered(): boolean {
    return this.#stage === 'answering';
  }

  onConnect(abort: (error?: Error) => void): void {
    if (this.#fault !== null || this.#abort !== undefined) return abort(CUT);
    this.#abort = abort;
    this.#stage = 'sent';
  }

  onResponseStarted(): void {
    this.#stage = 'answering';
  }

  onHeaders(status: number, rawHeaders: Buffer[], resume: () => void): boolean {
    if (status < 200) return this.#countInformational(status);
    this.#resume = resume;
    if (status === 404) {
      this.#isOver = true;
      this.#take(null);
      this.#giveUp();
      return true;
    }
    this.isUnauthorized = status === 401;
    if (status !== 200)
      return this.#cut(new GatewayError('upstream-failed', `case system answered with status class ${Math.floor(status / 100)}xx`));
    const head = readReplyHead(rawHeaders);
    if (typeof head === 'string')
      return this.#cut(new GatewayError('upstream-malformed', `case system answered with a bad head (${head})`));
    if (head.contentLength !== null && head.contentLength > this.options.maxBytes) return this.#cut(tooLarge());
    clearTimeout(this.#timer);
    const raw = this.#chunks();
    const chunks = head.encoding === 'identity' ? raw : decoded(raw, head.encoding, this.options.maxBytes);
    const cancel = (): void => {
      this.#fail(new GatewayError('upstream-failed', 'the call was given up by its caller'));
      this.#giveUp();
    };
    this.#take({ mediaType: head.mediaType, chunks, cancel });
    return true;
  }

  onData(chunk: Buffer): boolean {
    // undici flushes its parser with nothing when it goes on: pausing then would never end.
    if (chunk.length === 0) return true;
    this.#bytes += chunk.length;
    if (this.#bytes > this.options.maxBytes) return this.#cut(tooLarge());
    this.#queue.push(chunk);
    this.#awake();
    return false;
  }

  onComplete(): void {
    this.#isOver = true;
    this.#finish();
    this.#awake();
  }

  onError(error: Error): void {
    this.#finish();
    this.#fail(upstreamFault(error, this.#stage));
  }

  async *#chunks(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const chunk = this.#queue.shift();
        if (chunk !== undefined) {
          yield chunk;
          continue;
        }
        if (this.#fault !== null) throw this.#fault;
        if (this.#isOver) return;
        this.#watch();
        await new Promise<void>((wake) => {
          this.#wake = wake;
          this.#resume?.();
        });
      }
    } finally {
      this.#giveUp();
    }
  }

  /** From now on somebody waits for the case system. */
  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#fail(new GatewayError('upstream-timeout', 'nothing came before the deadline')),
      this.options.deadlineMs,
    );
  }

  #awake(): void {
    clearTimeout(this.#timer);
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }

  #take(reply: FlowingReply | null): void {
    clearTimeout(this.#timer);
    this.#isTaken = true;
    this.options.take(reply);
  }

  #fail(error: GatewayError): void {
    if (this.#fault !== null || (this.#isOver && this.#isTaken)) return;
    this.#fault = error;
    // What came before the fault is not taken: nothing of it has been looked at.
    this.#queue = [];
    if (!this.#isTaken) {
      this.#isTaken = true;
      this.options.refuse(error, this);
    }
    this.#giveUp();
    this.#awake();
  }

  #cut(error: GatewayError): boolean {
    this.#fail(error);
    return false;
  }

  /** Nobody wants any more. */
  #giveUp(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#longest);
    if (!this.#isFinished) this.#abort?.(CUT);
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.options.done();
  }

  #countInformational(status: number): boolean {
    this.#informational += 1;
    if (status >= 102 && this.#informational <= MOST_INFORMATIONAL) return true;
    return this.#cut(new GatewayError('upstream-malformed', 'case system sent informational answers that nobody takes'));
  }
}

/** Undoes gzip or br chunk by chunk, with a cap on what comes out (BOD-15). Bytes after the end of the encoded body are refused. */
async function* decoded(chunks: AsyncIterable<Buffer>, encoding: 'gzip' | 'br', maxBytes: number): AsyncGenerator<Buffer> {
  const engine = encoding === 'gzip' ? createGunzip() : createBrotliDecompress();
  let taken = 0;
  let bytes = 0;
  let fault: unknown = null;
  const feed = async (): Promise<void> => {
    try {
      for await (const chunk of chunks) {
        taken += chunk.length;
        if (engine.destroyed) return;
        if (!engine.write(chunk)) await hasRoom(engine);
      }
      engine.end();
    } catch (error) {
      fault = error;
      engine.destroy();
    }
  };
  const fed = feed();
  try {
    for await (const piece of engine as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > maxBytes) throw new GatewayError('upstream-too-large', 'the decoded body is over the cap');
      yield piece;
    }
    await fed;
  } catch (error) {
    throw fault ?? (error instanceof GatewayError ? error : new GatewayError('upstream-malformed', 'the encoded body cannot be decoded'));
  } finally {
    engine.destroy();
  }
  if (fault !== null) throw fault;
  if (engine.bytesWritten !== taken) throw new GatewayError('upstream-malformed', 'bytes after the end of the encoded body');
}

/** Settles when more may be written, or when nobody reads any more. */
function hasRoom(engine: Gunzip | BrotliDecompress): Promise<void> {
  return new Promise((settle) => {
    const over = (): void => {
      engine.off('drain', over).off('close', over);
      settle();
    };
    engine.on('drain', over).on('close', over);
  });
}

const CUT = new Error('cut off by the gateway');

const tooLarge = (): GatewayError => new GatewayError('upstream-too-large', 'the body is over the cap');
