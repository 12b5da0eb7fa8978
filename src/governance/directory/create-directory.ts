import type { Account, Application, Membership, Organization } from '../../vocabulary/access';
import type { Clock } from '../../vocabulary/clock';
import type { AccountFile, ChangeRow } from '../../vocabulary/directory-rows';
import { followChanges } from '../follow-changes';
import { holdsAt, nextEdge, standingAt } from '../spans';
import { type DirectoryTables, emptyTables, putAccount, putApplication, removeAccount } from './directory-tables';
import type { LiveDirectory } from './directory';
import type { DirectoryStore } from './directory-store';

const LOAD_PAGE = 1000;
/** Accounts read and put in place in one piece when changes are applied; between pieces the loop is free. */
const REPLACE_PIECE = 100;

/**
 * The directory in memory: loaded once in pages, then kept in step by the change log.
 * Nothing can be looked up before `start` has loaded it.
 */
export function createDirectory(store: DirectoryStore, clock: Clock): LiveDirectory {
  let tables: DirectoryTables = emptyTables();
  let origins: { readonly values: ReadonlySet<string>; readonly untilMs: number } | null = null;

  const follower = followChanges({
    name: 'directory',
    log: store,
    clock,
    keyOf: (row) => `${row.kind}:${row.key}`,
    async load() {
      tables = await loadTables(store);
      origins = null;
    },
    async replace(rows) {
      await replaceTouched(store, tables, rows);
      if (rows.some((row) => row.kind === 'application')) origins = null;
    },
  });

  const usable = (): DirectoryTables => {
    follower.assertUsable();
    return tables;
  };
  const isActive = (account: Account | undefined, atMs: number): boolean => {
    if (account === undefined || standingAt(account.standings, atMs) !== 'active') return false;
    const organization = tables.organizations.get(account.organization);
    return organization !== undefined && standingAt(organization.standings, atMs) === 'active';
  };

  return {
    get version() {
      return follower.version;
    },
    findAccount(issuer, subject, environment) {
      const { bySubject } = usable();
      if (typeof issuer !== 'string' || typeof subject !== 'string') return undefined;
      const account = bySubject.get(environment)?.get(issuer)?.get(subject)?.account;
      return account?.subject === subject && account.issuer === issuer && account.environment === environment ? account : undefined;
    },
    account: (id) => (typeof id === 'string' ? usable().accounts.get(id)?.account : undefined),
    organization: (id) => (typeof id === 'string' ? usable().organizations.get(id) : undefined),
    findApplication(issuer, clientId, environment) {
      const { byClient } = usable();
      if (typeof issuer !== 'string' || typeof clientId !== 'string') return undefined;
      return byClient.get(environment)?.get(issuer)?.get(clientId);
    },
    memberships(accountId, system, environment) {
      const all = usable().accounts.get(accountId)?.memberships ?? NONE;
      const fits = (one: Membership): boolean => one.system === system && one.environment === environment;
      return all.every(fits) ? all : all.filter(fits);
    },
    supervises(supervisorId, staffId, system, environment, atMs) {
      const { accounts, byStaffId } = usable();
      const supervisor = accounts.get(supervisorId);
      if (supervisor === undefined || typeof staffId !== 'string' || staffId === '') return false;
      const holders = holdersAt(byStaffId.get(environment)?.get(system)?.get(staffId) ?? NONE, atMs);
      const holder = holders[0]?.account;
      if (holder === undefined || holder === supervisorId || holders.some((one) => one.account !== holder)) return false;
      const supervisee = accounts.get(holder);
      if (supervisee === undefined || supervisee.account.person === supervisor.account.person) return false;
      return supervisor.supervises.some((edge) => edge.supervisee === holder && holdsAt(edge, atMs));
    },
    isDelegated(actorId, personId, atMs) {
      const { accounts } = usable();
      if (actorId === personId || !isActive(accounts.get(actorId)?.account, atMs)) return false;
      return accounts.get(personId)?.actors.some((one) => one.actor === actorId && holdsAt(one, atMs)) ?? false;
    },
    nextRelationChange(accountId, atMs) {
      const { accounts, byStaffId } = usable();
      const file = accounts.get(accountId);
      if (file === undefined) return Infinity;
      // Whose staff id it is depends on everybody who carries it.
      const underIt = file.supervises
        .flatMap(({ supervisee }) => accounts.get(supervisee)?.memberships ?? NONE)
        .flatMap((one) => byStaffId.get(one.environment)?.get(one.system)?.get(one.staffId) ?? NONE);
      return nextEdge([...file.supervises, ...file.actors, ...underIt], atMs);
    },
    hasRight(accountId, right, atMs) {
      const file = usable().accounts.get(accountId);
      if (file === undefined || !isActive(file.account, atMs)) return false;
      return file.rights.some((one) => one.right === right && holdsAt(one, atMs));
    },
    origins() {
      const nowMs = clock();
      const { applications } = usable();
      if (origins === null || nowMs >= origins.untilMs) origins = activeOrigins([...applications.values()], nowMs);
      return origins.values;
    },
    changedSince: (version, keys) => follower.changedSince(version, keys),
    start: () => follower.start(),
    catchUp: (atLeast) => follower.catchUp(atLeast),
    poll: (everyMs) => follower.poll(everyMs),
    state: () => ({ ...follower.state(), accounts: tables.accounts.size }),
  };
}

