import { setTimeout as pause } from 'node:timers/promises';

/**
 * The same question, asked at most once in `everyMs`. Whoever asks gets an answer that was sought after they asked, and shares it with all
 * who asked before it was sought: a flood costs whoever answers no more than a trickle.
 */
export function askSeldom(ask: () => Promise<void>, everyMs: number): () => Promise<void> {
  let next: Promise<void> | null = null;
  let lastAt = -Infinity;
  const askInTime = async (): Promise<void> => {
    await pause(Math.max(0, lastAt + everyMs - performance.now()));
    next = null;
    lastAt = performance.now();
    return ask();
  };
  return () => (next ??= askInTime());
}
