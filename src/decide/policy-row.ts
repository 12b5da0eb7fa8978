/** One checked row of policy.csv. `*` is any. The workgroup carries its namespace `group:`. */
export interface PolicyRow {
  readonly line: number;
  readonly workgroup: string;
  readonly relation: string;
  readonly privacy: 'open' | 'private' | '*';
  /** Words that must all hold; empty for `always`. */
  readonly when: readonly string[];
  readonly section: string;
  readonly action: string;
  readonly effect: 'allow' | 'deny';
}

/** The words of a row as casbin holds them, in the order of model.conf. */
export const wordsOf = (row: PolicyRow): string[] => [
  row.workgroup,
  row.relation,
  row.privacy,
  row.when.length === 0 ? 'always' : row.when.join(' & '),
  row.section,
  row.action,
  row.effect,
];

/** The row as a line of policy.csv. */
export const lineOf = (row: PolicyRow): string => ['p', ...wordsOf(row)].join(', ');
