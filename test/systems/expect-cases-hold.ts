import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPolicyFolder } from '../../src/decide/check-policy-folder';
import { SHIPPED_POLICIES } from '../support/gateway';

/**
 * Asks the engine in force, as `casegate policy test` does, for answers that no HTTP route gives yet (writes come with a later step).
 * Takes  rows of cases.csv without their name: `group:case-manager, none, open, in-scope, delete, none, none, not-granted & no-section-granted`.
 * Fails  where the policy as shipped gives any other view, section or reason.
 */
export async function expectCasesHold(system: string, rows: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'casegate-cases-'));
  try {
    for (const name of ['model.conf', system]) cpSync(join(SHIPPED_POLICIES, name), join(folder, name), { recursive: true });
    const file = join(folder, system, 'cases.csv');
    const named = rows.map((row, at) => `asked by a test ${at}, ${row}\n`).join('');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^end\n$/m, `${named}end\n`));
    const { findings, systems } = await checkPolicyFolder(folder);
    expect(findings).toEqual([]);
    const asked = systems[0]?.results.filter((one) => one.case.name.startsWith('asked by a test ')) ?? [];
    expect([asked.length, asked.every((one) => one.isPassed)]).toEqual([rows.length, true]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
