import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { treeRoot } from '../../demo/tree-root';
import type { PolicyRow } from '../../src/decide/policy-row';
import { readRecordFile } from '../../src/decide/read-record-file';
import type { CaseSystem } from '../../src/vocabulary/case-system';
import { randomOf } from '../random';
import type { BenchQuestion } from './decider';

/** The record of workforce-one, whose words rows and questions use, with one route that shows every section. */
export function benchSystem(): CaseSystem {
  const file = join(treeRoot(), 'policies', 'workforce-one', 'record.yaml');
  const { system, findings } = readRecordFile(readFileSync(file), file, 'workforce-one');
  const [route] = system?.routes ?? [];
  if (system === null || route === undefined) throw new Error(`record.yaml cannot be read: ${findings[0]?.message ?? ''}`);
  return { ...system, routes: [{ ...route, sections: [...system.sections.keys()] }] };
}

const ROWS_OF_A_WORKGROUP = 40;
const WHENS: readonly (readonly string[])[] = [[], ['in-scope'], ['in-scope'], ['private-privilege'], ['in-scope', 'private-privilege']];

const workgroupsFor = (count: number): readonly string[] =>
  Array.from({ length: Math.max(4, Math.ceil(count / ROWS_OF_A_WORKGROUP)) }, (_, i) => `workgroup-${i}`);

/** So many rows as an office writes them: each workgroup its own, some for all sections, one in ten a denial, one denial for everybody. */
export function makeRows(system: CaseSystem, count: number): readonly PolicyRow[] {
  const random = randomOf(count);
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const workgroups = workgroupsFor(count);
  const everybody = {
    workgroup: '*',
    relation: 'none',
    privacy: 'private',
    when: [],
    section: system.sections[1] ?? '',
    action: 'read',
    effect: 'deny',
  };
  const rows = new Map<string, Omit<PolicyRow, 'line'>>([['everybody', everybody as Omit<PolicyRow, 'line'>]]);
  while (rows.size < count) {
    const effect = random() < 0.1 ? 'deny' : 'allow';
    const row: Omit<PolicyRow, 'line'> = {
      workgroup: `group:${workgroups[rows.size % workgroups.length] ?? ''}`,
      relation: one(['*', '*', 'none', ...system.relations.map((test) => test.word)]),
      privacy: one(['open', 'open', '*', 'private']),
      when: one(WHENS),
      section: effect === 'allow' && random() < 0.1 ? '*' : one(system.sections),
      action: random() < 0.1 ? '*' : 'read',
      effect,
    };
    rows.set(JSON.stringify(row), row);
  }
  return [...rows.values()].map((row, i) => ({ ...row, line: i + 1 }));
}

/** Distinct questions, of people of all workgroups. */
export function makeQuestions(system: CaseSystem, policyRows: number, count: number): readonly BenchQuestion[] {
  const random = randomOf(policyRows + 1);
  const workgroups = workgroupsFor(policyRows);
  const some = (words: readonly string[], share: number): readonly string[] => words.filter(() => random() < share);
  const questions = new Map<string, BenchQuestion>();
  for (let tries = 0; questions.size < count; tries += 1) {
    if (tries > count * 100) throw new Error('there are not so many distinct questions');
    const question: BenchQuestion = {
      workgroup: workgroups[Math.floor(random() * workgroups.length)] ?? '',
      relations: some(
        system.relations.map((test) => test.word),
        0.3,
      ),
      privacy: random() < 0.3 ? 'private' : 'open',
      when: some(
        system.conditions.map((test) => test.word),
        0.6,
      ),
    };
    questions.set(JSON.stringify(question), question);
  }
  return [...questions.values()];
}
