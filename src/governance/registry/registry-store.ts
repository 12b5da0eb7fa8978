import type { RegistryRow } from '../../vocabulary/access';
import type { RecordName } from '../../vocabulary/directory-rows';
import type { ChangeLog } from '../follow-changes';

/** What the registry in memory is read from; the change log's kind is 'record', its key as `recordKey` makes it. */
export interface RegistryStore extends ChangeLog {
  records(names: readonly RecordName[]): Promise<readonly RegistryRow[]>;
  /** In the order of (system, environment, record id), those after the given one, at most `limit`. */
  recordPage(after: RecordName | null, limit: number): Promise<readonly RegistryRow[]>;
}
