import { setImmediate as turn } from 'node:timers/promises';
import { askSeldom } from '../../src/compose/ask-seldom';

/** A question that takes a while, and counts. */
const counted = () => {
  const asked: number[] = [];
  const question = async (): Promise<void> => {
    asked.push(performance.now());
    await turn();
  };
  return { asked, question };
};

test('TOK-19 all who ask at once share one question, and a flood is asked no oftener than a trickle', async () => {
  const { asked, question } = counted();
  const ask = askSeldom(question, 50);
  const began = performance.now();
  const answers: Promise<void>[] = [];
  while (performance.now() - began < 220) {
    answers.push(ask());
    await turn();
  }
  await Promise.all(answers);
  expect(answers.length).toBeGreaterThan(asked.length);
  expect(asked.length).toBeLessThanOrEqual(2 + Math.floor((performance.now() - began) / 50));
  for (const [i, at] of asked.entries()) expect(i === 0 ? 50 : at - (asked[i - 1] as number)).toBeGreaterThanOrEqual(45);
});

test('an answer is sought after it was asked for, never before; one that fails is the failure of those who shared it alone', async () => {
  let fault: Error | null = null;
  let version = 0;
  let seen = 0;
  const ask = askSeldom(async () => {
    if (fault !== null) throw fault;
    seen = version;
    await turn();
  }, 5);
  for (version = 1; version <= 5; version += 1) {
    await ask();
    expect(seen).toBe(version);
  }
  fault = new Error('the store does not answer');
  await expect(Promise.all([ask(), ask()])).rejects.toThrow('does not answer');
  fault = null;
  await ask();
});
