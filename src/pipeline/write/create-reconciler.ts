import type { AccessEntry } from '../../vocabulary/access-entry';
import { GatewayError } from '../../vocabulary/errors';
import { toMoment } from '../../vocabulary/moment';
import type { Reason } from '../../vocabulary/reasons';
import type { IntentDetails, OpenIntent } from './open-intent';
import type { WriteKeys } from './write-keys';

export interface ReconcilerParts {
  /** The record that the intent is about, as the case system has it now; null where it has none. Rejects where it cannot be read. */
  readAgain(intent: OpenIntent): Promise<Buffer | null>;
  /** Whether the record shows what the intent says; `body` null where there is no record. */
  isShownBy(proof: IntentDetails['proof'], body: Buffer | null): boolean;
  /** Rejects where the entry cannot be made durable. */
  append(entry: AccessEntry): Promise<void>;
  readonly keys: WriteKeys;
  newAccessId(): string;
  nowMs(): number;
  onFault(intent: string, cause: unknown): void;
  /** How long to wait before each look, milliseconds; behind the last, what was not seen counts as not done. */
  readonly waitsMs?: readonly number[];
}

export interface Reconciler {
  /** Looks at the record until it shows the write, or has had time enough to; then records what was found. Each intent once. */
  reconcile(intent: OpenIntent): void;
  close(): void;
}

/** A slow case system may do late what it did not answer in time. */
const WAITS_MS: readonly number[] = [50, 1_000, 5_000, 20_000];

type Found = Extract<Reason, 'write-applied' | 'write-absent' | 'write-unreadable'>;

/** What became of writes whose answer could not say, or whose answer could not be recorded. */
export function createReconciler(parts: ReconcilerParts): Reconciler {
  const waitsMs = parts.waitsMs ?? WAITS_MS;
  const timers = new Map<string, NodeJS.Timeout>();
  /** Their entry stands, their key does not yet say so. */
  const recorded = new Set<string>();
  let isClosed = false;

  const later = (intent: OpenIntent, look: number, found: Found | null): void => {
    if (isClosed) return;
    const waitMs = waitsMs[Math.min(look, waitsMs.length - 1)] ?? 0;
    const timer = setTimeout(
      () => void run(intent, look, found).catch((cause: unknown) => parts.onFault(intent.entry.accessId, cause)),
      waitMs,
    );
    timers.set(intent.entry.accessId, timer.unref());
  };

  const run = async (intent: OpenIntent, look: number, before: Found | null): Promise<void> => {
    const found = before ?? (await lookAt(intent));
    const isLast = look >= waitsMs.length - 1;
    if (found !== 'write-applied' && !isLast && before === null) return later(intent, look + 1, null);
    try {
      await record(intent, found);
      await settleKey(intent, found);
      timers.delete(intent.entry.accessId);
      recorded.delete(intent.entry.accessId);
    } catch (cause) {
      // The log will be back, or the next start finds the intent open.
      parts.onFault(intent.entry.accessId, cause);
      later(intent, look + 1, found);
    }
  };

  const lookAt = async (intent: OpenIntent): Promise<Found> => {
    try {
      const body = await parts.readAgain(intent);
      const { proof } = detailsOf(intent);
      return parts.isShownBy(proof, body) ? 'write-applied' : 'write-absent';
    } catch {
      return 'write-unreadable';
    }
  };

  const record = async (intent: OpenIntent, found: Found): Promise<void> => {
    const { entry } = intent;
    if (recorded.has(entry.accessId)) return;
    await parts.append({
      ...entry,
      accessId: parts.newAccessId(),
      kind: 'outcome',
      at: toMoment(parts.nowMs()),
      outcome: { status: 0, code: 'ok', reasons: [found] },
      details: { write: { intent: entry.accessId } },
    });
    recorded.add(entry.accessId);
  };

  const settleKey = async (intent: OpenIntent, found: Found): Promise<void> => {
    const { key, answer } = detailsOf(intent);
    if (key === undefined || found === 'write-unreadable') return;
    const claim = { key, accessId: answer };
    if (found === 'write-applied') await parts.keys.settle(claim, 200);
    else await parts.keys.release(claim);
  };

  return {
    reconcile: (intent) => {
      if (!timers.has(intent.entry.accessId)) later(intent, 0, null);
    },
    close: () => {
      isClosed = true;
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

function detailsOf({ entry }: OpenIntent): IntentDetails {
  const write = entry.details?.['write'];
  if (typeof write !== 'object' || write === null || !('proof' in write))
    throw new GatewayError('internal-fault', 'an intent without a proof');
  return write as IntentDetails;
}
