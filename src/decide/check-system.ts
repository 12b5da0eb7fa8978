import type { CaseSystem } from '../vocabulary/case-system';
import { AnswerMemory } from './answer-memory';
import type { Breathe } from './breather';
import { type Finding, finding } from './finding';
import { findWidening } from './find-widening';
import { nearestWord } from './nearest-word';
import { buildPolicyEngine } from './policy-engine';
import type { PolicyParts } from './policy-in-force';
import type { PolicyRow } from './policy-row';
import { type PolicyCase, readCasesFile } from './read-cases-file';
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
  readonly findings: readonly Finding[];
  readonly parts: PolicyParts | null;
  readonly system: CaseSystem | null;
  readonly rows: readonly PolicyRow[];
  readonly cases: readonly PolicyCase[];
  /** Empty where the rows could not be asked. */
  readonly results: readonly CaseResult[];
}

/**
 * Checks one system folder: its files each and against each other, that privacy never widens, and that every case holds.
 * Takes   before: the compiled system in force; kept as the same object where record.yaml is unchanged, so that what others derived from it stays good.
 * Fails   never: what goes wrong is a finding.
 */
export async function checkSystem(
  name: string,
  files: SystemFiles,
  breathe: Breathe,
  before: CaseSystem | null = null,
): Promise<CheckedSystem> {
  const nothing = { name, files, parts: null, system: null, rows: [], cases: [], results: [] };
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
    return { name, files, findings, parts: null, system: null, rows: [], cases: [], results: [], ...more };
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
        finding('unreadable', { file: path(file), line: 1, column: 1, word: '' }, 'the file is missing, or larger than 4 MiB'),
      ),
    );
  }
  const calendar = files['holidays.csv'] ? readHolidaysFile(files['holidays.csv'], path('holidays.csv')) : null;
  const record = readRecordFile(recordBytes, path('record.yaml'), name, calendar?.dates ?? null);
  await breathe();
  if (record.system === null || (calendar?.findings.length ?? 0) > 0) return bad([...record.findings, ...(calendar?.findings ?? [])]);
  const system = before?.version === record.system.version ? before : record.system;
  const policy = readPolicyFile(policyBytes, path('policy.csv'), system);
  await breathe();
  const read = readCasesFile(casesBytes, path('cases.csv'), system);
  await breathe();
  const files3 = [...policy.findings, ...read.findings];
  if (files3.length > 0) return bad(files3, { system, rows: policy.rows, cases: read.cases });

  const across = [
    ...workgroupFindings(policy.rows, read.cases, path('policy.csv')),
    ...clauseFindings(record.workgroups, policy.rows, path('record.yaml')),
    ...(await findWidening(system, policy.rows, path('policy.csv'), breathe)),
  ];
  const engine = await buildPolicyEngine(system, policy.rows, breathe);
  const workgroups = [...new Set(policy.rows.map((row) => row.workgroup))]
    .filter((word) => word !== '*')
    .map((word) => word.slice('group:'.length));
  const parts: PolicyParts = { system, engine, memory: new AnswerMemory(engine), workgroups: Object.freeze(workgroups) };
  const results = await runCases(parts, read.cases, breathe);
  const findings = [...across, ...caseFindings(results, path('cases.csv'))];
  return { name, files, findings, parts: findings.length === 0 ? parts : null, system, rows: policy.rows, cases: read.cases, results };
}

/** A workgroup has rows in two files: so a slip of the pen in a deny row cannot pass for a workgroup of its own. */
function workgroupFindings(rows: readonly PolicyRow[], cases: readonly PolicyCase[], file: string): readonly Finding[] {
  const known = new Set(cases.map((one) => `group:${one.workgroup}`));
  const seen = new Set<string>(['*']);
  return rows.flatMap((row) => {
    if (known.has(row.workgroup) || seen.has(row.workgroup)) return [];
    seen.add(row.workgroup);
    const place = { file, line: row.line, column: 1, word: row.workgroup };
    return [finding('workgroup-without-case', place, `no case in cases.csv speaks of ${row.workgroup}`, nearestWord(row.workgroup, known))];
  });
}

function clauseFindings(
  named: readonly { word: string; line: number; column: number }[],
  rows: readonly PolicyRow[],
  file: string,
): readonly Finding[] {
  const known = new Set(rows.map((row) => row.workgroup.replace(/^group:/, '')));
  return named
    .filter((one) => !known.has(one.word))
    .map((one) =>
      finding('unknown-word', { file, ...one }, `no row of policy.csv speaks of the workgroup ${one.word}`, nearestWord(one.word, known)),
    );
}
