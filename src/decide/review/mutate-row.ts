import type { PolicyRow } from '../policy-row';

/** One row of policy.csv made wrong on purpose. */
export interface Mutation {
  readonly line: number;
  readonly kind: 'flip' | 'delete' | 'widen';
  /** In plain words: 'deny instead of allow', 'relation * instead of assigned'. */
  readonly change: string;
  readonly row: PolicyRow;
  /** null: the row is gone. */
  readonly becomes: PolicyRow | null;
}

/**
 * Every way in which one row is made wrong: flipped, deleted, and widened one word at a time.
 *
 * Takes   workgroups: all that the policy speaks of, with their namespace; the row is tried on each of the others.
 * Gives   no widening of an allow row to the workgroup `*`: no file may say that at all (POL-12).
 */
export function mutateRow(row: PolicyRow, workgroups: readonly string[]): readonly Mutation[] {
  const { line } = row;
  const widened = (words: Partial<PolicyRow>, change: string): Mutation => {
    return { line, kind: 'widen', change, row, becomes: { ...row, ...words } };
  };
  const flipped = row.effect === 'allow' ? 'deny' : 'allow';
  const mutations: Mutation[] = [
    { line, kind: 'delete', change: 'the row is gone', row, becomes: null },
    { line, kind: 'flip', change: `${flipped} instead of ${row.effect}`, row, becomes: { ...row, effect: flipped } },
  ];
  for (const column of ['relation', 'privacy', 'section', 'action'] as const)
    if (row[column] !== '*') mutations.push(widened({ [column]: '*' }, `${column} * instead of ${row[column]}`));
  if (row.when.length > 0) mutations.push(widened({ when: [] }, `when always instead of ${row.when.join(' & ')}`));
  if (row.when.length > 1)
    for (const word of row.when) mutations.push(widened({ when: row.when.filter((one) => one !== word) }, `when without ${word}`));
  if (row.workgroup === '*') return mutations;
  if (row.effect === 'deny') mutations.push(widened({ workgroup: '*' }, `workgroup * instead of ${row.workgroup}`));
  for (const workgroup of workgroups)
    if (workgroup !== row.workgroup) mutations.push(widened({ workgroup }, `workgroup ${workgroup} instead of ${row.workgroup}`));
  return mutations;
}
