import type { Ask } from '../vocabulary/access';
import type { AccessEntry } from '../vocabulary/access-entry';
import type { Reason } from '../vocabulary/reasons';
import { answerEntry } from './answer-entry';
import { listWords } from './scribe';
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
export const openingEntry = (ask: Ask, now: Now, batch: StreamBatch, upstreamMs: number): AccessEntry =>
  answerEntry(ask, now, {
    ...namedIn(now, batch),
    accessId: ask.accessId,
    kind: 'access',
    upstream: { outcome: 'answered', durationMs: upstreamMs },
    details: { stream: 'opened', part: 1 },
  });

/** `accessId` is the part's own: ids stand in the log once. */
export const partEntry = (ask: Ask, now: Now, batch: StreamBatch, accessId: string, part: number): AccessEntry =>
  answerEntry(ask, now, {
    ...namedIn(now, batch),
    accessId,
    kind: 'access-part',
    upstream: null,
    details: { of: ask.accessId, part },
  });

export const endEntry = (ask: Ask, now: Now, accessId: string, end: StreamEnd): AccessEntry =>
  answerEntry(ask, now, {
    accessId,
    kind: 'access-end',
    records: [],
    outcome: { status: end.status, code: end.code, reasons: [end.reason] },
    upstream: null,
    details: { of: ask.accessId, parts: end.parts, records: end.records, leftOut: end.leftOut },
  });

function namedIn({ policy }: Now, batch: StreamBatch): Pick<AccessEntry, 'records' | 'outcome'> {
  // Of a record without a number nothing is ever shown: the stream ends there.
  const shown = batch.judged.flatMap(({ record: { id, unclassifiedFields }, decision, persons }) =>
    decision === null ? [] : [{ record: { id: id as string, unclassifiedFields }, decision, persons }],
  );
  const { records, reasons } = listWords(policy.system, shown);
  return { records, outcome: { status: 200, code: 'ok', reasons } };
}
