import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { LogBatch, LogStore, Tail } from '../audit/log-store';
import { rollupValues } from './rollup-values';
import type { PackedBatch } from './sqlite-log-file';
import type { LogAnswer, LogCall } from './sqlite-log-worker';

export interface SqliteLogStore extends LogStore {
  /** Largest size of the log's file in pages of 8 KiB; beyond, flushes fail with SQLITE_FULL. null lifts the limit. */
  limit(mostPages: number | null): Promise<void>;
}

/** A call without the number it is given. */
type Unnumbered = LogCall extends infer Call ? (Call extends LogCall ? Omit<Call, 'id'> : never) : never;

/**
 * The access log in a SQLite file, held by a worker thread: an fsync does not hold up the event loop.
 *
 * Takes   the path of access-log.db, whose schema is current (`migrate`).
 * Fails   each call by itself, with SQLite's code. A worker that dies fails what it had in hand; the next call starts another.
 */
export function openSqliteLogStore(file: string): SqliteLogStore {
  const thread = new LogThread(file);
  return {
    openChain: async (chain, atMs) => void (await thread.ask({ call: 'openChain', chain, atMs })),
    flush: async (batch) => {
      await thread.ask({ call: 'flush', batch: packed(batch) }, [batch.packed.buffer as ArrayBuffer]);
      return { kind: 'durable' };
    },
    tail: async (chain) => {
      const tail = (await thread.ask({ call: 'tail', chain })) as { seq: number; hash: Uint8Array } | null;
      return tail === null ? null : ({ seq: tail.seq, hash: Buffer.from(tail.hash) } satisfies Tail);
    },
    limit: async (mostPages) => void (await thread.ask({ call: 'limit', mostPages })),
    close: () => thread.close(),
  };
}

class LogThread {
  readonly #file: string;
  readonly #open = new Map<number, { resolve: (value: unknown) => void; reject: (fault: Error) => void }>();
  #worker: Worker | null = null;
  #lastId = 0;
  #isClosed = false;

  constructor(file: string) {
    this.#file = file;
  }

  ask(call: Unnumbered, handedOver: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(faultOf('SQLITE_MISUSE', 'the log store is closed', false));
    return new Promise((resolve, reject) => {
      const id = (this.#lastId += 1);
      this.#open.set(id, { resolve, reject });
      this.#worker ??= this.#start();
      this.#worker.postMessage({ ...call, id }, handedOver);
    });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    if (this.#worker !== null) await this.ask({ call: 'close' });
    this.#isClosed = true;
    await this.#worker?.terminate();
  }

  #start(): Worker {
    // Run from source (tests, bench), the worker needs the translator that its parent was loaded through.
    const extension = extname(__filename);
    const execArgv = extension === '.ts' ? ['--require', join(__dirname, '../../test/support/typescript-on-the-fly.cjs')] : [];
    const worker = new Worker(join(__dirname, `sqlite-log-worker${extension}`), { workerData: { file: this.#file }, execArgv });
    worker.on('message', (answer: LogAnswer) => {
      const asker = this.#open.get(answer.id);
      this.#open.delete(answer.id);
      if ('fault' in answer) asker?.reject(faultOf(answer.fault.code, answer.fault.message, answer.fault.conflict));
      else asker?.resolve(answer.value);
    });
    const dies = (fault: Error): void => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      for (const asker of this.#open.values()) asker.reject(fault);
      this.#open.clear();
    };
    worker.on('error', (fault) => dies(faultOf('SQLITE_WORKER', fault instanceof Error ? fault.message : 'the worker failed', false)));
    worker.on('exit', () => dies(faultOf('SQLITE_WORKER', 'the worker ended', false)));
    return worker;
  }
}

const faultOf = (code: string, message: string, conflict: boolean): Error => Object.assign(new Error(message), { code, conflict });

/** The bytes go over to the worker's thread, they are not copied. */
function packed({ chain, rows, packed: bytes, rollups }: LogBatch): PackedBatch {
  return {
    chain,
    firstSeq: rows[0]?.seq ?? 0,
    places: JSON.stringify(rows.map(({ accessId, atMs, kind, start, length }) => [accessId, atMs, kind, start, length])),
    packed: bytes,
    rollups: rollups.map(rollupValues),
  };
}
