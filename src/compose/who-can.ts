import { readFileSync } from 'node:fs';
import type { KeyFacts, WhoCanAccount, WhoCanQuestion, WhoCanSummary } from '../cli/services/policy-review';
import { createPolicyInForce, type PolicyInForce } from '../decide/policy-in-force';
import { lineOf } from '../decide/policy-row';
import { tellReason } from '../decide/review/tell-reason';
import { relate } from '../facts/relate';
import { resolveFacts } from '../facts/resolve-facts';
import { recognise } from '../identify/recognise';
import { judgeRecord, mayFetch } from '../pipeline/judge-record';
import { standNow } from '../pipeline/stand-now';
import { compileProjection } from '../shape/compile-projection';
import { readReply } from '../shape/read-reply';
import type { Ask, Application, DecisionKey, RegistryRow, UpstreamReply, VerifiedToken } from '../vocabulary/access';
import type { Action, CaseSystem, Route } from '../vocabulary/case-system';
import type { AccountFile } from '../vocabulary/directory-rows';
import { GatewayError } from '../vocabulary/errors';
import { toMoment } from '../vocabulary/moment';
import { assumedToken } from './assumed-token';
import { type AskedSystem, askedSystem, demandWord } from './explain-policy';
import { assumeFacts, type AssumedFacts } from './assume-facts';
import type { People } from './open-people';

/**
 * Finds the accounts that could see a section of a record.
 *
 * Every account asks, through every registered application, by the very steps of a request: recognised, permitted, facts resolved and related,
 * decided. Nothing is sent anywhere and nothing is shown.
 *
 * Fails   Error naming the facts that are missing: nothing is guessed.
 */
export async function whoCan(people: People, question: WhoCanQuestion, onFound: (found: WhoCanAccount) => void): Promise<WhoCanSummary> {
  const checked = await askedSystem(people.policy, question.system);
  const asking = await prepare(people, checked, question);
  const others = new Map<string, number>();
  let [looked, found, isCut] = [0, 0, false];
  for await (const file of people.accounts()) {
    if (file.account.environment !== people.environment) continue;
    looked += 1;
    const answer = askAs(asking, file, people);
    if (typeof answer === 'string') {
      others.set(answer, (others.get(answer) ?? 0) + 1);
      continue;
    }
    if (found === question.limit) {
      isCut = true;
      break;
    }
    found += 1;
    onFound(answer);
  }
  const { system, record, section, action } = question;
  return {
    ...{ system, record, section, action },
    at: toMoment(people.atMs),
    policy: { version: people.policy.version, from: people.policy.from },
    looked,
    found,
    isCut,
    others: [...others].map(([word, accounts]) => ({ reason: tellReason(word), accounts })).sort((a, b) => b.accounts - a.accounts),
  };
}

/** All that is the same for every account. */
interface Asking {
  readonly checked: AskedSystem;
  readonly policy: PolicyInForce;
  readonly section: number;
  readonly routes: readonly { readonly ask: Ask; readonly assumed: AssumedFacts }[];
  readonly applications: readonly Application[];
  readonly reply: UpstreamReply;
}

async function prepare(people: People, checked: AskedSystem, question: WhoCanQuestion): Promise<Asking> {
  const { system } = checked.parts;
  demandWord('section', question.section, system.sections);
  const section = system.sections.indexOf(question.section);
  const routes = system.routes.filter((route) => route.action === (question.action as Action) && route.sections.includes(section));
  if (routes.length === 0) throw new Error(`no route of ${system.name} shows ${question.section} under ${question.action}`);
  const name = { system: system.name, environment: people.environment, recordId: question.record };
  const row = (await people.registry.records([name])).find((one) => one.recordId === question.record);
  const body = question.body === undefined ? null : readFileSync(question.body);
  const applications = people.applications.filter((one) => question.application === undefined || one.id === question.application);
  if (applications.length === 0)
    throw new Error(
      question.application === undefined ? 'no application is registered' : `no application ${question.application} is registered`,
    );
  return {
    checked,
    policy: createPolicyInForce(checked.parts, people.policy.version, () => undefined),
    section,
    routes: routes.map((route) => ({
      ask: askFor(people, system, route, question.record),
      assumed: assumedFacts(checked, route, row, body, question),
    })),
    applications,
    reply: { status: 200, mediaType: '', body: body ?? Buffer.alloc(0), durationMs: 0 },
  };
}

