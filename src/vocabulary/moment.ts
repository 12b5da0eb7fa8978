let lastMs = NaN;
let lastText = '';

/** A moment as the log writes it: RFC 3339, UTC, milliseconds. The last one is remembered: many requests share a millisecond. */
export function toMoment(epochMs: number): string {
  if (epochMs !== lastMs) {
    lastText = new Date(epochMs).toISOString();
    lastMs = epochMs;
  }
  return lastText;
}

let parsedText = '';
let parsedMs = NaN;

/** Epoch milliseconds of such a text; NaN for what is no moment. */
export function fromMoment(text: string): number {
  if (text !== parsedText) {
    parsedMs = Date.parse(text);
    parsedText = text;
  }
  return parsedMs;
}
