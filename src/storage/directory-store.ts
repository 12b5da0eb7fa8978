import type { EntityManager } from 'typeorm';
import type { Account, Application, Membership, Organization, StandingSpan } from '../vocabulary/access';
import type { AccountFile, AdminRight, Delegation, StandingRow, SupervisionEdge } from '../vocabulary/directory-rows';
import { createChangeLog } from './directory-change-log';
import { accountKind, environmentWord, fromJson, standingWord, wholeNumber, wholeOrNull, words } from './directory-columns';
import type { GovernanceStore } from './open-data-source';

type Row = Readonly<Record<string, unknown>>;

/** Rows of one page of accounts are looked up by their ids, this many to a statement. */
const PIECE = 400;

/**
 * What the directory in memory is read from, on both engines. Raw rows: a million accounts are not hydrated.
 * Fails   whatever the database throws, and Error for a row that cannot be read.
 */
export function createDirectoryStore(store: Pick<GovernanceStore, 'read'>) {
  return {
    ...createChangeLog(store, 'directory'),

    organizations: (ids: readonly string[] | null): Promise<readonly Organization[]> =>
      store.read(async (manager) => {
        const rows = await select(manager, 'SELECT id, name FROM organization', 'id', ids);
        const standings = await standingsOf(manager, 'organization', ids);
        return rows.map((row) => ({ id: words(row['id']), name: words(row['name']), standings: standings.get(words(row['id'])) ?? NONE }));
      }),

    applications: (ids: readonly string[] | null): Promise<readonly Application[]> =>
      store.read(async (manager) => {
        const sql = 'SELECT id, issuer, client_id, environment, application_class, grants, origins FROM application';
        const rows = await select(manager, sql, 'id', ids);
        const standings = await standingsOf(manager, 'application', ids);
        return rows.map((row) => ({
          id: words(row['id']),
          issuer: words(row['issuer']),
          clientId: words(row['client_id']),
          environment: environmentWord(row['environment']),
          applicationClass: words(row['application_class']),
          grants: fromJson(row['grants']),
          origins: fromJson(row['origins']),
          standings: standings.get(words(row['id'])) ?? NONE,
        }));
      }),

    accounts: (ids: readonly string[]): Promise<readonly AccountFile[]> =>
      store.read(async (manager) => accountFiles(manager, await select(manager, ACCOUNTS, 'id', ids))),

    accountPage: (afterId: string | null, limit: number): Promise<readonly AccountFile[]> =>
      store.read(async (manager) =>
        accountFiles(
          manager,
          await manager.query<Row[]>(`${ACCOUNTS} WHERE id > ? ORDER BY id LIMIT ${wholeNumber(limit)}`, [afterId ?? '']),
        ),
      ),
  };
}

const NONE: readonly never[] = [];
const ACCOUNTS = 'SELECT id, kind, person, issuer, subject, environment, organization FROM account';

async function accountFiles(manager: EntityManager, rows: readonly Row[]): Promise<readonly AccountFile[]> {
  const ids = rows.map((row) => words(row['id']));
  const standings = await standingsOf(manager, 'account', ids);
  const memberships = groupBy(
    (
      await select(
        manager,
        'SELECT id, account, system, environment, workgroup, staff_id, scopes, privileges, from_ms, to_ms FROM membership',
        'account',
        ids,
      )
    ).map(membership),
    (one) => one.account,
  );
  const supervises = groupBy(
    (await select(manager, 'SELECT supervisor, supervisee, from_ms, to_ms FROM supervision', 'supervisor', ids)).map(
      (row): SupervisionEdge => ({ supervisor: words(row['supervisor']), supervisee: words(row['supervisee']), ...span(row) }),
    ),
    (one) => one.supervisor,
  );
  const actors = groupBy(
    (await select(manager, 'SELECT account, actor, from_ms, to_ms FROM delegation', 'account', ids)).map((row): Delegation => ({
      actor: words(row['actor']),
      account: words(row['account']),
      ...span(row),
    })),
    (one) => one.account,
  );
  const rights = groupBy(
    (await select(manager, 'SELECT account, right_word, from_ms, to_ms FROM admin_right', 'account', ids)).map((row): AdminRight => ({
      account: words(row['account']),
      right: words(row['right_word']),
      ...span(row),
    })),
    (one) => one.account,
  );
  return rows.map((row): AccountFile => {
    const account: Account = {
      id: words(row['id']),
      kind: accountKind(row['kind']),
      person: words(row['person']),
      issuer: words(row['issuer']),
      subject: words(row['subject']),
      environment: environmentWord(row['environment']),
      organization: words(row['organization']),
      standings: standings.get(words(row['id'])) ?? NONE,
    };
    return {
      account,
      memberships: memberships.get(account.id) ?? NONE,
      supervises: supervises.get(account.id) ?? NONE,
      actors: actors.get(account.id) ?? NONE,
      rights: rights.get(account.id) ?? NONE,
    };
  });
}

const membership = (row: Row): Membership => ({
  id: words(row['id']),
  account: words(row['account']),
  system: words(row['system']),
  environment: environmentWord(row['environment']),
  workgroup: words(row['workgroup']),
  staffId: words(row['staff_id']),
  scopes: fromJson(row['scopes']),
  privileges: fromJson(row['privileges']),
  ...span(row),
});

const span = (row: Row): { readonly fromMs: number; readonly toMs: number | null } => ({
  fromMs: wholeNumber(row['from_ms']),
  toMs: wholeOrNull(row['to_ms']),
});

async function standingsOf(
  manager: EntityManager,
  kind: StandingRow['of'],
  ids: readonly string[] | null,
): Promise<ReadonlyMap<string, readonly StandingSpan[]>> {
  const sql = `SELECT owner, standing, from_ms FROM standing`;
  const rows = await select(manager, sql, 'owner', ids, `owner_kind = '${kind}'`);
  const spans = new Map<string, StandingSpan[]>();
  for (const row of rows) {
    const owner = words(row['owner']);
    const list = spans.get(owner) ?? [];
    list.push({ standing: standingWord(row['standing']), fromMs: wholeNumber(row['from_ms']) });
    spans.set(owner, list);
  }
  for (const list of spans.values()) list.sort((one, other) => one.fromMs - other.fromMs);
  return spans;
}

/** All rows, or those whose column is exactly one of the values. `sql`, `column` and `also` are ours, never a caller's text. */
async function select(
  manager: EntityManager,
  sql: string,
  column: string,
  values: readonly string[] | null,
  also = '1 = 1',
): Promise<readonly Row[]> {
  if (values === null) return manager.query<Row[]>(`${sql} WHERE ${also}`);
  const wanted = new Set(values);
  const found: Row[] = [];
  for (let i = 0; i < values.length; i += PIECE) {
    const piece = values.slice(i, i + PIECE);
    const rows = await manager.query<Row[]>(`${sql} WHERE ${also} AND ${column} IN (${piece.map(() => '?').join()})`, [...piece]);
    for (const row of rows) if (wanted.has(words(row[column]))) found.push(row);
  }
  return found;
}

function groupBy<T>(values: readonly T[], keyed: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(keyed(value));
    if (group === undefined) groups.set(keyed(value), [value]);
    else group.push(value);
  }
  return groups;
}
