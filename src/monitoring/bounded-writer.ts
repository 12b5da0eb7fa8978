import { Writable } from 'node:stream';

export interface BoundedWriter {
  readonly stream: Writable;
  /** Counts one line as lost. */
  lose(): void;
  /** Resolves when nothing waits, or after `withinMs`. */
  drained(withinMs: number): Promise<void>;
}

/**
 * Lines to `out`, of which at most `mostWaitingBytes` wait there: a reader of our output that stands still must not fill the memory.
 * Lines beyond are lost and counted; when there is room again, `tellOfLoss` gives the line that says how many.
 */
export function boundedWriter(out: Writable, mostWaitingBytes: number, tellOfLoss: (count: number) => string): BoundedWriter {
  let lost = 0;
  let isBroken = false;
  const broken = (): void => {
    isBroken = true;
  };
  out.on('error', broken);
  const write = (text: string): void => {
    if (isBroken || out.destroyed || out.writableLength > mostWaitingBytes) {
      lost += 1;
      return;
    }
    if (lost > 0) {
      out.write(`${tellOfLoss(lost)}\n`);
      lost = 0;
    }
    out.write(text);
  };
  return {
    stream: new Writable({
      decodeStrings: false,
      write: (chunk: string | Buffer, _encoding, done) => {
        write(typeof chunk === 'string' ? chunk : chunk.toString('utf8'));
        done();
      },
    }),
    lose: () => {
      lost += 1;
    },
    drained: (withinMs) =>
      new Promise((resolve) => {
        if (isBroken || out.writableLength === 0) return resolve();
        const late = setTimeout(resolve, withinMs);
        // An empty write is called back when all before it has left.
        out.write('', () => {
          clearTimeout(late);
          resolve();
        });
      }),
  };
}
