import type { Application, Organization } from '../../vocabulary/access';
import type { AccountFile } from '../../vocabulary/directory-rows';
import type { ChangeLog } from '../follow-changes';

/** What the directory in memory is read from; the change log's kinds are organization, application and account. */
export interface DirectoryStore extends ChangeLog {
  /** All, or those of the ids that exist. */
  organizations(ids: readonly string[] | null): Promise<readonly Organization[]>;
  applications(ids: readonly string[] | null): Promise<readonly Application[]>;
  accounts(ids: readonly string[]): Promise<readonly AccountFile[]>;
  /** In the order of ids, those after `afterId` (null: from the first), at most `limit`. */
  accountPage(afterId: string | null, limit: number): Promise<readonly AccountFile[]>;
}
