import type { Application, Environment, Membership, Organization, StandingSpan } from '../../vocabulary/access';
import type { AccountFile } from '../../vocabulary/directory-rows';
import { createInterner } from '../interner';
import { ShardedMap } from '../sharded-map';

/** The directory in memory. Lookups nest: a key of several words is several maps, never joined text. */
export interface DirectoryTables {
  readonly organizations: Map<string, Organization>;
  readonly applications: Map<string, Application>;
  readonly byClient: Map<Environment, Map<string, Map<string, Application>>>;
  readonly accounts: ShardedMap<AccountFile>;
  readonly bySubject: Map<Environment, Map<string, ShardedMap<AccountFile>>>;
  readonly byStaffId: Map<Environment, Map<string, ShardedMap<readonly Membership[]>>>;
  readonly share: (file: AccountFile) => AccountFile;
}

export function emptyTables(): DirectoryTables {
  return {
    organizations: new Map(),
    applications: new Map(),
    byClient: new Map(),
    accounts: new ShardedMap(),
    bySubject: new Map(),
    byStaffId: new Map(),
    share: createSharing(),
  };
}

export function putAccount(tables: DirectoryTables, given: AccountFile): void {
  const file = tables.share(given);
  const { account } = file;
  tables.accounts.set(account.id, file);
  const byIssuer = within(tables.bySubject, account.environment, () => new Map<string, ShardedMap<AccountFile>>());
  within(byIssuer, account.issuer, () => new ShardedMap<AccountFile>()).set(account.subject, file);
  for (const one of file.memberships) {
    if (one.staffId === '') continue;
    const holders = holdersOf(tables, one);
    holders.set(one.staffId, [...(holders.get(one.staffId) ?? []), one]);
  }
}

export function removeAccount(tables: DirectoryTables, id: string): void {
  const file = tables.accounts.get(id);
  if (file === undefined) return;
  const { account } = file;
  tables.accounts.delete(id);
  const subjects = tables.bySubject.get(account.environment)?.get(account.issuer);
  // Another account may have taken the subject over in the same change.
  if (subjects?.get(account.subject)?.account.id === id) subjects.delete(account.subject);
  for (const one of file.memberships) {
    if (one.staffId === '') continue;
    const holders = holdersOf(tables, one);
    const left = (holders.get(one.staffId) ?? []).filter((other) => other.account !== id);
    if (left.length === 0) holders.delete(one.staffId);
    else holders.set(one.staffId, left);
  }
}

/** Puts the application in place of the one with that id; undefined removes it. */
export function putApplication(tables: DirectoryTables, application: Application | undefined, id = application?.id): void {
  const before = id === undefined ? undefined : tables.applications.get(id);
  if (before !== undefined) {
    tables.applications.delete(before.id);
    const clients = tables.byClient.get(before.environment)?.get(before.issuer);
    if (clients?.get(before.clientId)?.id === before.id) clients.delete(before.clientId);
  }
  if (application === undefined) return;
  tables.applications.set(application.id, application);
  const byIssuer = within(tables.byClient, application.environment, () => new Map<string, Map<string, Application>>());
  within(byIssuer, application.issuer, () => new Map<string, Application>()).set(application.clientId, application);
}

function holdersOf(tables: DirectoryTables, one: Membership): ShardedMap<readonly Membership[]> {
  const bySystem = within(tables.byStaffId, one.environment, () => new Map<string, ShardedMap<readonly Membership[]>>());
  return within(bySystem, one.system, () => new ShardedMap<readonly Membership[]>());
}

function within<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** Equal words, scopes and standings are kept once: at a million accounts they would fill the heap. */
function createSharing(): (file: AccountFile) => AccountFile {
  const words = createInterner<string>(65_536);
  const scopes = createInterner<Membership['scopes']>(65_536);
  const lists = createInterner<readonly string[]>(65_536);
  const spans = createInterner<readonly StandingSpan[]>(65_536);
  const word = <T extends string>(text: T): T => words(text, text) as T;
  return ({ account, memberships, supervises, actors, rights }) => ({
    account: {
      id: account.id,
      kind: word(account.kind),
      person: account.person,
      issuer: word(account.issuer),
      subject: account.subject,
      environment: word(account.environment),
      organization: word(account.organization),
      standings: spans(account.standings.map((span) => `${span.fromMs}${span.standing}`).join(), account.standings),
    },
    memberships: memberships.map((one) => ({
      id: one.id,
      account: account.id,
      system: word(one.system),
      environment: word(one.environment),
      workgroup: word(one.workgroup),
      staffId: one.staffId,
      scopes: scopes(JSON.stringify(one.scopes), one.scopes),
      privileges: lists(JSON.stringify(one.privileges), one.privileges),
      fromMs: one.fromMs,
      toMs: one.toMs,
    })),
    supervises: supervises.length === 0 ? NONE : supervises,
    actors: actors.length === 0 ? NONE : actors,
    rights: rights.length === 0 ? NONE : rights,
  });
}

const NONE: readonly never[] = [];
