import type { LiveDirectory } from '../governance/directory/directory';
import type { LiveRegistry } from '../governance/registry/registry';
import type { GovernanceVersions } from '../governance/row-store';

/** What this process itself has committed, and whether memory holds it yet. */
export interface Committed {
  /** To be called with the versions of a transaction as soon as it is committed; resolves when memory holds them. */
  note(versions: GovernanceVersions): Promise<void>;
  /** True while memory is behind: whatever is decided now may be decided on what no longer holds. */
  isAhead(): boolean;
  settle(): Promise<void>;
}

/** A change holds for every entry that is flushed after its commit; on SQLite this process is the only one that commits. */
export function trackCommitted(directory: LiveDirectory, registry: LiveRegistry): Committed {
  let newest: GovernanceVersions = { directory: -1, registry: -1 };
  const settle = async (): Promise<void> => {
    await Promise.all([directory.catchUp(newest.directory), registry.catchUp(newest.registry)]);
  };
  return {
    note: (versions) => {
      newest = { directory: Math.max(newest.directory, versions.directory), registry: Math.max(newest.registry, versions.registry) };
      return settle();
    },
    isAhead: () => newest.directory > directory.version || newest.registry > registry.version,
    settle,
  };
}
