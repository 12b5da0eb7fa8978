import { ACTIONS, type Action, type CaseSystem } from '../../vocabulary/case-system';
import type { KeyAnswer, KeyWords, PolicyEngine } from '../policy-engine';
import type { PolicyRow } from '../policy-row';
import { RowReader, worded, type WordedRow } from '../row-reader';
import type { Mutation } from './mutate-row';

/** Answers as the engine does, but for one row that is another one. */
export type MutatedEngine = (mutation: Mutation) => PolicyEngine;

/**
 * Makes engines for policies that differ from the checked one in a single row.
 *
 * Only what the row speaks of is read anew, from the rows themselves; the rest is casbin's answer for the unchanged policy. So thousands of
 * changes can be tried in a second, where a set of enforcers for each would take minutes.
 *
 * Takes   engine: that of the unchanged rows (with a memory, as each of its answers is asked many times).
 */
export function createMutatedEngines(
  system: CaseSystem,
  rows: readonly PolicyRow[],
  engine: { answer(key: KeyWords, action: Action): KeyAnswer },
): MutatedEngine {
  const reader = new RowReader(system);
  const all = rows.map(worded);
  return ({ row, becomes }) => {
    const changed = becomes === null ? null : worded(becomes);
    const rowsNow = all.flatMap((one): readonly WordedRow[] => (one.line !== row.line ? [one] : changed === null ? [] : [changed]));
    const rowsOf = remembered((workgroup: string) =>
      rowsNow.filter((one) => one.workgroup === '*' || one.workgroup === `group:${workgroup}`),
    );
    const speaksOf = (column: 'workgroup' | 'section' | 'action', word: string): boolean =>
      [row, ...(becomes === null ? [] : [becomes])].some((one) => one[column] === '*' || one[column] === word);
    return {
      mayEver: (workgroup) => ACTIONS.some((action) => rowsOf(workgroup).some((one) => one.effect === 'allow' && isFor(one, action))),
      ask(key, action) {
        const before = engine.answer(key, action);
        if (!speaksOf('workgroup', `group:${key.workgroup}`) || !speaksOf('action', action)) return before;
        const now = {
          allowed: [...before.allowed],
          denied: [...before.denied],
          lines: [...before.lines],
          why: [...before.why],
        };
        const acting = rowsOf(key.workgroup).filter((one) => isFor(one, action));
        for (const [number, section] of system.sections.entries()) {
          if (!speaksOf('section', section)) continue;
          const own = acting.filter((one) => one.section === '*' || one.section === section);
          const { allowLine, denyLine, why } = reader.read(own, key, section, action);
          now.allowed[number] = why === null;
          now.denied[number] = denyLine !== 0;
          now.lines[number] = why === null ? allowLine : 0;
          now.why[number] = why;
        }
        return now;
      },
    };
  };
}

const isFor = (row: PolicyRow, action: Action): boolean => row.action === '*' || row.action === action;

function remembered<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    if (!known.has(key)) known.set(key, make(key));
    return known.get(key) as Value;
  };
}
