import type { AccessStatement } from '../../services/policy-review';

/** The columns of `statementRow`. */
export const STATEMENT_HEAD = ['workgroup', 'may', 'records', 'relation', 'when', 'sections'];

/** One statement as a row of a table. */
export const statementRow = ({ workgroup, actions, privacies, relations, when, sections }: AccessStatement): readonly string[] => [
  workgroup === '*' ? 'any other workgroup' : workgroup,
  listed(actions, 'everything'),
  privacies.join(', '),
  listed(relations, 'any or none'),
  when.join(' & ') || 'always',
  listed(sections, 'all'),
];

const listed = (words: readonly string[], all: string): string => (words.includes('*') ? all : words.join(', '));
