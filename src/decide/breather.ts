/** Waits for a turn of the event loop when the present slice of work has lasted long enough. */
export type Breathe = () => Promise<void>;

/** Cuts long work into slices of about `sliceMs`, so that requests pass between them. */
export function createBreather(sliceMs = 2): Breathe {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < sliceMs) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    since = performance.now();
  };
}
