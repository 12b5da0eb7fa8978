import { printable, table } from '../../screen';
import type { PolicyDiff, SystemDiff } from '../../services/policy-review';
import { STATEMENT_HEAD, statementRow } from './statement-row';

/** A difference of policies for people: a table of access for each system, then what else means something new. */
export function diffText({ before, after, systems }: PolicyDiff): string {
  const sides = printable(`${sideOf(before)} -> ${sideOf(after)}`);
  if (systems.length === 0) return `${sides}\nNo difference: every question has the same answer.\n`;
  return `${sides}\n${systems.map(systemText).join('')}`;
}

const sideOf = ({ name, version }: PolicyDiff['before']): string => `${name} (${version.slice(0, 12)})`;

function systemText({ system, state, gains, loses, denied, deniedNoMore, changes }: SystemDiff): string {
  const rows = [
    ...gains.map((one) => ['gains', ...statementRow(one)]),
    ...loses.map((one) => ['loses', ...statementRow(one)]),
    ...denied.map((one) => ['denied now *', ...statementRow(one)]),
    ...deniedNoMore.map((one) => ['denied no more *', ...statementRow(one)]),
  ];
  const note =
    denied.length + deniedNoMore.length > 0
      ? '* a denial takes away what another relation or membership of the same person would show\n'
      : '';
  const meaning = changes.map(({ what, name, was, is }) => {
    if (was === null) return `${what} ${name} is new: ${is ?? ''}`;
    if (is === null) return `${what} ${name} is gone; it was: ${was}`;
    return `${what} ${name} means something else\n    was: ${was}\n    is:  ${is}`;
  });
  const head = state === 'changed' ? system : `${system} ${state === 'added' ? 'is new' : 'is gone'}`;
  const nobody = rows.length === 0 ? 'No row allows or denies anything else than before.\n' : table([['', ...STATEMENT_HEAD], ...rows]);
  return `\n${head}\n${nobody}${note}${meaning.map((line) => `${line.split('\n').map(printable).join('\n')}\n`).join('')}`;
}
