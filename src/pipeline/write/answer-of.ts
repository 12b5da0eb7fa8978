import { GatewayError } from '../../vocabulary/errors';
import type { WriteOutcome } from './write-steps';

export type WriteAnswer =
  | { readonly kind: 'done' }
  /** Certainly not written. */
  | { readonly kind: 'refused'; readonly fault: GatewayError }
  | { readonly kind: 'unknown'; readonly fault: GatewayError };

/** What the case system's status says of a write. What does not say that it was refused leaves it open. */
export function answerOf(outcome: WriteOutcome): WriteAnswer {
  if (outcome.kind === 'unsent') return { kind: 'refused', fault: outcome.fault };
  if (outcome.kind === 'unknown') return unknown(outcome.fault.message);
  const { status } = outcome;
  if (status === 200 || status === 201 || status === 204) return { kind: 'done' };
  if (status === 409 || status === 412 || status === 428) return refused('precondition-failed', status);
  if (status === 400 || status === 422) return refused('write-refused', status);
  // 408 may come behind a body that was read; 202 says that it may yet be done.
  if (status >= 300 && status < 500 && status !== 408) return refused('upstream-failed', status);
  return unknown(`status ${status}`);
}

const refused = (code: 'precondition-failed' | 'write-refused' | 'upstream-failed', status: number): WriteAnswer => ({
  kind: 'refused',
  fault: new GatewayError(code, `the case system answered a write with ${status}`),
});

const unknown = (why: string): WriteAnswer => ({
  kind: 'unknown',
  fault: new GatewayError('outcome-unknown', `nobody knows whether it was written: ${why}`),
});
