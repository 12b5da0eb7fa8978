import { createHmac, type KeyObject } from 'node:crypto';
import type { AccessLog } from '../audit/access-log';
import { findOpenIntents } from '../audit/find-open-intents';
import type { LogReader } from '../audit/log-reader';
import type { OperationsLog } from '../monitoring/create-logger';
import { createReconciler, type Reconciler } from '../pipeline/write/create-reconciler';
import type { OpenIntent } from '../pipeline/write/open-intent';
import type { WriteKeys } from '../pipeline/write/write-keys';
import type { WriteSteps } from '../pipeline/write/write-steps';
import type { Projection } from '../shape/compile-projection';
import type { ReadReply } from '../shape/read-reply';
import { shapeNothing } from '../shape/shape-nothing';
import type { DecidedPerson } from '../shape/person-views';
import { shapeRecord } from '../shape/shape-record';
import { planWrite } from '../shape/write/plan-write';
import { isShownBy } from '../shape/write/proof';
import { readSent, type Sent } from '../shape/write/read-sent';
import { tagOf } from '../shape/write/tag-of';
import type { AssertedCaller, CaseSystemClient } from '../upstream/case-system-client';
import type { Ask, Caller, Decision } from '../vocabulary/access';
import type { AccessEntry } from '../vocabulary/access-entry';
import type { CaseSystem, Route } from '../vocabulary/case-system';
import type { Clock, NewAccessId } from '../vocabulary/clock';
import { GatewayError } from '../vocabulary/errors';
import type { WriteMethod, WriteRule } from '../vocabulary/write-rule';

export interface WriteRooms {
  readonly clock: Clock;
  readonly newAccessId: NewAccessId;
  readonly clients: ReadonlyMap<string, CaseSystemClient>;
  readonly log: AccessLog;
  readonly keys: WriteKeys;
  readonly operations: OperationsLog;
  readonly digestKey: string;
  readonly tagKey: KeyObject;
  readonly projectionOf: (system: CaseSystem) => Projection;
  /** The policy in force of a system: an intent names its route. */
  readonly systemOf: (name: string) => CaseSystem | undefined;
}

export interface WiredWrites {
  readonly steps: WriteSteps<ReadReply, Sent>;
  readonly reconciler: Reconciler;
}

/** Joins the rooms into the steps of a write. */
export function wireWriteSteps(rooms: WriteRooms): WiredWrites {
  const { clients, log, newAccessId, clock, operations } = rooms;
  const keyedDigest = (use: string, text: string): string =>
    createHmac('sha256', rooms.digestKey)
      .update(JSON.stringify(['write', use, text]))
      .digest('hex');
  const clientOf = (system: string | null): CaseSystemClient => {
    const client = clients.get(system ?? '');
    if (client === undefined) throw new GatewayError('route-unknown', 'no case system of that name is configured');
    return client;
  };
  const proofDigest = (text: string): string => keyedDigest('write-proof', text);

  const reconciler = createReconciler({
    readAgain: async (intent) => {
      const route = rooms.systemOf(intent.entry.system ?? '');
      return readAgain(intent, route, clientOf(intent.entry.system));
    },
    isShownBy: ({ kind, places = [], into, before = 0, digest }, body) =>
      isShownBy({ kind, places: places.map(placeOf), into: placeOf(into ?? ''), before }, body, (text) => proofDigest(text) === digest),
    append: async (entry) => void (await log.append(entry, { reply: null, isStale: () => false })),
    keys: rooms.keys,
    newAccessId,
    nowMs: clock,
    onFault: (intent, cause) =>
      operations.warn('write-not-reconciled', { accessId: intent, cause: cause instanceof Error ? cause.message : 'unknown' }),
  });

  const steps: WriteSteps<ReadReply, Sent> = {
    fetchForWrite: (ask, route, caller) => clientOf(ask.system).fetchRecord({ ...callOf(ask, route, caller), wantsEtag: true }),
    readSent: (system, route, sent) => readSent(treeOf(rooms.projectionOf(system), route), ruleOf(route), sent),
    planWrite: ({ system, route, read, shown, sent }) => planWrite({ system, route, rule: ruleOf(route), read, shown, sent }),
    sendWrite: async (ask, route, caller, { body, ifMatch }) =>
      clientOf(ask.system).sendWrite({ ...callOf(ask, route, caller), method: route.method as WriteMethod, body, ifMatch }),
    shapeWritten: (read, decision, accessId, status) => shapeTagged(read, decision, accessId, rooms.tagKey, status),
    shapeNothing,
    isShownBy: (proof, body) => isShownBy(proof, body, (text) => proof.kind !== 'gone' && text === proof.text),
    keys: withWords(rooms.keys),
    newAccessId,
    keyedDigest,
    appendIntent: async (entry, isStale) => ((await log.append(entry, { reply: null, isStale })) === 'stale' ? 'stale' : 'durable'),
    reconcile: (intent) => reconciler.reconcile(intent),
  };
  return { steps, reconciler };
}

