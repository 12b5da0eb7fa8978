import { GatewayError } from '../../vocabulary/errors';
import type { SourceLimits } from './record-source';

/** Gives the number of records with this one; fails over a cap. */
export function countRecord(bytes: number, before: number, limits: SourceLimits): number {
  refuseLong(bytes, limits);
  if (before >= limits.maxRecords) throw new GatewayError('upstream-too-large', `more than ${limits.maxRecords} records`);
  return before + 1;
}

/** For a record that is whole, and for one that is not whole yet: it can only grow. */
export function refuseLong(bytes: number, { maxRecordBytes }: SourceLimits): void {
  if (bytes > maxRecordBytes) throw new GatewayError('upstream-too-large', `a record of more than ${maxRecordBytes} bytes`);
}
