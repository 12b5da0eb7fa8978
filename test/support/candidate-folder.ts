import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPolicyFolder } from '../../src/decide/check-policy-folder';
import { SHIPPED_POLICIES } from './gateway';

export interface CandidateFolder {
  readonly folder: string;
  /** policy.csv of workforce-one as it stands there. */
  readonly policyCsv: string;
  remove(): void;
}

/**
 * A copy of the shipped policies in which rows of workforce-one are replaced (pairs of a row and what stands for it; '' takes it away).
 * Examples that no longer hold are rewritten to what the changed rows give, as an administrator would do who wants the change.
 */
export async function candidateFolder(...changes: readonly (readonly [row: string, instead: string])[]): Promise<CandidateFolder> {
  const folder = mkdtempSync(join(tmpdir(), 'casegate-candidate-'));
  cpSync(SHIPPED_POLICIES, folder, { recursive: true });
  const file = (name: string): string => join(folder, 'workforce-one', name);
  let policyCsv = readFileSync(file('policy.csv'), 'utf8');
  for (const [row, instead] of changes) {
    if (!policyCsv.includes(`${row}\n`)) throw new Error(`there is no row ${row}`);
    policyCsv = policyCsv.replace(`${row}\n`, instead === '' ? '' : `${instead}\n`);
  }
  writeFileSync(file('policy.csv'), policyCsv);
  const { systems } = await checkPolicyFolder(folder);
  const lines = readFileSync(file('cases.csv'), 'utf8').split('\n');
  for (const { case: one, got, isPassed } of systems.find(({ name }) => name === 'workforce-one')?.results ?? []) {
    if (isPassed) continue;
    const cells = (lines[one.line - 1] ?? '').split(', ').slice(0, -3);
    lines[one.line - 1] = [...cells, got.view, got.sections.join(' & ') || 'none', got.reasons.join(' & ')].join(', ');
  }
  writeFileSync(file('cases.csv'), lines.join('\n'));
  return { folder, policyCsv, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
