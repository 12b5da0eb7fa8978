import type { AccessEntry } from '../vocabulary/access-entry';
import { toMoment } from '../vocabulary/moment';

/** An entry that the log makes by itself. */
export const ownEntry = (
  kind: AccessEntry['kind'],
  accessId: string,
  atMs: number,
  details: Readonly<Record<string, unknown>>,
  source: AccessEntry['source'] = null,
): AccessEntry => ({
  format: 1,
  accessId,
  kind,
  at: toMoment(atMs),
  source,
  who: null,
  system: null,
  environment: null,
  route: null,
  method: null,
  action: null,
  records: [],
  outcome: { status: 0, code: 'ok', reasons: [] },
  upstream: null,
  policyVersion: null,
  directoryVersion: null,
  registryVersion: null,
  details,
});
