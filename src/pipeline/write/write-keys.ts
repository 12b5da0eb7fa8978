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

/** The store of Idempotency-Keys that the pipeline asks for; `storage` fulfils it. */
export interface WriteKeys {
  find(key: string): Promise<KeptWrite | null>;
  /** False where the key is there already: of two requests at once one alone gets it. */
  claim(kept: KeptWrite): Promise<boolean>;
  settle(key: string, status: number): Promise<void>;
  /** For a write that was certainly not done: the same request may come again. */
  release(key: string): Promise<void>;
  /** Forgets keys from before this moment. */
  trim(beforeMs: number): Promise<void>;
}
