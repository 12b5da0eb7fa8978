/** Runs what is handed to it one after the other, in that order; what fails fails for its own caller alone. */
export interface OneByOne {
  <T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing that was handed over is left. */
  settled(): Promise<void>;
}

export function createOneByOne(): OneByOne {
  let last: Promise<unknown> = Promise.resolve();
  const run = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  return Object.assign(run, { settled: async () => void (await last) });
}
