import type { PolicyRow } from './policy-row';

/**
 * Gives a function that finds, among these rows, the first other one that hits wherever a row does: word for word the same or `*`
 * (relation `*` meets no relation too, `none` only itself), and no condition that the row does not ask for. Effects are not looked at.
 *
 * A row is looked up by its words with each of them replaced by `*` in turn, so that 2,000 rows are not compared each with each.
 */
export function createCover(rows: readonly PolicyRow[]): (row: PolicyRow) => PolicyRow | undefined {
  const byWords = new Map<string, PolicyRow[]>();
  for (const row of rows) {
    const key = JSON.stringify(columnsOf(row));
    const list = byWords.get(key);
    if (list) list.push(row);
    else byWords.set(key, [row]);
  }
  return (row) => {
    let first: PolicyRow | undefined;
    for (const key of widerKeys(columnsOf(row))) {
      const found = byWords.get(key)?.find((other) => other !== row && other.when.every((word) => row.when.includes(word)));
      if (found && (first === undefined || found.line < first.line)) first = found;
    }
    return first;
  };
}

const columnsOf = ({ workgroup, relation, privacy, section, action }: PolicyRow): readonly string[] => [
  workgroup,
  relation,
  privacy,
  section,
  action,
];

function widerKeys(columns: readonly string[]): ReadonlySet<string> {
  let keys: readonly (readonly string[])[] = [[]];
  for (const word of columns)
    keys = keys.flatMap((key) =>
      word === '*'
        ? [[...key, word]]
        : [
            [...key, word],
            [...key, '*'],
          ],
    );
  return new Set(keys.map((key) => JSON.stringify(key)));
}
