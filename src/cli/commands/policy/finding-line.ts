import { printable } from '../../screen';
import type { PolicyFinding } from '../../services/policy-files';

/** One finding on one line, as compilers print theirs: file:line:column, what is wrong, the nearest valid word, the rule. */
export const findingLine = ({ file, line, column, rule, message, nearest }: PolicyFinding): string =>
  printable(`${file}:${line}:${column} ${message}${nearest === undefined ? '' : ` (did you mean ${nearest}?)`} [${rule}]`) + '\n';
