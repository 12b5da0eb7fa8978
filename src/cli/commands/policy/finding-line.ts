import { printable } from '../../screen';
import type { PolicyFinding } from '../../services/policy-files';

/** One finding on one line, as compilers print theirs: file:line:column, what is wrong, the nearest valid word, the rule. */
export const findingLine = ({ file, line, column, severity, rule, message, nearest }: PolicyFinding): string => {
  const kind = severity === 'warning' ? 'warning: ' : '';
  const meant = nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
  return printable(`${file}:${line}:${column} ${kind}${message}${meant} [${rule}]`) + '\n';
};
