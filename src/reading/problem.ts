/** A place in a file that people edit: both counted from 1, as editors show them. */
export interface Position {
  readonly line: number;
  /** In UTF-16 units, as editors count. */
  readonly column: number;
}

/** What is wrong with a file, where, and with which word. */
export interface Problem extends Position {
  readonly file: string;
  /** The offending word as it stands in the file; '' where something is missing. */
  readonly word: string;
  readonly message: string;
}
