import { createHmac, type KeyObject } from 'node:crypto';
import type { AccessLog } from '../audit/access-log';
import { AccessReceipt } from '../audit/access-receipt';
import type { PolicyDesk } from '../decide/policy-desk';
import type { ShadowDesk } from '../decide/shadow/shadow-desk';
import { networkKey } from '../edge/network-key';
import type { Limiter } from '../edge/create-limiter';
import { reachOf } from '../facts/reach-of';
import { relate } from '../facts/relate';
import { resolveFacts } from '../facts/resolve-facts';
import type { LiveDirectory } from '../governance/directory/directory';
import type { LiveRegistry } from '../governance/registry/registry';
import { nameRefused } from '../identify/name-who';
import { createRecogniser } from '../identify/recogniser';
import type { TokenVerifier } from '../identify/token-verifier';
import type { Metrics } from '../monitoring/create-metrics';
import type { OperationsLog } from '../monitoring/create-logger';
import type { DriftList } from '../monitoring/drift/drift-list';
import type { PipelineEvent, Steps } from '../pipeline/steps';
import { compileProjection, type Projection } from '../shape/compile-projection';
import { createCursors } from '../query/create-cursors';
import { readWords } from '../query/read-words';
import { joinLists } from '../shape/join-lists';
import { readList } from '../shape/read-list';
import { nameDrift } from '../shape/name-drift';
import { readReply, type ReadReply } from '../shape/read-reply';
import { shapeList } from '../shape/shape-list';
import { shapeProblem } from '../shape/shape-problem';
import { showsWhole } from '../shape/shows-whole';
import { readStream } from '../shape/stream/read-stream';
import type { RecordStream } from '../shape/stream/record-stream';
import { shapePiece, type StreamPiece } from '../shape/stream/shape-piece';
import type { CaseSystemClient, FetchCall } from '../upstream/case-system-client';
import type { Ask, Caller, QueryPair } from '../vocabulary/access';
import type { CaseSystem, Route } from '../vocabulary/case-system';
import type { Clock, NewAccessId } from '../vocabulary/clock';
import { GatewayError } from '../vocabulary/errors';
import { askSeldom } from './ask-seldom';
import type { Committed } from './committed';
import { shapeTagged } from './wire-write-steps';

export interface Rooms {
  readonly clock: Clock;
  readonly newAccessId: NewAccessId;
  readonly verifier: TokenVerifier;
  readonly directory: LiveDirectory;
  readonly registry: LiveRegistry;
  readonly committed: Committed;
  readonly desk: PolicyDesk;
  readonly shadow: ShadowDesk;
  readonly clients: ReadonlyMap<string, CaseSystemClient>;
  readonly log: AccessLog;
  readonly callerLimiter: Limiter;
  readonly metrics: Metrics;
  readonly drift: DriftList;
  readonly operations: OperationsLog;
  readonly digestKey: string;
  readonly tagKey: KeyObject;
  readonly rememberedTokens: number;
  readonly projectionOf: (system: CaseSystem) => Projection;
}

/** How often the store is asked at most for the sake of callers whom nobody knows. */
const CATCH_UP_MS = 200;

