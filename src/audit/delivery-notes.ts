/** One note: access id, what became of the answer, bytes sent. */
export type DeliveryNote = readonly [accessId: string, outcome: 'sent' | 'aborted', bytes: number];

/** Longest that a note waits before it is written, milliseconds; a crash within it leaves "delivery unknown". */
const NOTE_DELAY_MS = 1_000;
const MOST_IN_ONE_ENTRY = 256;

/**
 * Collects what became of answers and hands it on in lists: when one is full, or its first note a second old. Nobody waits for it,
 * and a list shares its flush with whatever else waits then, so that notes cost no flush of their own under load.
 */
export class DeliveryNotes {
  readonly #write: (notes: readonly DeliveryNote[]) => void;
  #notes: DeliveryNote[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(write: (notes: readonly DeliveryNote[]) => void) {
    this.#write = write;
  }

  add(note: DeliveryNote): void {
    this.#notes.push(note);
    if (this.#notes.length >= MOST_IN_ONE_ENTRY) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), NOTE_DELAY_MS).unref();
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#notes.length > 0) this.#write(this.#notes.splice(0));
  }
}
