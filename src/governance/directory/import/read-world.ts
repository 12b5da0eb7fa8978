import type { StoreRows } from '../../../vocabulary/directory-rows';
import type { RowReader } from '../../row-store';
import type { ImportKind, ImportRows } from './import-kinds';
import type { ReadRow } from './read-import-files';

/** What the store holds of all that an import speaks of. By natural key, compared exactly once more in JavaScript (TOK-16). */
export type World = {
  readonly [K in ImportKind]: ReadonlyMap<string, StoreRows[K]>;
} & {
  /** Rows that look like one of the import's, or are it. */
  readonly alike: {
    readonly organizations: readonly StoreRows['organizations'][];
    readonly applications: readonly StoreRows['applications'][];
    readonly accounts: readonly StoreRows['accounts'][];
    readonly memberships: readonly StoreRows['memberships'][];
  };
  readonly supervisorsOf: ReadonlyMap<string, ReadonlySet<string>>;
  /** Accounts that carry or carried a staff id, by how it looks. */
  readonly carriersOf: ReadonlyMap<string, ReadonlySet<string>>;
};

/** A row's natural key as JSON text of its parts: parts cannot run into each other. */
export function keyOf<K extends ImportKind>(kind: K, given: ImportRows[K] | StoreRows[K]): string {
  return JSON.stringify(KEYS[kind](given as never));
}

const KEYS: { readonly [K in ImportKind]: (row: ImportRows[K] | StoreRows[K]) => readonly (string | number)[] } = {
  organizations: (row) => [row.id],
  applications: (row) => [row.id],
  accounts: (row) => [row.id],
  standings: (row) => [row.of, row.id, row.fromMs],
  memberships: (row) => [row.id],
  supervision: (row) => [row.supervisor, row.supervisee, row.fromMs],
  delegations: (row) => [row.actor, row.account, row.fromMs],
  rights: (row) => [row.account, row.right, row.fromMs],
  records: (row) => [row.system, row.environment, row.recordId],
};

export async function readWorld(rows: readonly ReadRow[], reader: RowReader): Promise<World> {
  const of = <K extends ImportKind>(kind: K): readonly ImportRows[K][] =>
    rows.filter((one) => one.kind === kind && one.row !== undefined).map((one) => one.row as ImportRows[K]);
  const memberships = of('memberships');
  const supervision = of('supervision');
  const delegations = of('delegations');
  const rights = of('rights');
  const standings = of('standings');

  const organizationIds = unique([
    ...of('organizations').map((row) => row.id),
    ...of('accounts').map((row) => row.organization),
    ...standings.filter((row) => row.of === 'organization').map((row) => row.id),
    ...rights.filter((row) => row.right.startsWith('security-officer:')).map((row) => row.right.slice('security-officer:'.length)),
  ]);
  const applicationIds = unique([
    ...of('applications').map((row) => row.id),
    ...standings.filter((row) => row.of === 'application').map((row) => row.id),
  ]);
  const accountIds = unique([
    ...of('accounts').map((row) => row.id),
    ...memberships.map((row) => row.account),
    ...supervision.flatMap((row) => [row.supervisor, row.supervisee]),
    ...delegations.flatMap((row) => [row.actor, row.account]),
    ...rights.map((row) => row.account),
    ...standings.filter((row) => row.of === 'account').map((row) => row.id),
  ]);
  const alikeMemberships = [
    ...(await reader.find('memberships', 'look', unique(memberships.map((row) => row.look)))),
    ...(await reader.find('memberships', 'staffLook', unique(memberships.map((row) => row.staffLook).filter((look) => look !== '')))),
  ];
  const membershipAccounts = unique([...memberships, ...alikeMemberships].map((row) => row.account));
  const edges = await reader.find('supervision', 'supervisee', membershipAccounts);

  return {
    organizations: byKey('organizations', await reader.find('organizations', 'id', organizationIds)),
    applications: byKey('applications', await reader.find('applications', 'id', applicationIds)),
    accounts: byKey('accounts', await reader.find('accounts', 'id', accountIds)),
    standings: byKey('standings', await reader.find('standings', 'id', unique(standings.map((row) => row.id)))),
    memberships: byKey(
      'memberships',
      await reader.find(
        'memberships',
        'id',
        memberships.map((row) => row.id),
      ),
    ),
    supervision: byKey('supervision', await reader.find('supervision', 'supervisor', unique(supervision.map((row) => row.supervisor)))),
    delegations: byKey('delegations', await reader.find('delegations', 'account', unique(delegations.map((row) => row.account)))),
    rights: byKey('rights', await reader.find('rights', 'account', unique(rights.map((row) => row.account)))),
    records: byKey('records', await findRecords(of('records'), reader)),
    alike: {
      organizations: await reader.find('organizations', 'look', unique(of('organizations').map((row) => row.look))),
      applications: [
        ...(await reader.find('applications', 'look', unique(of('applications').map((row) => row.look)))),
        ...(await reader.find('applications', 'clientId', unique(of('applications').map((row) => row.clientId)))),
      ],
      accounts: [
        ...(await reader.find('accounts', 'look', unique(of('accounts').map((row) => row.look)))),
        ...(await reader.find('accounts', 'subjectLook', unique(of('accounts').map((row) => row.subjectLook)))),
      ],
      memberships: alikeMemberships,
    },
    supervisorsOf: group(
      edges,
      (edge) => edge.supervisee,
      (edge) => edge.supervisor,
    ),
    carriersOf: group(
      alikeMemberships,
      (row) => row.staffLook,
      (row) => row.account,
    ),
  };
}

async function findRecords(records: readonly ImportRows['records'][], reader: RowReader): Promise<readonly StoreRows['records'][]> {
  const groups = new Map<string, ImportRows['records'][]>();
  for (const row of records) {
    const group = JSON.stringify([row.system, row.environment]);
    const rows = groups.get(group);
    if (rows === undefined) groups.set(group, [row]);
    else rows.push(row);
  }
  const found: StoreRows['records'][] = [];
  for (const rows of groups.values()) {
    const [first] = rows;
    if (first === undefined) continue;
    const fixed = { system: first.system, environment: first.environment };
    found.push(...(await reader.find('records', 'recordId', unique(rows.map((row) => row.recordId)), fixed)));
  }
  return found;
}

function group<Row>(
  rows: readonly Row[],
  keyOfRow: (row: Row) => string,
  valueOf: (row: Row) => string,
): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = new Map<string, Set<string>>();
  for (const row of rows) {
    const key = keyOfRow(row);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, new Set([valueOf(row)]));
    else known.add(valueOf(row));
  }
  return groups;
}

const byKey = <K extends ImportKind>(kind: K, rows: readonly StoreRows[K][]): ReadonlyMap<string, StoreRows[K]> =>
  new Map(rows.map((row) => [keyOf(kind, row), row]));

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];
