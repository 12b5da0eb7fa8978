import type { CommandParts, CommonOptions } from '../../command-parts';
import { jsonLine } from '../../screen';
import type { PolicyPublication } from '../../services/policy-versions';
import { findingLine } from './finding-line';

/** What became of publishing or approving. */
export function sayPublication(published: PolicyPublication, options: CommonOptions, { screen, answer }: CommandParts): void {
  const { outcome, findings } = published;
  if (outcome !== 'in-force' && outcome !== 'unchanged') answer(1);
  if (options.json === true) return screen.out(jsonLine(published));
  for (const finding of findings) screen.out(findingLine(finding));
  screen.out(`${sentence(published)}\n`);
}

function sentence({ outcome, version, number, changed, lacking, findings }: PolicyPublication): string {
  const name = version?.slice(0, 12) ?? '';
  switch (outcome) {
    case 'in-force':
      return `In force: ${name} (change ${number}; changed: ${changed.join(', ')}).`;
    case 'unchanged':
      return `Nothing to do: ${name} is in force already (change ${number}).`;
    case 'waiting':
      return `Waits: ${lacking} more ${lacking === 1 ? 'person' : 'people'} must run casegate policy approve ${name}`;
    case 'refused':
      return `Refused: ${findings.length} found. What was in force stays.`;
    case 'moved':
      return `Refused: another change came into force first${number === null ? '' : ` (change ${number})`}. Look at it, then publish again.`;
  }
}
