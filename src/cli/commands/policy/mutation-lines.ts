import { printable } from '../../screen';
import type { CoveredRow, PolicyMutations } from '../../services/policy-review';

/** What came of making every row wrong: what nobody would notice first, then rows without an example, then the count of each system. */
export function mutationLines({ totals, mutations, rows }: PolicyMutations): string {
  const of = (outcome: 'missed' | 'refused' | 'equivalent') => mutations.filter((one) => one.outcome === outcome);
  const lines = [
    ...of('missed').map((one) => `${place(one)} no example would notice: ${one.change}   (${one.row})`),
    ...of('equivalent').map((one) => `${place(one)} changes no answer: ${one.change}`),
    ...of('refused').map((one) => `${place(one)} refused by the compiler: ${one.change} (${one.says ?? ''})`),
    ...rows.filter((one) => one.decided.length === 0).map((one) => `${place(one)} no example rests on this row`),
    ...rows.filter((one) => one.refused.length === 0).map((one) => `${place(one)} no example expects that this row does not reach it`),
    ...totals.map(
      ({ system, rows: count, tried, caught, refused, equivalent, missed }) =>
        `${system}: ${count} rows, ${tried} changes tried: ${caught} caught by an example, ${refused} refused by the compiler, ` +
        `${equivalent} that change no answer, ${missed} missed. ${covered(rows.filter((one) => one.system === system))}`,
    ),
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

const place = ({ system, line }: { readonly system: string; readonly line: number }): string => `${system}/policy.csv:${line}:1`;

const covered = (rows: readonly CoveredRow[]): string => {
  const both = rows.filter((one) => one.decided.length > 0 && one.refused.length > 0).length;
  return `${both} of ${rows.length} rows have an example for and one against.`;
};
