import type { Clock } from '../../vocabulary/clock';
import type { RowStore } from '../row-store';
import { applyPrivacyBatch, type FeedReport } from './apply-privacy-batch';
import { type FeedProblem, readPrivacyBatch } from './read-privacy-batch';

/** A batch that was read. `apply` writes all of it, or, where it has problems, nothing. */
export interface PrivacyBatch {
  readonly systems: readonly string[];
  readonly transactions: number;
  readonly problems: readonly FeedProblem[];
  /** Fails GatewayError('directory-unavailable'): whether it was committed is then unknown, and sending it again is safe. */
  apply(): Promise<FeedReport>;
}

export interface PrivacyFeed {
  read(text: string, format: 'json' | 'ndjson'): PrivacyBatch;
}

/** The feed of privacy transactions (WF1-06). `caughtUp` brings the registry in memory up to the version just committed. */
export function createPrivacyFeed(means: {
  readonly store: RowStore;
  readonly clock: Clock;
  readonly caughtUp?: (registryVersion: number) => Promise<void>;
}): PrivacyFeed {
  return {
    read(text, format) {
      const { rows, problems, systems } = readPrivacyBatch(text, format, means.clock());
      return {
        systems,
        transactions: rows.length,
        problems,
        async apply() {
          const report = await means.store.changing(async (transaction): Promise<FeedReport> => {
            if (problems.length > 0) {
              return { outcome: 'refused', rows: [], problems, registryVersion: (await transaction.versions()).registry };
            }
            return applyPrivacyBatch(rows, means.clock(), transaction);
          });
          if (report.outcome === 'applied') await means.caughtUp?.(report.registryVersion);
          return report;
        },
      };
    },
  };
}
