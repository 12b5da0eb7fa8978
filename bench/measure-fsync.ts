import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Median and 99th percentile of "append 600 bytes, fsync" in a folder, microseconds. */
export function measureFsync(folder: string, times = 200): { readonly p50Micros: number; readonly p99Micros: number } {
  const file = join(folder, 'fsync-probe');
  const handle = openSync(file, 'a');
  const bytes = Buffer.alloc(600, 'x');
  const took: number[] = [];
  try {
    for (let i = 0; i < times; i += 1) {
      const startedAt = process.hrtime.bigint();
      writeSync(handle, bytes);
      fsyncSync(handle);
      took.push(Number(process.hrtime.bigint() - startedAt) / 1_000);
    }
  } finally {
    closeSync(handle);
    rmSync(file, { force: true });
  }
  took.sort((a, b) => a - b);
  return { p50Micros: Math.round(took[Math.floor(times / 2)] ?? 0), p99Micros: Math.round(took[Math.floor(times * 0.99)] ?? 0) };
}
