/** One question: what of a record may this caller see? */
export interface BenchQuestion {
  readonly workgroup: string;
  readonly relations: readonly string[];
  readonly privacy: 'open' | 'private';
  readonly when: readonly string[];
}

/** Something that decides. All of them are given the same rows and must give the same answers. */
export interface Decider {
  /** For every section of the system, whether it may be seen. */
  decide(question: BenchQuestion): readonly boolean[] | Promise<readonly boolean[]>;
  /** Forgets every answer; called before each pass over the questions. */
  forget?(): void;
}
