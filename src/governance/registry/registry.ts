import type { Environment, RegistryRow } from '../../vocabulary/access';
import type { FollowState } from '../follow-changes';

/** What the registry says of records, in memory. Lookups compare exactly and throw GatewayError('directory-unavailable') while it is not loaded. */
export interface Registry {
  readonly version: number;
  find(system: string, environment: Environment, recordId: string): RegistryRow | undefined;
  /** True if the record (its key by `recordKey`) was touched after that version, or if that cannot be told. */
  changedSince(version: number, recordKey: string): boolean;
  recordKey(system: string, environment: Environment, recordId: string): string;
}

/** The registry with what keeps it in step with the store. */
export interface LiveRegistry extends Registry {
  start(): Promise<void>;
  catchUp(atLeast?: number): Promise<void>;
  poll(everyMs: number): () => void;
  state(): FollowState & { readonly records: number };
}
