/** Finds where an object or array ends, chunk by chunk, without reading it: every byte is looked at once. */
export class ValueEnd {
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  /** Bytes of the value that were looked at. */
  #seen = 0;

  start(): void {
    this.#depth = 0;
    this.#isInString = false;
    this.#isEscaped = false;
    this.#seen = 0;
  }

  /** `at` is where the value begins in `bytes`. Gives the offset behind its closing bracket, -1 where that has not come. */
  find(bytes: Buffer, at: number): number {
    let depth = this.#depth;
    let isInString = this.#isInString;
    let isEscaped = this.#isEscaped;
    let i = at + this.#seen;
    for (; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (byte === 0x5c) isEscaped = true;
        else if (byte === 0x22) isInString = false;
      } else if (byte === 0x22) isInString = true;
      else if (byte === 0x7b || byte === 0x5b) depth++;
      else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) return i + 1;
    }
    this.#depth = depth;
    this.#isInString = isInString;
    this.#isEscaped = isEscaped;
    this.#seen = i - at;
    return -1;
  }
}
