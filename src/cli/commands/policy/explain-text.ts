import { printable } from '../../screen';
import type {
  AccessExplanation,
  FactsExplanation,
  KeyFacts,
  NeededWord,
  RecordExplanation,
  SectionExplanation,
} from '../../services/policy-review';

/** An explained access for people. */
export function explainAccessText(told: AccessExplanation): string {
  const { who, policy } = told;
  const person = who === null ? 'Nobody who could be identified' : `${who.person} (account ${who.account})`;
  const through = who === null || who.application === null ? '' : `, through the application ${who.application}`;
  const acting = who === null || who.actor === null ? '' : `, the service ${who.actor} acting`;
  const asked = told.system === null ? '' : ` asked ${told.system} for ${told.action ?? 'something'} (${told.route ?? 'no route'})`;
  const lines = [
    `${told.at}: ${person}${through}${acting}${asked}.`,
    `Answer: ${told.status} ${told.code}.`,
    ...told.reasons.flatMap(({ word, says, needed }) => [`  ${word}: ${says}`, ...(needed === null ? [] : [`    Needed: ${needed}`])]),
    ...(policy === null ? [] : [`Decided under the policy ${policy.version.slice(0, 12)}, as the ${policy.from} has it.`]),
  ];
  return `${lines.map(printable).join('\n')}\n${told.records.map(recordText).join('')}`;
}

/** What a policy says of given facts, for people. */
export function explainFactsText({ system, version, action, key, sections }: FactsExplanation): string {
  const head = [`${system}, policy ${version.slice(0, 12)}, ${action}`, `  ${keyText(key)}`];
  return `${head.map(printable).join('\n')}\n${sectionsText(sections, false)}`;
}

function recordText({ record, disclosure, keys, sections, contradicts }: RecordExplanation): string {
  const head = [
    '',
    `Record ${record}: ${disclosure}`,
    ...(keys.length === 0 ? ['  The policy was not asked about it.'] : keys.map((key) => `  ${keyText(key)}`)),
    ...contradicts.map(
      (section) => `  CONTRADICTION: the entry says another thing of ${section} than this policy. Run: casegate audit verify`,
    ),
  ];
  return `${head.map(printable).join('\n')}\n${sectionsText(sections, keys.length > 1)}`;
}

const keyText = ({ workgroup, relations, privacy, when }: KeyFacts): string =>
  `a membership as ${workgroup}; relation: ${relations.join(', ') || 'none'}; the record is ${privacy}; conditions that hold: ${when.join(', ') || 'none'}`;

/** Sections with the same explanation stand together. `several`: words are said with the membership that would have to hold them. */
function sectionsText(sections: readonly SectionExplanation[], several: boolean): string {
  const groups = new Map<string, SectionExplanation[]>();
  for (const one of sections) {
    const key = JSON.stringify({ ...one, section: null });
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()]
    .flatMap((group) =>
      groupLines(
        group.map((one) => one.section),
        group[0] as SectionExplanation,
        several,
      ),
    )
    .map((line) => `${printable(line)}\n`)
    .join('');
}

function groupLines(
  names: readonly string[],
  { isShown, row, reason, needs, workgroups }: SectionExplanation,
  several: boolean,
): readonly string[] {
  const head = `  ${isShown ? 'shown   ' : 'withheld'}  ${names.join(', ')}`;
  const by =
    row === null
      ? []
      : [`    ${isShown || reason?.word !== 'denied-by-rule' ? 'allowed' : 'denied'} by policy.csv:${row.line}  ${row.text}`];
  if (isShown || reason === null) return [head, ...by];
  const why = `    ${reason.word}: ${reason.says}`;
  const narrowed = reason.needed === null ? [] : [`    needed: ${reason.needed}`];
  if (row !== null && reason.needed !== null) return [head, ...by, why, ...narrowed];
  const ways = needs.map(
    (some, i) => `    ${i === 0 ? 'shown if' : '      or'}: ${some.map((one) => neededText(one, several)).join(', and ')}`,
  );
  const others = workgroups.length === 0 ? 'no workgroup may ever see it' : `it is for ${workgroups.join(', ')}`;
  return [head, ...by, why, ...(ways.length > 0 ? ways : [`    nothing about this record or membership would show it; ${others}`])];
}

function neededText({ what, word, holds, says, workgroup }: NeededWord, several: boolean): string {
  if (what === 'privacy') return `the record were ${word}`;
  const whose = `${what} ${word} ${holds ? 'held' : 'did not hold'}${several ? ` for the membership as ${workgroup}` : ''}`;
  return says === '' ? whose : `${whose} (${says})`;
}