/** A store that fails before anything was sent is told as what it is; nothing is written then. */
function withWords(keys: WriteKeys): WriteKeys {
  const orFault = async <T>(asked: Promise<T>): Promise<T> => {
    try {
      return await asked;
    } catch (cause) {
      throw new GatewayError('keys-unavailable', 'the store of keys failed', { cause });
    }
  };
  return { ...keys, find: (key) => orFault(keys.find(key)), claim: (kept) => orFault(keys.claim(kept)) };
}

/** A record as it is shown, with an ETag where a route that writes asks for one. */
export function shapeTagged(
  read: ReadReply,
  decision: Decision,
  accessId: string,
  tagKey: KeyObject,
  status: 200 | 201 = 200,
  persons: readonly DecidedPerson[] = [],
): ReturnType<typeof shapeRecord> {
  const { route } = read.tree;
  if (route.answer !== 'record' || route.isTagged !== true) return shapeRecord(read, decision, accessId, { status, persons });
  return shapeRecord(read, decision, accessId, { status, persons, tagOf: (body) => tagOf(tagKey, read.tree, decision, body) });
}

const MONTH_MS = 30 * 86_400_000;
/** Longer than any write is under way in a process that lives. */
const UNDER_WAY_MS = 60_000;

/**
 * Looks after the writes that were under way when a process ended.
 * Takes   isAlone: no other process writes to this log, so whatever is open now was left behind.
 */
export async function reconcileLeftBehind(reader: LogReader, reconciler: Reconciler, atMs: number, isAlone: boolean): Promise<number> {
  const open = await findOpenIntents(reader, atMs - MONTH_MS);
  const left = open.filter((entry) => isAlone || Date.parse(entry.at) < atMs - UNDER_WAY_MS);
  for (const entry of left) reconciler.reconcile({ entry, bearer: undefined });
  return left.length;
}

function ruleOf(route: Route): WriteRule {
  if (route.write === undefined) throw new GatewayError('internal-fault', 'the route does not write');
  return route.write;
}

function treeOf(projection: Projection, route: Route): Projection['trees'][number] {
  const tree = projection.trees[route.index];
  if (tree === undefined || tree.route !== route) throw new GatewayError('internal-fault', 'the route is not of this projection');
  return tree;
}

function callOf(ask: Ask, route: Route, { account, application, actor }: Caller) {
  return {
    route,
    recordId: ask.recordId,
    accessId: ask.accessId,
    bearer: ask.bearer,
    traceparent: ask.traceparent,
    assertionOf: {
      account: account.id,
      organization: account.organization,
      application: application.id,
      actor: actor?.account.id ?? null,
    },
  };
}

async function readAgain({ entry, bearer }: OpenIntent, system: CaseSystem | undefined, client: CaseSystemClient): Promise<Buffer | null> {
  const route = system?.routes.find((one) => one.name === entry.route);
  const reads = route?.write === undefined ? undefined : system?.routes[route.write.reads];
  const recordId = entry.records[0]?.id;
  if (reads === undefined || recordId === undefined) throw new GatewayError('route-unknown', 'the route left with a policy change');
  const assertionOf = assertedBy(entry);
  const reply = await client.fetchRecord({ route: reads, recordId, accessId: entry.accessId, bearer, assertionOf });
  return reply.status === 404 ? null : reply.body;
}

function assertedBy({ who }: AccessEntry): AssertedCaller | undefined {
  if (who === null) return undefined;
  return { account: who.account, organization: who.organization, application: who.application ?? '', actor: who.actor };
}

const placeOf = (pointer: string): readonly string[] =>
  pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
