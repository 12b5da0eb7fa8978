import type { Command } from 'commander';
import type { DriftField } from '../../../vocabulary/drift';
import type { CommandParts, CommonOptions } from '../../command-parts';
import { choiceOf, withCommonOptions } from '../../command-parts';
import { jsonLine, printable, table } from '../../screen';

/** casegate policy drift [--system S]. */
export function addDriftCommand(policy: Command, { services, screen }: CommandParts): void {
  const drift = policy
    .command('drift')
    .description('list the fields that case systems send and record.yaml does not classify, with the lines to add')
    .option('--system <name>', 'of this case system alone')
    .addHelpText('after', '\nExamples:\n  casegate policy drift\n  casegate policy drift --system workforce-one --json\n')
    .action(async (options: CommonOptions & { readonly system?: string }) => {
      const found = await services.listDrift({ system: options.system }, choiceOf(options));
      if (options.json === true) return screen.out(jsonLine(found));
      if (found.fields.length === 0)
        return screen.out('Nothing is left out for want of a line in record.yaml; the last seconds may be missing.\n');
      screen.out(table([HEAD, ...found.fields.map(cells)]));
      for (const system of new Set(found.fields.map((field) => field.system)))
        screen.out(
          advice(
            system,
            found.fields.filter((field) => field.system === system),
          ),
        );
      for (const system of found.notCompared)
        screen.out(printable(`${system}: not compared, the policy in force has no such system.`) + '\n');
    });
  withCommonOptions(drift);
}

const HEAD = ['system', 'place', 'left out', 'first seen', 'last seen', 'why'];

const cells = (field: DriftField): readonly string[] => [
  field.system,
  field.place ?? '(further places)',
  String(field.count),
  field.firstSeen,
  field.lastSeen,
  WHY[field.problem](field),
];

const NOUNS = { value: 'a value', flag: 'true or false', object: 'an object', list: 'a list' } as const;

const WHY: Readonly<Record<DriftField['problem'], (field: DriftField) => string>> = {
  unclassified: ({ holds, place }) =>
    `${NOUNS[holds]} that nobody classified${place?.endsWith('/?') === true ? '; its key is not told, it may itself be a value' : ''}`,
  'another-shape': ({ holds, expected }) => `${NOUNS[holds]} where record.yaml has ${expected === null ? 'another' : NOUNS[expected]}`,
  'beyond-the-list': () => 'the list of this system is full: classify what stands in it',
};

function advice(system: string, fields: readonly DriftField[]): string {
  const added = fields.filter((field) => field.problem === 'unclassified').flatMap((field) => field.lines);
  const replaced = fields.filter((field) => field.problem === 'another-shape' && field.lines.length > 0);
  if (added.length + replaced.length === 0) return '';
  const lines = [
    `${system}/record.yaml:`,
    '    # under fields, in the section that fits:',
    ...added.map((line) => `    ${line}`),
    ...replaced.flatMap((field) => [
      `    # instead of what stands there for ${field.place ?? ''}:`,
      ...field.lines.map((line) => `    ${line}`),
    ]),
  ];
  return `\n${lines.map(printable).join('\n')}\n`;
}
