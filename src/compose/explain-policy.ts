import type {
  AccessExplanation,
  FactsExplanation,
  FactsQuestion,
  KeyFacts,
  RecordExplanation,
  SectionExplanation,
  ToldReason,
} from '../cli/services/policy-review';
import { createBreather } from '../decide/breather';
import { type CheckedSystem, checkSystem } from '../decide/check-system';
import { nearestWord } from '../decide/nearest-word';
import type { KeyWords } from '../decide/policy-engine';
import type { PolicyParts } from '../decide/policy-in-force';
import { type ExplainedSection, explainSections } from '../decide/review/explain-sections';
import { tellReason } from '../decide/review/tell-reason';
import { sectionsUnder } from '../decide/run-cases';
import type { AccessEntry, EntryKey, EntryRecord } from '../vocabulary/access-entry';
import { ACTIONS, type Action, type CaseSystem, type Test } from '../vocabulary/case-system';
import type { NamedPolicy } from './policy-files-of';

/** One system that may be asked. */
export type AskedSystem = CheckedSystem & { readonly parts: PolicyParts };

/** Builds one system of a policy. Fails with the first finding where it is not good: what is not in force explains nothing. */
export async function askedSystem(policy: NamedPolicy, name: string): Promise<AskedSystem> {
  const files = policy.systems.get(name);
  if (files === undefined)
    throw new Error(`the policy ${policy.name} holds no system ${name}; it holds ${[...policy.systems.keys()].join(', ')}`);
  const checked = await checkSystem(name, files, createBreather());
  if (checked.parts !== null) return { ...checked, parts: checked.parts };
  const [first] = checked.findings;
  throw new Error(`the policy ${policy.name} is not good: ${first?.file}:${first?.line}:${first?.column} ${first?.message}`);
}

/** Explains what the policy says of given facts. */
export async function explainFacts(policy: NamedPolicy, question: FactsQuestion): Promise<FactsExplanation> {
  const checked = await askedSystem(policy, question.system);
  const { system, workgroups } = checked.parts;
  const workgroup = question.workgroup.replace(/^group:/, '');
  demandWord('workgroup', workgroup, workgroups);
  demandWord('privacy', question.privacy, ['open', 'private']);
  demandWord('action', question.action, ACTIONS);
  if (question.section !== undefined) demandWord('section', question.section, system.sections);
  const key: KeyFacts = { workgroup, relations: question.relations, privacy: question.privacy as KeyFacts['privacy'], when: question.when };
  const action = question.action as Action;
  const sections = question.section === undefined ? sectionsUnder(system, action) : [question.section];
  const explained = explainSections(checked.parts, checked.rows, [keyWords(system, key)], action, sections);
  return { system: system.name, version: policy.version, action, key, sections: explained.map((one) => told(one, one.reason)) };
}

/**
 * Explains an entry of the access log.
 *
 * Takes   policyOf: the policy of a version; it fails where that is not at hand, and then nothing is explained.
 */
export async function explainAccess(entry: AccessEntry, policyOf: (version: string) => Promise<NamedPolicy>): Promise<AccessExplanation> {
  const { accessId, at, kind, who, system, route, action, outcome, policyVersion } = entry;
  const isAsked = entry.records.some((record) => record.keys.length > 0);
  const found = isAsked && policyVersion !== null && system !== null ? await policyOf(policyVersion) : null;
  const checked = found === null || system === null ? null : await askedSystem(found, system);
  return {
    accessId,
    at,
    kind,
    who: who === null ? null : { person: who.person, account: who.account, application: who.application, actor: who.actor },
    system,
    route,
    action,
    status: outcome.status,
    code: outcome.code,
    reasons: outcome.reasons.map(tellReason),
    policy: found === null ? null : { version: found.version, from: found.from },
    records: entry.records.map((record) => explainRecord(record, checked, action as Action | null)),
  };
}

function explainRecord(record: EntryRecord, checked: AskedSystem | null, action: Action | null): RecordExplanation {
  const keys = record.keys.map(keyFacts);
  const name = { record: record.id ?? record.digest ?? 'unknown', disclosure: record.disclosure, keys };
  if (checked === null || action === null || keys.length === 0) return { ...name, sections: [], contradicts: [] };
  const { system } = checked.parts;
  const sections = system.sections.filter((one) => Object.hasOwn(record.disclosed, one) || Object.hasOwn(record.withheld, one));
  const words = keys.map((key) => keyWords(system, key));
  const explained = explainSections(checked.parts, checked.rows, words, action, sections);
  return {
    ...name,
    sections: explained.map((one) => asRecorded(one, record)),
    contradicts: explained.filter((one) => !agrees(one, record)).map((one) => one.section),
  };
}

/** What stands between the policy and the answer is not the policy's: an application or a service that narrows. */
const NARROWING = ['application-narrows', 'actor-narrows', 'engine-error'];

function asRecorded(one: ExplainedSection, { withheld }: EntryRecord): SectionExplanation {
  const word = withheld[one.section];
  if (word === undefined) return told(one, one.reason);
  return told({ ...one, isShown: false }, word);
}

function agrees(one: ExplainedSection, { disclosed, withheld }: EntryRecord): boolean {
  const word = withheld[one.section];
  if (word === undefined) return one.isShown && one.row?.line === disclosed[one.section];
  return NARROWING.includes(word) || (!one.isShown && one.reason === word);
}

const told = (one: ExplainedSection, reason: string | null): SectionExplanation => {
  const because: ToldReason | null = reason === null ? null : tellReason(reason);
  return { ...one, reason: because };
};

const keyFacts = ({ workgroup, relations, privacy, when }: EntryKey): KeyFacts => ({ workgroup, relations, privacy, when });

function keyWords(system: CaseSystem, { workgroup, relations, privacy, when }: KeyFacts): KeyWords {
  return {
    workgroup,
    relations: maskOf('relation', relations, system.relations),
    isPrivate: privacy === 'private',
    conditions: maskOf('condition', when, system.conditions),
  };
}

function maskOf(what: string, words: readonly string[], tests: readonly Test[]): number {
  const known = tests.map((test) => test.word);
  for (const word of words) demandWord(what, word, known);
  return words.reduce((mask, word) => mask | (1 << known.indexOf(word)), 0);
}

/** Fails with the nearest word where this is none of them. */
export function demandWord(what: string, word: string, known: readonly string[]): void {
  if (known.includes(word)) return;
  const nearest = nearestWord(word, known);
  throw new Error(
    `${word} is no ${what} of this policy${nearest === undefined ? `; it has ${known.join(', ')}` : ` (did you mean ${nearest}?)`}`,
  );
}
