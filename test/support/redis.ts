import { randomBytes } from 'node:crypto';

/** `describe` where the suite has a private Redis, `describe.skip` where it has none. */
export const describeWithRedis: jest.Describe = process.env['CASEGATE_TEST_REDIS'] ? describe : describe.skip;

/**
 * The private Redis that `npm test` starts.
 * Fails where CASEGATE_TEST_REDIS is not set: use `describeWithRedis`.
 */
export function redisUrl(): string {
  const url = process.env['CASEGATE_TEST_REDIS'];
  if (url === undefined) throw new Error('CASEGATE_TEST_REDIS is not set: run `npm test`, which starts a private Redis');
  return url;
}

/** A key prefix of its own, so that tests that run side by side do not count each other's requests. */
export const freshPrefix = (): string => `test:${randomBytes(6).toString('hex')}:`;
