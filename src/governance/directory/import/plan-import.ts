import { isDeepStrictEqual } from 'node:util';
import type { ChangeRow, StoreRows } from '../../../vocabulary/directory-rows';
import type { RowReader } from '../../row-store';
import { recordKey } from '../../registry/record-key';
import { checkAgainstEachOther } from './check-import';
import { IMPORT_KINDS, type ImportKind, type ImportRows } from './import-kinds';
import type { ImportRowReport, RowOutcome } from './import-report';
import type { ImportProblem, ReadImport, ReadRow } from './read-import-files';
import { keyOf, readWorld, type World } from './read-world';

export interface Writes<K extends ImportKind = ImportKind> {
  readonly kind: K;
  readonly added: readonly StoreRows[K][];
  readonly changed: readonly StoreRows[K][];
}

export interface ImportPlan {
  readonly rows: readonly ImportRowReport[];
  readonly problems: readonly ImportProblem[];
  /** In the order in which they can be written. */
  readonly writes: readonly Writes[];
  readonly touched: {
    readonly directory: readonly Omit<ChangeRow, 'version'>[];
    readonly registry: readonly Omit<ChangeRow, 'version'>[];
  };
}

/**
 * Compares rows that were read with what the store holds: what each would do, and everything that is wrong with them.
 * Writes nothing. Under the transaction's lock the answer holds until the commit.
 */
export async function planImport(read: ReadImport, reader: RowReader): Promise<ImportPlan> {
  const world = await readWorld(read.rows, reader);
  const problems = [...read.problems, ...checkAgainstEachOther(read.rows, world)];
  const refused = new Set(problems.map((problem) => `${problem.line} ${problem.file}`));

  const planned: PlannedRow[] = [];
  for (const one of read.rows) {
    planned.push(planRow(one, world));
    // Requests are served meanwhile.
    if (planned.length % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const rows = planned.map(({ read: { file, line, kind, row }, outcome }): ImportRowReport => ({
    file,
    line,
    kind,
    key: row === undefined ? '' : keyInWords(kind, row),
    outcome: row === undefined || refused.has(`${line} ${file}`) ? 'refused' : outcome,
  }));
  const writes = IMPORT_KINDS.map((kind): Writes => {
    const of = (outcome: RowOutcome) => planned.filter((one) => one.read.kind === kind && one.outcome === outcome).map((one) => one.row);
    return { kind, added: of('added'), changed: of('changed') } as Writes;
  }).filter((one) => one.added.length + one.changed.length > 0);
  return { rows, problems, writes, touched: touchedBy(writes, world) };
}

interface PlannedRow {
  readonly read: ReadRow;
  readonly outcome: RowOutcome;
  readonly row: StoreRows[ImportKind] | undefined;
}

function planRow(read: ReadRow, world: World): PlannedRow {
  if (read.row === undefined) return { read, outcome: 'refused', row: undefined };
  const before = world[read.kind].get(keyOf(read.kind, read.row));
  const row =
    read.kind === 'records' ? wholeRecord(read.row as ImportRows['records'], before as StoreRows['records'] | undefined) : read.row;
  const outcome = before === undefined ? 'added' : isDeepStrictEqual({ ...before }, { ...row }) ? 'unchanged' : 'changed';
  return { read, outcome, row: row as StoreRows[ImportKind] };
}

/** Where the file is silent about privacy or codes, what stands stays. */
function wholeRecord(row: ImportRows['records'], before: StoreRows['records'] | undefined): StoreRows['records'] {
  return {
    system: row.system,
    environment: row.environment,
    recordId: row.recordId,
    isPrivate: row.isPrivate ?? before?.isPrivate ?? null,
    codes: row.codes ?? before?.codes ?? {},
    last: before?.last ?? null,
  };
}

function touchedBy(writes: readonly Writes[], world: World): ImportPlan['touched'] {
  const directory = new Map<string, Omit<ChangeRow, 'version'>>();
  const registry: Omit<ChangeRow, 'version'>[] = [];
  const touch = (kind: ChangeRow['kind'], key: string): void => void directory.set(`${kind}:${key}`, { kind, key });
  for (const { kind, added, changed } of writes) {
    for (const row of [...added, ...changed]) touchOne(kind, row);
  }
  return { directory: [...directory.values()], registry };

  function touchOne(kind: ImportKind, given: StoreRows[ImportKind]): void {
    switch (kind) {
      case 'organizations':
        return touch('organization', (given as StoreRows['organizations']).id);
      case 'applications':
        return touch('application', (given as StoreRows['applications']).id);
      case 'accounts':
        return touch('account', (given as StoreRows['accounts']).id);
      case 'standings': {
        const row = given as StoreRows['standings'];
        return touch(row.of, row.id);
      }
      case 'memberships': {
        const { account, staffLook } = given as StoreRows['memberships'];
        touch('account', account);
        // Whom a supervisor supervises is told by staff id: a membership that changes touches the decisions of its supervisors, and of those of
        // whoever carried its staff id.
        for (const carrier of [account, ...(world.carriersOf.get(staffLook) ?? [])])
          for (const supervisor of world.supervisorsOf.get(carrier) ?? []) touch('account', supervisor);
        return;
      }
      case 'supervision':
        return touch('account', (given as StoreRows['supervision']).supervisor);
      case 'delegations': {
        const row = given as StoreRows['delegations'];
        touch('account', row.actor);
        return touch('account', row.account);
      }
      case 'rights':
        return touch('account', (given as StoreRows['rights']).account);
      case 'records':
        registry.push({ kind: 'record', key: recordKey(given as StoreRows['records']) });
    }
  }
}

function keyInWords(kind: ImportKind, row: ImportRows[ImportKind]): string {
  return (JSON.parse(keyOf(kind, row)) as (string | number)[])
    .map((part) => (typeof part === 'number' ? new Date(part).toISOString() : part))
    .join(' ');
}
