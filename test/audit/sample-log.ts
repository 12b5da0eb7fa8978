import { randomUUID } from 'node:crypto';
import { openAccessLog } from '../../src/audit/access-log';
import type { AccessLog, AccessLogParts } from '../../src/audit/access-log';
import type { LogStore } from '../../src/audit/log-store';
import { uuidV7Maker } from '../../src/audit/uuid-v7';
import type { AccessEntry } from '../../src/vocabulary/access-entry';

export const newAccessId = uuidV7Maker(Date.now);

export function sampleEntry(change: Partial<AccessEntry> = {}): AccessEntry {
  return {
    format: 1,
    accessId: newAccessId(),
    kind: 'access',
    at: '2026-01-05T10:00:00.123Z',
    source: { address: '10.0.0.1' },
    who: {
      account: 'ann',
      person: 'Ann',
      organization: 'county-one',
      issuer: 'https://login.example.org',
      application: 'viewer',
      actor: null,
      memberships: ['m-1'],
    },
    system: 'workforce-one',
    environment: 'production',
    route: 'person',
    method: 'GET',
    action: 'read',
    records: [
      {
        id: 'A17',
        disclosure: 'partial',
        disclosed: { basic: 12, contact: 14 },
        withheld: { documents: 'not-granted' },
        keys: [
          {
            environment: 'production',
            application: 'case-management',
            workgroup: 'case-manager',
            relations: ['assigned'],
            privacy: 'open',
            when: ['in-scope'],
          },
        ],
        unclassifiedFields: 0,
      },
    ],
    outcome: { status: 200, code: 'ok', reasons: ['granted'] },
    upstream: { outcome: 'answered', durationMs: 4 },
    policyVersion: 'f'.repeat(64),
    directoryVersion: 1,
    registryVersion: 1,
    ...change,
  };
}

export const refusal = (address = '10.0.0.9'): AccessEntry =>
  sampleEntry({
    kind: 'refusal',
    source: { address },
    who: null,
    records: [],
    outcome: { status: 401, code: 'token-missing', reasons: ['token-missing'] },
    upstream: null,
    policyVersion: null,
  });

export const openLog = (store: LogStore, change: Partial<AccessLogParts> = {}): Promise<AccessLog> =>
  openAccessLog({ store, freshness: null, clock: Date.now, newAccessId, newChain: randomUUID, ...change });

export const fresh = { reply: null, isStale: (): boolean => false };
