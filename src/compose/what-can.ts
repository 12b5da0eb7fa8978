import type { AccountRights, MembershipRights, PersonRights, SystemRights, WhatCanQuestion } from '../cli/services/policy-review';
import { sayMembership } from '../decide/review/say-membership';
import { tellReason } from '../decide/review/tell-reason';
import { holdsAt, standingAt } from '../governance/spans';
import { recognise } from '../identify/recognise';
import type { Application, ApplicationGrant, Caller, Membership } from '../vocabulary/access';
import type { AccountFile } from '../vocabulary/directory-rows';
import { GatewayError } from '../vocabulary/errors';
import { toMoment } from '../vocabulary/moment';
import { assumedToken } from './assumed-token';
import { type AskedSystem, askedSystem } from './explain-policy';
import type { People } from './open-people';

/** Says what a person may see and do, account by account, system by system, membership by membership. */
export async function whatCan(people: People, { person, system }: WhatCanQuestion): Promise<PersonRights> {
  const { policy, atMs } = people;
  const names = system === undefined ? [...policy.systems.keys()] : [system];
  const systems: AskedSystem[] = [];
  for (const name of names) systems.push(await askedSystem(policy, name));
  const accounts = (await filesOf(people, person)).map((file) => rightsOf(people, systems, file, system !== undefined));
  return { at: toMoment(atMs), policy: { version: policy.version, from: policy.from }, accounts };
}

/** The account of that id, or else every account of that person. */
async function filesOf(people: People, name: string): Promise<readonly AccountFile[]> {
  const byId = (await people.accountsById([name])).filter((file) => file.account.id === name);
  if (byId.length > 0) return byId;
  const found: AccountFile[] = [];
  for await (const file of people.accounts()) if (file.account.person === name) found.push(file);
  return found;
}

function rightsOf(people: People, systems: readonly AskedSystem[], file: AccountFile, isNamed: boolean): AccountRights {
  const { account, memberships } = file;
  const organization = people.directory.organization(account.organization);
  const asked = systems.filter((one) => isNamed || memberships.some((membership) => membership.system === one.name));
  return {
    account: account.id,
    kind: account.kind,
    person: account.person,
    organization: account.organization,
    environment: account.environment,
    standing: standingAt(account.standings, people.atMs),
    organizationStanding: standingAt(organization?.standings ?? [], people.atMs),
    systems: asked.map((one) => systemRights(people, one, file)),
  };
}

function systemRights(people: People, checked: AskedSystem, file: AccountFile): SystemRights {
  const { system } = checked.parts;
  const attempts = people.applications
    .filter((one) => one.issuer === file.account.issuer)
    .map((application) => ({ application, answer: asCaller(people, checked, file, application) }));
  const callers = attempts.flatMap(({ application, answer }) => (typeof answer === 'string' ? [] : [{ application, caller: answer }]));
  const carrying = callers.flatMap(({ application }) =>
    application.grants.filter(isOf(system.name)).map((grant) => carried(application, grant)),
  );
  const held = callers[0]?.caller.memberships ?? [];
  const supervises = file.supervises.some((edge) => holdsAt(edge, people.atMs));
  const own = file.memberships.filter((one) => one.system === system.name && one.environment === people.environment);
  const memberships = own.map((one) => membershipRights(checked, one, held, supervises));
  return { system: system.name, applications: carrying, refused: refusal(people, file, attempts, carrying.length), memberships };
}

const isOf =
  (system: string) =>
  (grant: ApplicationGrant): boolean =>
    grant.system === system;
const carried = ({ id }: Application, { actions, sections }: ApplicationGrant) => ({ application: id, actions, sections });

/** The caller that a request through this application would have, or the word for why there would be none. */
function asCaller(people: People, { parts }: AskedSystem, { account }: AccountFile, application: Application): Caller | string {
  const { name: system, mostMemberships, collapses } = parts.system;
  try {
    const wanted = { system, environment: people.environment, atMs: people.atMs, mostMemberships, collapses };
    return recognise(assumedToken(account, application), wanted, people.directory);
  } catch (fault) {
    if (fault instanceof GatewayError) return fault.options.reason ?? fault.code;
    throw fault;
  }
}

/** What stands in the way of every request there. What the account itself lacks tells more than what an application lacks. */
function refusal(
  { environment }: People,
  { account }: AccountFile,
  attempts: readonly { readonly answer: Caller | string }[],
  carrying: number,
): SystemRights['refused'] {
  if (account.environment !== environment)
    return {
      ...tellReason('account-unknown'),
      needed: `This gateway serves ${environment}; the account is one of ${account.environment}.`,
    };
  const words = attempts.flatMap(({ answer }) => (typeof answer === 'string' ? [answer] : []));
  if (words.length === attempts.length)
    return tellReason(words.find((word) => !word.startsWith('application-')) ?? words[0] ?? 'application-not-registered');
  return carrying === 0 ? tellReason('application-narrows') : null;
}

function membershipRights(checked: AskedSystem, one: Membership, held: readonly Membership[], supervises: boolean): MembershipRights {
  const { id, workgroup, staffId, scopes, privileges, fromMs, toMs } = one;
  const isInForce = held.some((other) => other.id === id);
  const said = isInForce
    ? sayMembership({ system: checked.parts.system, rows: checked.rows }, one, supervises)
    : { may: [], denied: [], words: [], lacks: [] };
  return {
    membership: id,
    workgroup,
    staffId,
    scopes,
    privileges,
    from: toMoment(fromMs),
    to: toMs === null ? null : toMoment(toMs),
    isInForce,
    ...said,
  };
}
