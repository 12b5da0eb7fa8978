import type { Ask } from '../vocabulary/access';
import type { AccessEntry, EntryRecord } from '../vocabulary/access-entry';
import { toMoment } from '../vocabulary/moment';
import type { Reason } from '../vocabulary/reasons';
import { decisionWords, personRecords, whoOf } from './scribe';
import type { Now, StreamBatch } from './steps';

/** What the end of a stream tells. */
export interface StreamEnd {
  readonly status: number;
  /** 'ok', or the code of the fault that ended it. */
  readonly code: string;
  readonly reason: Reason;
  readonly parts: number;
  readonly records: number;
  readonly leftOut: number;
}

/** The entry under which the answer stands; it names the records of the first batch. */
export const openingEntry = (ask: Ask, now: Now, batch: StreamBatch, upstreamMs: number): AccessEntry => ({
  ...entryOf(ask, now, batch),
  accessId: ask.accessId,
  kind: 'access',
  upstream: { outcome: 'answered', durationMs: upstreamMs },
  details: { stream: 'opened', part: 1 },
});

/** `accessId` is the part's own: ids stand in the log once. */
export const partEntry = (ask: Ask, now: Now, batch: StreamBatch, accessId: string, part: number): AccessEntry => ({
  ...entryOf(ask, now, batch),
  accessId,
  kind: 'access-part',
  details: { of: ask.accessId, part },
});

export const endEntry = (ask: Ask, now: Now, accessId: string, end: StreamEnd): AccessEntry => ({
  ...entryOf(ask, now, null),
  accessId,
  kind: 'access-end',
  outcome: { status: end.status, code: end.code, reasons: [end.reason] },
  details: { of: ask.accessId, parts: end.parts, records: end.records, leftOut: end.leftOut },
});

function entryOf(ask: Ask, { caller, policy, route, versions, atMs }: Now, batch: StreamBatch | null): AccessEntry {
  const reasons = new Set<Reason>();
  const records: EntryRecord[] = [];
  for (const { record, decision, persons } of batch?.judged ?? []) {
    if (decision === null) continue;
    const { disclosed, withheld, keys } = decisionWords(policy.system, decision);
    for (const reason of decision.reasons) reasons.add(reason);
    const { disclosure } = decision;
    const { unclassifiedFields } = record;
    records.push({ id: record.id ?? undefined, digest: undefined, disclosure, disclosed, withheld, keys, unclassifiedFields });
    records.push(...personRecords(policy.system, persons));
  }
  return {
    format: 1,
    accessId: '',
    kind: 'access',
    at: toMoment(atMs),
    source: ask.source,
    who: whoOf(caller),
    system: ask.system,
    environment: ask.environment,
    route: route.name,
    method: ask.method,
    action: route.action,
    records,
    outcome: { status: 200, code: 'ok', reasons: [...reasons] },
    upstream: null,
    policyVersion: policy.version,
    directoryVersion: caller.directoryVersion,
    registryVersion: versions.registry,
  };
}
