import type { CaseSystem } from '../../vocabulary/case-system';
import { ACTIONS, type Action } from '../../vocabulary/case-system';
import type { MatrixLine } from './make-matrix';

/**
 * The matrix as matrix.csv holds it: what the lines mean, then the lines, in one fixed form, so that two files differ where access differs.
 */
export function matrixText(system: CaseSystem, lines: readonly MatrixLine[]): string {
  const head = HEAD.map((line) => `# ${line.replace('SYSTEM', system.name)}`);
  const rows = lines.map(({ workgroup, relation, privacy, when, section, allowed, denied }) =>
    [workgroup, relation, privacy, when.join(' & ') || 'always', section, list(allowed), list(denied)].join(', '),
  );
  return [...head, 'workgroup, relation, privacy, when, section, allowed, denied', ...rows, ''].join('\n');
}

const HEAD = [
  'All that policy.csv of SYSTEM comes to. Written by `casegate policy matrix --write`, which a change of the policy needs again.',
  'Edited by nobody; not part of the version of the policy. What differs here from one commit to the next is the change of access.',
  'To find what somebody may do: take the lines of the workgroup, of each relation that holds (none: where none does), of the privacy of',
  'the record, and of each `when` whose words all hold. What one of these lines allows and none denies is allowed; all else is refused.',
  'A line that is missing allows nothing and denies nothing, or nothing beyond what `when` of fewer words says already for the same',
  'workgroup, relation, privacy and section. Relations and conditions that cannot hold for a workgroup have no line. *: every action;',
  'in the first column, every workgroup that has no line. -: none.',
];

const list = (actions: readonly Action[]): string =>
  actions.length === 0 ? '-' : actions.length === ACTIONS.length ? '*' : actions.join(' & ');
