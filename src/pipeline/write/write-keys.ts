/** What is kept of an Idempotency-Key: digests, a status and an access id, never a body. */
export interface KeptWrite {
  readonly key: string;
  readonly request: string;
  /** Of the answer's entry. */
  readonly accessId: string;
  /** Of the answer; null while the write is under way, or its outcome unknown. */
  readonly status: number | null;
  readonly atMs: number;
}

/** Whose key it is. */
export type KeyClaim = Pick<KeptWrite, 'key' | 'accessId'>;

/** The store of Idempotency-Keys that the pipeline asks for; `storage` fulfils it. */
export interface WriteKeys {
  find(key: string): Promise<KeptWrite | null>;
  /** False where the key is there already: of two requests at once one alone gets it. */
  claim(kept: KeptWrite): Promise<boolean>;
  /** Nothing happens where the key is no longer of this access: somebody else claimed it since. */
  settle(claim: KeyClaim, status: number): Promise<void>;
  /** For a write that was certainly not done: the same request may come again. Of this access alone, as `settle`. */
  release(claim: KeyClaim): Promise<void>;
  /** Forgets keys from before this moment. */
  trim(beforeMs: number): Promise<void>;
}
