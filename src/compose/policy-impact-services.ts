import { resolve } from 'node:path';
import type { CountedDecision, DecisionFilter } from '../audit/read-decisions';
import { findExamples, readCountedDecisions, readDecidedEntries } from '../audit/read-decisions';
import type { LogReader } from '../audit/log-reader';
import type { ImpactQuestion, PolicyImpact, PolicyImpactServices } from '../cli/services/policy-impact';
import { checkPolicyFolder, type CheckedFolder } from '../decide/check-policy-folder';
import { ImpactCount, type ImpactFigures } from '../decide/impact/count-impact';
import { readFailCondition } from '../decide/impact/fail-condition';
import { policyWords } from '../decide/impact/policy-words';
import { type KeptSystem, readKeptVersion } from '../decide/impact/read-kept-version';
import type { CandidateSystem } from '../decide/impact/replay-decision';
import { systemFilesOf } from '../decide/kept-files';
import { nearestWord } from '../decide/nearest-word';
import { createPolicyInForce } from '../decide/policy-in-force';
import { readPolicyFolder, versionOf } from '../decide/read-policy-folder';
import { readSince } from '../reading/read-since';
import type { Settings } from '../settings/settings-table';
import { createPolicyStore } from '../storage/policy-store';
import { toMoment } from '../vocabulary/moment';
import { readGovernance } from './read-governance';
import { readLog } from './read-log';
import { settingsOf } from './settings-of';

/** Fulfils what `casegate policy impact` asks for. */
export const policyImpactServices: PolicyImpactServices = {
  policyImpact: (question, choice) => policyImpact(question, settingsOf(choice), Date.now()),
};

/**
 * Replays the access history of a store against a candidate folder. Reads log and versions over connections of its own that can only read.
 *
 * Fails   Error for people: the candidate would be refused; a condition, system or moment cannot be read; there is no log.
 */
export async function policyImpact(question: ImpactQuestion, settings: Settings, nowMs: number): Promise<PolicyImpact> {
  const folder = resolve(question.candidate);
  const filter = { sinceMs: question.since === undefined ? null : readSince(question.since, nowMs), system: question.system ?? null };
  const checked = await checkPolicyFolder(folder);
  const candidate = candidateOf(checked);
  return readLog(settings, async (reader) => {
    const counted = await readCountedDecisions(reader, filter);
    const kept = await readKept(
      settings,
      [folder, settings.policies.folder],
      new Set(counted.map(({ decision }) => decision.policyVersion)),
    );
    demandSystem(filter.system, kept);
    const words = policyWords([...kept.values()].flatMap((systems) => [...systems.values()]));
    const parts = {
      candidate,
      systemOf: (version: string, system: string) => kept.get(version)?.get(system)?.system,
      conditions: question.failIf.map((text) => readFailCondition(text, words)),
    };
    return {
      candidate: { folder, version: checked.version },
      since: filter.sinceMs === null ? null : toMoment(filter.sinceMs),
      countedFrom: question.byEntries ? 'entries' : 'roll-ups',
      ...(await (question.byEntries ? countEntries(reader, parts, filter) : countRollUps(reader, parts, counted))),
    };
  });
}

type Counted = Omit<PolicyImpact, 'candidate' | 'since' | 'countedFrom'>;
type Parts = ConstructorParameters<typeof ImpactCount>[0];
type Kept = ReadonlyMap<string, ReadonlyMap<string, KeptSystem>>;

/** The versions that stand in the folders, and those that decided, from where the store keeps them. */
async function readKept(settings: Settings, folders: readonly string[], versions: ReadonlySet<string>): Promise<Kept> {
  const kept = new Map<string, ReadonlyMap<string, KeptSystem>>();
  for (const folder of folders) {
    const { systems } = await readPolicyFolder(folder);
    kept.set(versionOf(systems), readKeptVersion(systems));
  }
  await readGovernance(settings, async (governance) => {
    const store = createPolicyStore(governance);
    for (const version of versions) {
      const files = kept.has(version) ? null : await store.filesOf(version);
      if (files !== null) kept.set(version, readKeptVersion(systemFilesOf(files)));
    }
  });
  return kept;
}

function candidateOf({ findings, systems, version }: CheckedFolder): ReadonlyMap<string, CandidateSystem> {
  const [first] = findings;
  if (first !== undefined) {
    const more = findings.length === 1 ? '' : `, and ${findings.length - 1} more`;
    throw new Error(
      `the candidate would be refused: ${first.file}:${first.line}:${first.column} ${first.message}${more} (casegate policy check)`,
    );
  }
  const fail = (cause: unknown): never => {
    throw cause instanceof Error ? cause : new Error('the policy engine failed');
  };
  return new Map(
    systems.flatMap(({ name, parts, rows }) =>
      parts === null ? [] : [[name, { policy: createPolicyInForce(parts, version, fail), rows }] as const],
    ),
  );
}

function demandSystem(system: string | null, kept: Kept): void {
  const known = new Set([...kept.values()].flatMap((systems) => [...systems.keys()]));
  if (system === null || known.has(system)) return;
  const nearest = nearestWord(system, known);
  throw new Error(`there is no system ${system}${nearest === undefined ? '' : ` (did you mean ${nearest}?)`}`);
}

async function countRollUps(reader: LogReader, parts: Parts, counted: readonly CountedDecision[]): Promise<Counted> {
  const impact = new ImpactCount<CountedDecision>(parts);
  for (const one of counted) impact.add(one.decision, one.count, one, null);
  const { workgroups, ...figures } = impact.figures();
  const lines: Counted['workgroups'][number][] = [];
  for (const [place, line] of workgroups.entries()) {
    const examples: string[] = [];
    for (const one of place < MOST_WITH_EXAMPLES ? line.examples : []) {
      if (examples.length < MOST_EXAMPLES) examples.push(...(await findExamples(reader, one)));
    }
    lines.push({ ...line, examples: examples.slice(0, MOST_EXAMPLES) });
  }
  return { ...figures, workgroups: lines, people: null, records: null, neverDecided: null, mismatchedFlushes: null };
}

const MOST_EXAMPLES = 3;
/** Each example is a look into the log; who changes this many kinds of access wants --entries. */
const MOST_WITH_EXAMPLES = 100;

async function countEntries(reader: LogReader, parts: Parts, filter: DecisionFilter): Promise<Counted> {
  const impact = new ImpactCount<string>(parts);
  const report = await readDecidedEntries(reader, filter, ({ decision, accessId, account, person, record }) =>
    impact.add(decision, 1, accessId, { account, person, record }),
  );
  const figures: ImpactFigures<string> = impact.figures();
  const neverDecided = Object.fromEntries([...report.neverDecided].sort(([, one], [, other]) => other - one));
  return { ...figures, neverDecided, mismatchedFlushes: report.mismatches };
}
