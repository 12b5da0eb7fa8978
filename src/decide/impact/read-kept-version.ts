import type { CaseSystem } from '../../vocabulary/case-system';
import type { PolicyRow } from '../policy-row';
import { readExceptionsFile } from '../read-exceptions-file';
import { readHolidaysFile } from '../read-holidays-file';
import { readPolicyFile } from '../read-policy-file';
import type { SystemFiles } from '../read-policy-folder';
import { readRecordFile } from '../read-record-file';

/** One system of a policy version that decided in the past: what its words meant. */
export interface KeptSystem {
  readonly system: CaseSystem;
  readonly rows: readonly PolicyRow[];
}

/** Reads the files of a version that decided once, as far as they say what words meant. A system that cannot be read is left out. */
export function readKeptVersion(files: ReadonlyMap<string, SystemFiles>): ReadonlyMap<string, KeptSystem> {
  const systems = new Map<string, KeptSystem>();
  for (const [name, { 'record.yaml': record, 'policy.csv': policy, 'holidays.csv': holidays, 'exceptions.csv': windows }] of files) {
    const dates = holidays === null ? null : readHolidaysFile(holidays, `${name}/holidays.csv`).dates;
    const exceptions = windows === null ? null : readExceptionsFile(windows, `${name}/exceptions.csv`).exceptions;
    const system = record === null ? null : readRecordFile(record, `${name}/record.yaml`, name, dates, exceptions).system;
    if (system !== null && policy !== null) systems.set(name, { system, rows: readPolicyFile(policy, `${name}/policy.csv`, system).rows });
  }
  return systems;
}