const NONE: readonly never[] = [];

/**
 * Whose staff id it is: those who hold it; where nobody does, whoever held it last. A counselor who left is still the one to whom the
 * record is assigned until the data specialist reassigns it, and the supervisor reaches it meanwhile (WF1-09).
 */
function holdersAt(memberships: readonly Membership[], atMs: number): readonly Membership[] {
  const now = memberships.filter((one) => holdsAt(one, atMs));
  if (now.length > 0) return now;
  const lastMs = Math.max(...memberships.map((one) => (one.toMs !== null && one.toMs <= atMs ? one.toMs : -Infinity)));
  return memberships.filter((one) => one.toMs === lastMs);
}

async function loadTables(store: DirectoryStore): Promise<DirectoryTables> {
  const tables = emptyTables();
  for (const one of await store.organizations(null)) tables.organizations.set(one.id, one);
  for (const one of await store.applications(null)) putApplication(tables, one);
  for (let after: string | null = null; ;) {
    const page: readonly AccountFile[] = await store.accountPage(after, LOAD_PAGE);
    for (const file of page) putAccount(tables, file);
    after = page.at(-1)?.account.id ?? null;
    if (page.length < LOAD_PAGE || after === null) return tables;
    await letOthersRun();
  }
}

async function replaceTouched(store: DirectoryStore, tables: DirectoryTables, rows: readonly ChangeRow[]): Promise<void> {
  const touched = (kind: ChangeRow['kind']): string[] => [...new Set(rows.filter((row) => row.kind === kind).map((row) => row.key))];
  const organizations = touched('organization');
  if (organizations.length > 0) {
    const found = new Map((await store.organizations(organizations)).map((one): [string, Organization] => [one.id, one]));
    for (const id of organizations) putOrRemove(tables.organizations, id, found.get(id));
  }
  const applications = touched('application');
  if (applications.length > 0) {
    const found = new Map((await store.applications(applications)).map((one): [string, Application] => [one.id, one]));
    for (const id of applications) putApplication(tables, found.get(id), id);
  }
  const accounts = touched('account');
  for (let i = 0; i < accounts.length; i += REPLACE_PIECE) {
    const piece = accounts.slice(i, i + REPLACE_PIECE);
    const found = new Map((await store.accounts(piece)).map((file): [string, AccountFile] => [file.account.id, file]));
    for (const id of piece) {
      removeAccount(tables, id);
      const file = found.get(id);
      if (file !== undefined) putAccount(tables, file);
    }
    await letOthersRun();
  }
}

function putOrRemove<V>(map: Map<string, V>, key: string, value: V | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

function activeOrigins(applications: readonly Application[], nowMs: number): { values: ReadonlySet<string>; untilMs: number } {
  const values = new Set<string>();
  let untilMs = Number.POSITIVE_INFINITY;
  for (const one of applications) {
    if (standingAt(one.standings, nowMs) === 'active') for (const origin of one.origins) values.add(origin);
    for (const span of one.standings) if (span.fromMs > nowMs) untilMs = Math.min(untilMs, span.fromMs);
  }
  return { values, untilMs };
}

const letOthersRun = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
