import { printable, table } from '../../screen';
import type { AccountRights, MembershipRights, PersonRights, SaidWord, SystemRights } from '../../services/policy-review';
import { STATEMENT_HEAD, statementRow } from './statement-row';

/** What a person may see and do, for people. */
export function rightsText({ at, policy, accounts }: PersonRights): string {
  if (accounts.length === 0) return 'There is no account or person of that name.\n';
  return `${printable(`At ${at}, by the policy ${policy.version.slice(0, 12)} (from the ${policy.from})`)}\n${accounts.map(accountText).join('')}`;
}

function accountText(one: AccountRights): string {
  const head = `account ${one.account} (${one.kind}, ${one.person}), ${one.environment}: ${one.standing}; organization ${one.organization}: ${one.organizationStanding}`;
  const none = one.systems.length === 0 ? '  no membership in any case system\n' : '';
  return `\n${printable(head)}\n${none}${one.systems.map(systemText).join('')}`;
}

function systemText({ system, applications, refused, memberships }: SystemRights): string {
  const through = applications.map(
    ({ application, actions, sections }) => `${application} (${listed(actions, 'every action')}, ${listed(sections, 'every section')})`,
  );
  const lines = [
    `  ${system}`,
    ...(refused === null
      ? []
      : [`    nothing: ${refused.word}. ${refused.says}`, ...(refused.needed === null ? [] : [`    needed: ${refused.needed}`])]),
    ...(through.length === 0 ? [] : [`    through ${through.join(', ')}`]),
  ];
  return `${lines.map(printable).join('\n')}\n${memberships.map(membershipText).join('')}`;
}

const listed = (words: readonly string[], all: string): string => (words.includes('*') ? all : words.join(' '));

function membershipText(one: MembershipRights): string {
  const scopes = Object.entries(one.scopes).flatMap(([scope, codes]) => (codes.length === 0 ? [] : [`${scope} ${codes.join(' ')}`]));
  const traits = [
    ...(one.staffId === '' ? [] : [`staff id ${one.staffId}`]),
    ...scopes,
    ...(one.privileges.length === 0 ? [] : [`privileges ${one.privileges.join(' ')}`]),
    one.to === null ? `since ${one.from}` : `${one.from} to ${one.to}`,
  ];
  const head = `    as ${one.workgroup} (${one.membership}: ${traits.join('; ')})`;
  if (!one.isInForce) return `${printable(`${head}: does not count now`)}\n`;
  const rows = [
    ...one.may.map((some) => ['may', ...statementRow(some)]),
    ...one.denied.map((some) => ['may never', ...statementRow(some)]),
  ];
  const statements = rows.length === 0 ? '      nothing\n' : indented(table([['', ...STATEMENT_HEAD], ...rows].map(withoutWorkgroup)), 6);
  const meanings = one.words.map((word) => `      ${word.word}: ${says(word)}`);
  const lacks = one.lacks.map((word) => `      never ${word.word}, as it would need: ${says(word)}`);
  return `${printable(head)}\n${statements}${[...meanings, ...lacks].map((line) => `${printable(line)}\n`).join('')}`;
}

/** It stands in the line above. */
const withoutWorkgroup = ([kind = '', , ...rest]: readonly string[]): readonly string[] => [kind, ...rest];
const says = ({ says: text }: SaidWord): string => text;
const indented = (text: string, by: number): string => text.replace(/^(?=.)/gm, ' '.repeat(by));
