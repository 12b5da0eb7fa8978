import type { AccessEntry } from '../../vocabulary/access-entry';

/** An intent of which nobody knows yet whether the case system did it. */
export interface OpenIntent {
  /** The entry of kind intent. */
  readonly entry: AccessEntry;
  /** The caller's token, while this process still has it; where the case system knows callers by their own. */
  readonly bearer: string | undefined;
}

/** What the details of an intent say under `write`. */
export interface IntentDetails {
  /** Access id of the answer's entry. */
  readonly answer: string;
  /** As record.yaml names them. */
  readonly fields: readonly string[];
  /** Section to the line of policy.csv that lets it be written. */
  readonly rights: Readonly<Record<string, number>>;
  /** How the record shows that it was done; places as JSON pointers, the values under a keyed digest. */
  readonly proof: {
    readonly kind: 'values' | 'element' | 'gone';
    readonly places?: readonly string[];
    readonly into?: string;
    readonly before?: number;
    readonly digest?: string;
  };
  /** The digest under which the caller's Idempotency-Key is kept. */
  readonly key?: string;
}
