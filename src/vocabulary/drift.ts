/** What stands at a place: a text, a number or null; true or false; an object; a list. Never the value itself. */
export type Holds = 'value' | 'flag' | 'object' | 'list';

/** One place of a case system whose fields are left out, as it is kept. */
export interface DriftRow {
  readonly system: string;
  /** A JSON Pointer as in record.yaml, `?` for a key that is not told; '' counts the fields of all places beyond those kept. */
  readonly place: string;
  readonly holds: Holds;
  /** Of an object or list: the leaves that were seen in it, as pointers from the root of the record. */
  readonly inside: readonly string[];
  /** How many fields were left out here. */
  readonly count: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

/** For a key that may itself be a value. */
export const UNTOLD_KEY = '?';
/** A longer place is not kept by its name. */
export const MOST_PLACE_CHARACTERS = 255;
/** Of one object or list, as many leaves are kept. */
export const MOST_INSIDE = 50;

/** A row as it is shown, compared with the policy in force. */
export interface DriftField {
  readonly system: string;
  /** null: all places beyond those that are kept by name. */
  readonly place: string | null;
  readonly holds: Holds;
  /** another-shape: record.yaml classifies the place, and expects `expected` there. */
  readonly problem: 'unclassified' | 'another-shape' | 'beyond-the-list';
  readonly expected: 'value' | 'object' | 'list' | null;
  readonly count: number;
  /** ISO 8601, UTC. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** To be added to record.yaml, under `fields`, in the section that fits. */
  readonly lines: readonly string[];
}
