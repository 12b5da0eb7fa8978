import { parentPort, workerData } from 'node:worker_threads';
import { SqliteLogFile } from './sqlite-log-file';
import type { PackedBatch } from './sqlite-log-file';

/** The worker thread of the access log: one call in, one answer out, in order. */
export type LogCall =
  | { readonly id: number; readonly call: 'openChain'; readonly chain: string; readonly atMs: number }
  | { readonly id: number; readonly call: 'flush'; readonly batch: PackedBatch }
  | { readonly id: number; readonly call: 'tail'; readonly chain: string }
  | { readonly id: number; readonly call: 'limit'; readonly mostPages: number | null }
  | { readonly id: number; readonly call: 'close' };

export type LogAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly fault: { readonly code: string; readonly message: string; readonly conflict: boolean } };

if (parentPort !== null) {
  const port = parentPort;
  const file = new SqliteLogFile((workerData as { readonly file: string }).file);
  port.on('message', (call: LogCall) => {
    port.postMessage(answer(file, call));
    if (call.call === 'close') port.close();
  });
}

function answer(file: SqliteLogFile, call: LogCall): LogAnswer {
  try {
    return { id: call.id, value: carryOut(file, call) };
  } catch (fault) {
    const { code, message } = fault as { code?: unknown; message?: unknown };
    const name = typeof code === 'string' ? code : 'SQLITE_ERROR';
    return { id: call.id, fault: { code: name, message: String(message), conflict: name.startsWith('SQLITE_CONSTRAINT') } };
  }
}

function carryOut(file: SqliteLogFile, call: LogCall): unknown {
  switch (call.call) {
    case 'openChain':
      return file.openChain(call.chain, call.atMs);
    case 'flush':
      return file.flush(call.batch);
    case 'tail':
      return file.tail(call.chain);
    case 'limit':
      return file.limit(call.mostPages);
    case 'close':
      return file.close();
  }
}
