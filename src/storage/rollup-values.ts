import type { RollupDelta } from '../audit/log-store';

/** The values of a roll-up delta in the order of the columns of `decision_rollup`, from `key_digest` on. */
export const rollupValues = (delta: RollupDelta): (string | number | Buffer)[] => [
  delta.keyDigest,
  delta.system,
  delta.environment,
  delta.route,
  delta.action,
  delta.policyVersion,
  delta.keyJson,
  delta.grantedJson,
  delta.count,
  delta.atMs,
];