function assumedFacts(
  { parts, rows }: AskedSystem,
  route: Route,
  row: RegistryRow | undefined,
  body: Buffer | null,
  { record, section, action, facts, privacy }: WhoCanQuestion,
): AssumedFacts {
  const { system } = parts;
  const speaking = rows.filter((one) => (one.section === '*' || one.section === section) && (one.action === '*' || one.action === action));
  if (body === null) return assumeFacts(system, route, row, { facts, privacy, rows: speaking });
  if (privacy !== undefined || Object.keys(facts).length > 0) throw new Error('facts are read from the body, or told: not both');
  try {
    const mediaType = route.mediaTypes[0] ?? 'application/json';
    return { row, readings: readReply(compileProjection(system), route, { body, mediaType }, record).facts };
  } catch (fault) {
    if (fault instanceof GatewayError)
      throw new Error(`the body cannot be read as the record ${record} of ${route.name}: ${fault.message}`, { cause: fault });
    throw fault;
  }
}

const askFor = (people: People, caseSystem: CaseSystem, route: Route, recordId: string): Ask => ({
  accessId: '',
  receivedAtMs: people.atMs,
  method: 'GET',
  system: caseSystem.name,
  environment: people.environment,
  caseSystem,
  route,
  recordId,
  bearer: undefined,
  source: { address: '' },
});

/** What the account would see, or the word for why it would not. */
function askAs(asking: Asking, { account }: AccountFile, people: People): WhoCanAccount | string {
  const shown: { readonly application: string; readonly route: string; readonly line: number; readonly key: DecisionKey }[] = [];
  let why: string | null = null;
  for (const application of asking.applications.filter((one) => one.issuer === account.issuer)) {
    const token = assumedToken(account, application);
    for (const { ask, assumed } of asking.routes) {
      const answer = askOnce(asking, people, ask, assumed, token);
      if (typeof answer !== 'string') shown.push({ application: application.id, route: ask.route.name, ...answer });
      // What the policy says of the record tells more than that one of the applications may not ask.
      else if (why === null || !answer.startsWith('application-')) why = answer;
    }
  }
  const [first] = shown;
  if (first === undefined) return why ?? 'application-not-registered';
  const row = asking.checked.rows.find((one) => one.line === first.line);
  return {
    account: account.id,
    person: account.person,
    organization: account.organization,
    applications: [...new Set(shown.map((one) => one.application))],
    route: first.route,
    row: { line: first.line, text: row === undefined ? '' : lineOf(row) },
    key: keyFacts(asking.checked.parts.system, first.key),
  };
}

function askOnce(
  { checked, policy, section, reply }: Asking,
  { directory, atMs }: People,
  ask: Ask,
  { row, readings }: AssumedFacts,
  token: VerifiedToken,
): { readonly line: number; readonly key: DecisionKey } | string {
  try {
    const now = standNow(
      {
        versions: () => ({ directory: directory.version, registry: 0, policy: policy.version }),
        policy: () => policy,
        nowMs: () => atMs,
        recognise: (asked, wanted) => recognise(asked, wanted, directory),
      },
      ask,
      token,
    );
    const steps = {
      findInRegistry: () => row,
      resolveFacts,
      relate: (about: Parameters<Parameters<typeof judgeRecord>[0]['relate']>[0]) => relate({ ...about, supervision: directory }),
      readReply: () => ({ facts: readings, persons: [] }),
    };
    const verdict = judgeRecord(steps, ask, now, mayFetch(steps, ask, now) ? reply : null);
    const { decision } = verdict;
    if (decision === null || verdict.hidden || decision.granted[section] !== true)
      return decision?.withheld[section] ?? (verdict.hidden ? verdict.why : 'not-granted');
    const key = decision.keys.find((one) => checked.parts.memory.answer(one, ask.route.action).allowed[section] === true);
    return { line: decision.ruleLines[section] ?? 0, key: key ?? (decision.keys[0] as DecisionKey) };
  } catch (fault) {
    if (fault instanceof GatewayError) return fault.options.reason ?? fault.code;
    throw fault;
  }
}

const keyFacts = (system: CaseSystem, { workgroup, relations, isPrivate, conditions }: DecisionKey): KeyFacts => ({
  workgroup,
  relations: system.relations.filter((_, bit) => (relations & (1 << bit)) !== 0).map((test) => test.word),
  privacy: isPrivate ? 'private' : 'open',
  when: system.conditions.filter((_, bit) => (conditions & (1 << bit)) !== 0).map((test) => test.word),
});