/** Joins the rooms into the steps of one request. */
export function wireSteps(rooms: Rooms): Steps<ReadReply> {
  const { clock, verifier, directory, registry, desk, log } = rooms;
  const recogniser = createRecogniser({ mostRemembered: rooms.rememberedTokens });
  const { projectionOf } = rooms;
  const cursors = createCursors(rooms.digestKey);
  const clientOf = ({ system }: Ask): CaseSystemClient => {
    const client = rooms.clients.get(system);
    if (client === undefined) throw new GatewayError('route-unknown', 'no case system of that name is configured');
    return client;
  };
  const callOf = (ask: Ask, route: Route, { account, application, actor }: Caller, query?: readonly QueryPair[]): FetchCall => {
    return {
      route,
      recordId: ask.recordId,
      query,
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
  };
  return {
    rememberedToken: (bearer, bearerKey) => verifier.remembered(bearer, bearerKey),
    verifyToken: (bearer) => verifier.verify(bearer),
    recognise: (token, wanted) => recogniser.recognise(token, wanted, directory),
    nameOf: (token, environment) => nameRefused(token, environment, directory),
    limitCaller: (key) => rooms.callerLimiter.check(key),
    findInRegistry: (system, environment, recordId) => registry.find(system, environment, recordId),
    resolveFacts,
    relate: ({ system, membership, facts, applicationClass, atMs }) =>
      relate({ system, membership, facts, applicationClass, atMs, supervision: directory }),
    reachOf,
    readWords,
    sealCursor: (position, bound) => cursors.seal(position, bound, clock()),
    openCursor: (cursor, bound) => cursors.open(cursor, bound, clock()),
    policy: (system) => desk.current(system),
    fetchRecord: (ask, route, caller) => clientOf(ask).fetchRecord(callOf(ask, route, caller)),
    fetchList: (ask, route, caller, query) => clientOf(ask).fetchRecord(callOf(ask, route, caller, query)),
    openStream: (ask, route, caller) => clientOf(ask).openStream(callOf(ask, route, caller)),
    readReply: (system, route, reply, askedId) => readReply(projectionOf(system), route, reply, askedId),
    readList: (system, route, reply) => readList(projectionOf(system), route, reply),
    joinLists,
    showsWhole,
    shapeList,
    shapeRecord: (read, decision, accessId, persons) => shapeTagged(read, decision, accessId, rooms.tagKey, 200, persons),
    readStream: (system, route, mediaType, format) => readStream(projectionOf(system), route, mediaType, format),
    shapePiece: (stream, piece, accessId) => shapePiece(stream as RecordStream, piece as StreamPiece, accessId),
    shapeProblem,
    isLogDown: () => log.state().isDown,
    versions: () => ({ directory: directory.version, registry: registry.version, policy: desk.version }),
    isTouched: (since, { account, application, actor, holdsUntilMs }, { system, environment }, recordIds) => {
      if (clock() >= holdsUntilMs) return true;
      if (desk.version !== since.policy || rooms.committed.isAhead()) return true;
      if (directory.version === since.directory && registry.version === since.registry) return false;
      const keys = [`account:${account.id}`, `organization:${account.organization}`, `application:${application.id}`];
      if (actor !== null) keys.push(`account:${actor.account.id}`, `organization:${actor.account.organization}`);
      return (
        directory.changedSince(since.directory, keys) ||
        recordIds.some((recordId) => registry.changedSince(since.registry, registry.recordKey(system, environment, recordId)))
      );
    },
    hasMoved: (since) =>
      desk.version !== since.policy ||
      rooms.committed.isAhead() ||
      directory.version !== since.directory ||
      registry.version !== since.registry,
    catchUp: askSeldom(() => directory.catchUp(), CATCH_UP_MS),
    settle: () => rooms.committed.settle(),
    // The key stands outside the store: a digest in the log cannot be guessed by trying record numbers (INF-16).
    newAccessId: rooms.newAccessId,
    digestOf: (system, recordId) =>
      createHmac('sha256', rooms.digestKey)
        .update(JSON.stringify([system, recordId]))
        .digest('hex'),
    append: (entry, bind) => log.append(entry, bind),
    appendEarly: (entry, bind) => log.appendEarly(entry, bind),
    unlogged: (reply) => AccessReceipt.unlogged(reply),
    isWatched: () => rooms.shadow.isRunning(),
    decided: (ask, { caller, policy, route, grant, atMs }, facts, decision) => {
      if (!rooms.shadow.isRunning()) return;
      const { accessId } = ask;
      const { memberships, actor, application } = caller;
      const actorMemberships = actor?.memberships ?? null;
      const { applicationClass } = application;
      rooms.shadow.compare({
        accessId,
        system: policy.system,
        route,
        facts,
        memberships,
        actorMemberships,
        applicationClass,
        grant,
        atMs,
        decision,
      });
    },
    sourceKey: networkKey,
    nowMs: clock,
    observe: (event) => observe(rooms, event),
    noteDrift: (system, read) => {
      try {
        if (read.unclassifiedFields > 0) nameDrift(read, rooms.drift.of(system));
      } catch (cause) {
        rooms.operations.error('drift-not-noted', { system, cause: nameOfCause(cause) });
      }
    },
  };
}

/** A projection is compiled once for each version of record.yaml. */
export function projections(): (system: CaseSystem) => Projection {
  const known = new WeakMap<CaseSystem, Projection>();
  return (system) => {
    let projection = known.get(system);
    if (projection === undefined) known.set(system, (projection = compileProjection(system)));
    return projection;
  };
}

function observe({ metrics, operations }: Rooms, event: PipelineEvent): void {
  switch (event.event) {
    case 'answered':
      return metrics.answered(event);
    case 'refused-early':
      return metrics.refusedEarly(event);
    case 'fault':
      metrics.fault(event.code);
      return operations.error('request-fault', {
        accessId: event.accessId,
        code: event.code,
        message: event.message,
        cause: nameOfCause(event.cause),
      });
  }
}

/** An error's class and code; its text may hold a value of somebody's record. */
function nameOfCause(cause: unknown): string {
  if (!(cause instanceof Error)) return typeof cause;
  const { code } = cause as { code?: unknown };
  return typeof code === 'string' ? `${cause.name} ${code}` : cause.name;
}
