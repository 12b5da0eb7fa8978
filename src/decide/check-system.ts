import type { CaseSystem } from '../vocabulary/case-system';
import { AnswerMemory } from './answer-memory';
import type { Breathe } from './breather';
import { type Finding, finding } from './finding';
import { findDeadRows } from './find-dead-rows';
import { findLostDenials } from './find-lost-denials';
import { findUnusedWords } from './find-unused-words';
import { findWidening } from './find-widening';
import { findWorkgroupGaps } from './find-workgroup-gaps';
import { buildPolicyEngine } from './policy-engine';
import type { PolicyParts } from './policy-in-force';
import type { PolicyRow } from './policy-row';
import { type PolicyCase, readCasesFile } from './read-cases-file';
import { readExceptionsFile } from './read-exceptions-file';
import { readHolidaysFile } from './read-holidays-file';
import { readPolicyFile } from './read-policy-file';
import { OPTIONAL_FILES, SYSTEM_FILES, type SystemFiles } from './read-policy-folder';
import { readRecordFile } from './read-record-file';
import { WORD } from './record-schema';
import { type CaseResult, caseFindings, runCases } from './run-cases';

/** One system folder after all checks. `parts` is null where anything is wrong with it. */
export interface CheckedSystem {
  readonly name: string;
  readonly files: SystemFiles;
  /** Errors: any of them refuses the folder. */
  readonly findings: readonly Finding[];
  /** What does not refuse it; looked for where all files could be read. */
  readonly warnings: readonly Finding[];
  readonly parts: PolicyParts | null;
  readonly system: CaseSystem | null;
  readonly rows: readonly PolicyRow[];
  readonly cases: readonly PolicyCase[];
  /** Empty where the rows could not be asked. */
  readonly results: readonly CaseResult[];
}

/**
 * Checks one system folder: its files each and against each other, that privacy never widens, that every case holds, and what stands there for nothing.
 * Takes   before: the compiled system in force; kept as the same object where record.yaml is unchanged, so that what others derived from it stays good.
 * Fails   never: what goes wrong is a finding.
 */
export async function checkSystem(
  name: string,
  files: SystemFiles,
  breathe: Breathe,
  before: CaseSystem | null = null,
): Promise<CheckedSystem> {
  const nothing = { name, files, warnings: [], parts: null, system: null, rows: [], cases: [], results: [] };
  try {
    return await check(name, files, breathe, before);
  } catch (error) {
    const message = `the policy cannot be built: ${error instanceof Error ? error.message : 'unknown fault'}`;
    return { ...nothing, findings: [finding('engine', { file: `${name}/policy.csv`, line: 1, column: 1, word: '' }, message)] };
  }
}

async function check(name: string, files: SystemFiles, breathe: Breathe, before: CaseSystem | null): Promise<CheckedSystem> {
  const path = (file: string): string => `${name}/${file}`;
  const { 'record.yaml': recordBytes, 'policy.csv': policyBytes, 'cases.csv': casesBytes } = files;
  const bad = (findings: readonly Finding[], more: Partial<CheckedSystem> = {}): CheckedSystem => {
    return { name, files, findings, warnings: [], parts: null, system: null, rows: [], cases: [], results: [], ...more };
  };
  if (!WORD.test(name))
    return bad([
      finding(
        'form',
        { file: name, line: 1, column: 1, word: name },
        'a folder is named like a word: lower-case letters, digits and hyphens',
      ),
    ]);
  if (!recordBytes || !policyBytes || !casesBytes) {
    const missing = SYSTEM_FILES.filter((file) => !files[file] && !OPTIONAL_FILES.includes(file));
    return bad(
      missing.map((file) =>
        finding(
          'unreadable',
          { file: path(file), line: 1, column: 1, word: '' },
          'the file is missing, cannot be read, or is larger than 4 MiB',
        ),
      ),
    );
  }
  const calendar = files['holidays.csv'] ? readHolidaysFile(files['holidays.csv'], path('holidays.csv')) : null;
  const windows = files['exceptions.csv'] ? readExceptionsFile(files['exceptions.csv'], path('exceptions.csv')) : null;
  const record = readRecordFile(recordBytes, path('record.yaml'), name, calendar?.dates ?? null, windows?.exceptions ?? null);
  await breathe();
  const beside = [...(calendar?.findings ?? []), ...(windows?.findings ?? [])];
  if (record.system === null || beside.length > 0) return bad([...record.findings, ...beside]);
  const system = before?.version === record.system.version ? before : record.system;
  const policy = readPolicyFile(policyBytes, path('policy.csv'), system);
  await breathe();
  const cases = readCasesFile(casesBytes, path('cases.csv'), system);
  await breathe();
  const { rows } = policy;
  const unread = [...policy.findings, ...cases.findings];
  if (unread.length > 0) return bad(unread, { system, rows, cases: cases.cases });

  const engine = await buildPolicyEngine(system, rows, breathe);
  const workgroups = [...new Set(rows.map((row) => row.workgroup))]
    .filter((word) => word !== '*')
    .map((word) => word.slice('group:'.length));
  const parts: PolicyParts = { system, engine, memory: new AnswerMemory(engine), workgroups: Object.freeze(workgroups) };
  const results = await runCases(parts, cases.cases, breathe);
  const found = [
    ...findWorkgroupGaps({ record, policy, cases, path }),
    ...(await findWidening(system, rows, path('policy.csv'), breathe)),
    ...caseFindings(results, path('cases.csv')),
    ...(await findDeadRows(system, rows, path('policy.csv'), breathe)),
    ...findLostDenials(system, rows, path('policy.csv')),
    ...findUnusedWords(system, rows, record.locate, path('record.yaml'), calendar && path('holidays.csv')),
  ];
  const findings = found.filter((one) => one.severity === 'error');
  const warnings = found.filter((one) => one.severity === 'warning');
  return { name, files, findings, warnings, parts: findings.length === 0 ? parts : null, system, rows, cases: cases.cases, results };
}
