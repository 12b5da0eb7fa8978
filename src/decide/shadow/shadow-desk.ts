import type { ApplicationGrant, Decision, DecisionKey, Membership, RecordFacts } from '../../vocabulary/access';
import type { CaseSystem, Route } from '../../vocabulary/case-system';
import type { Clock } from '../../vocabulary/clock';
import { createBreather } from '../breather';
import type { Finding } from '../finding';
import { systemFilesOf } from '../kept-files';
import { checkFiles, makeSet, NO_POLICIES, type PolicySet, versionOfLoaded } from '../policy-set';
import type { PolicyFiles } from '../policy-store';
import { createOneByOne } from '../one-by-one';
import { keyInWords } from './key-in-words';
import { ShadowCounter } from './shadow-counter';
import type { ShadowCount, ShadowRun, ShadowStore } from './shadow-store';

export type KnownFacts = Extract<RecordFacts, { known: true }>;

/** One decision as it was taken, and all that is needed to take it again. */
export interface Decided {
  readonly accessId: string;
  readonly system: CaseSystem;
  readonly route: Route;
  readonly facts: KnownFacts;
  readonly memberships: readonly [Membership, ...Membership[]];
  readonly actorMemberships: readonly Membership[] | null;
  readonly applicationClass: string;
  readonly grant: ApplicationGrant;
  readonly atMs: number;
  readonly decision: Decision;
}

export interface ShadowDeskOptions {
  readonly store: ShadowStore;
  /** Names this process among those that count. */
  readonly process: string;
  readonly clock: Clock;
  readonly relate: (about: {
    readonly system: CaseSystem;
    readonly membership: Membership;
    readonly facts: KnownFacts;
    readonly applicationClass: string;
    readonly atMs: number;
  }) => DecisionKey;
  readonly onFault: (cause: unknown) => void;
}

export type ShadowStarted =
  | { readonly kind: 'running'; readonly run: ShadowRun }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] }
  | { readonly kind: 'unknown' };

export interface ShadowReport {
  /** null: none runs, and none ever ran. */
  readonly run: ShadowRun | null;
  readonly isRunning: boolean;
  readonly counts: readonly ShadowCount[];
}

/**
 * Runs a candidate policy beside the one in force: what it would have decided is counted where it differs, and never enforced.
 *
 * The facts are those of the request; relations and conditions are the candidate's own. Where its record.yaml reads a fact otherwise, or
 * the route is gone, there is no comparison, which is counted as well. Requests that are refused before a record was looked at are not
 * seen. Counts are written every few seconds and at stop: a killed process loses the last ones.
 */
export interface ShadowDesk {
  isRunning(): boolean;
  /** Never throws; costs nothing while none runs. */
  compare(decided: Decided): void;
  start(source: PolicyFiles | string, account: string): Promise<ShadowStarted>;
  /** null where none runs. */
  stop(account: string): Promise<ShadowRun | null>;
  report(): Promise<ShadowReport>;
  /** Follows the store, and writes what was counted. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

const SYNC_MS = 2_000;

/** Rejects where the store cannot be read. */
export async function createShadowDesk(options: ShadowDeskOptions): Promise<ShadowDesk> {
  const desk = new Desk(options);
  await desk.sync();
  return desk;
}

class Desk implements ShadowDesk {
  private newest: ShadowRun | null = null;
  private candidate: PolicySet | null = null;
  private counter = new ShadowCounter();
  private readonly inTurn = createOneByOne();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly options: ShadowDeskOptions) {
    this.timer = setInterval(() => void this.sync().catch(options.onFault), SYNC_MS).unref();
  }

  isRunning(): boolean {
    return this.candidate !== null;
  }

  compare(decided: Decided): void {
    if (this.candidate === null) return;
    try {
      this.compareWith(this.candidate, decided);
    } catch (cause) {
      this.options.onFault(cause);
      this.counter.note(decided, 'not-comparable', ['engine-error']);
    }
  }

  start(source: PolicyFiles | string, account: string): Promise<ShadowStarted> {
    return this.inTurn(async () => {
      await this.writeAndFollow();
      const files = typeof source === 'string' ? await this.options.store.filesOf(source) : source;
      if (files === null) return { kind: 'unknown' };
      const checked = await checkFiles(systemFilesOf(files), NO_POLICIES, createBreather());
      if (checked.findings.length > 0 || checked.loaded.size === 0) return { kind: 'refused', findings: checked.findings };
      const version = versionOfLoaded(checked.loaded);
      return { kind: 'running', run: await this.begin(version, account, files) };
    });
  }

  stop(account: string): Promise<ShadowRun | null> {
    return this.inTurn(async () => {
      await this.writeAndFollow();
      if (this.newest === null || this.newest.version === null) return null;
      const ended = this.newest;
      await this.begin(null, account, null);
      return ended;
    });
  }

  /** A start or stop of our own, after whatever came first. */
  private async begin(version: string | null, account: string, files: PolicyFiles | null): Promise<ShadowRun> {
    for (let tries = 1; tries <= 5; tries += 1) {
      const run: ShadowRun = { number: (this.newest?.number ?? 0) + 1, version, account, atMs: this.options.clock() };
      const isOurs = await this.options.store.begin(run, files);
      await this.writeAndFollow();
      if (isOurs) return run;
    }
    throw new Error('others start and stop candidates all the time');
  }

  report(): Promise<ShadowReport> {
    return this.inTurn(async () => {
      await this.writeAndFollow();
      const { newest } = this;
      if (newest === null) return { run: null, isRunning: false, counts: [] };
      const isRunning = newest.version !== null;
      // After a stop: what the run before it counted.
      return { run: newest, isRunning, counts: await this.options.store.counts(isRunning ? newest.number : newest.number - 1) };
    });
  }

  sync(): Promise<void> {
    return this.inTurn(() => this.writeAndFollow());
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.inTurn(() => this.write()).catch(this.options.onFault);
  }

  private async write(): Promise<void> {
    if (this.newest === null) return;
    const counted = this.counter;
    const counts = counted.counts();
    if (counts.length === 0) return;
    this.counter = new ShadowCounter();
    try {
      await this.options.store.add(this.newest.number, this.options.process, counts);
    } catch (cause) {
      // Nothing is lost: what was counted meanwhile joins it.
      for (const one of this.counter.counts()) counted.add(one);
      this.counter = counted;
      throw cause;
    }
  }

  private async writeAndFollow(): Promise<void> {
    await this.write();
    const newest = await this.options.store.newest();
    if (newest?.number === this.newest?.number) return;
    this.candidate = newest === null || newest.version === null ? null : await this.load(newest.version);
    this.newest = newest;
    this.counter = new ShadowCounter();
  }

  private async load(version: string): Promise<PolicySet | null> {
    const files = await this.options.store.filesOf(version);
    const { loaded, findings } = await checkFiles(files === null ? new Map() : systemFilesOf(files), NO_POLICIES, createBreather());
    if (findings.length > 0 || versionOfLoaded(loaded) !== version) {
      this.options.onFault(new Error(`the candidate ${version.slice(0, 12)} cannot be taken by this gateway`));
      return null;
    }
    const onFault = (_system: string, cause: unknown): void => this.options.onFault(cause);
    return (await makeSet(loaded, NO_POLICIES, this.options.clock, onFault, createBreather())).set;
  }

  private compareWith(candidate: PolicySet, decided: Decided): void {
    const { system, route, facts, memberships, actorMemberships, applicationClass, grant, atMs, decision } = decided;
    this.counter.note(decided, 'compared', []);
    const policy = candidate.policies.get(system.name);
    if (policy === undefined) return this.counter.note(decided, 'not-comparable', ['no-policy']);
    const same = policy.system.routes.find((one) => one.name === route.name);
    if (same === undefined || same.action !== route.action) return this.counter.note(decided, 'not-comparable', ['no-route']);
    if (readsOtherwise(policy.system, system)) this.counter.note(decided, 'not-comparable', ['fields-or-roles-differ']);
    const codes = factsFor(policy.system, system, facts);
    if (codes === null) return this.counter.note(decided, 'not-comparable', ['facts-differ']);
    const about = { system: policy.system, facts: { ...facts, codes }, applicationClass, atMs };
    const keyOf = (membership: Membership): DecisionKey => this.options.relate({ ...about, membership });
    const [first, ...others] = memberships;
    const keys = [keyOf(first), ...others.map(keyOf)] as const;
    const other = policy.decide({ route: same, keys, grant, actorKeys: actorMemberships?.map(keyOf) ?? null });
    const [now, then] = [shown(system, decision), shown(policy.system, other)];
    const gained = then.filter((name) => !now.includes(name));
    const lost = now.filter((name) => !then.includes(name));
    const key = gained.length + lost.length === 0 ? '' : keys.map((one) => keyInWords(policy.system, one)).join('; ');
    if (gained.length > 0) this.counter.note(decided, 'gained', gained, key);
    if (lost.length > 0) this.counter.note(decided, 'lost', lost, key);
  }
}

const shown = (system: CaseSystem, decision: Decision): readonly string[] => system.sections.filter((_, i) => decision.granted[i] === true);

const compared = new WeakMap<CaseSystem, WeakMap<CaseSystem, boolean>>();

/** Whether record.yaml shows, or counts memberships, otherwise: the same sections then hold something else. Worked out once for each pair. */
function readsOtherwise(candidate: CaseSystem, system: CaseSystem): boolean {
  const known = compared.get(candidate) ?? new WeakMap<CaseSystem, boolean>();
  compared.set(candidate, known);
  let differs = known.get(system);
  if (differs === undefined) known.set(system, (differs = meaningOf(candidate) !== meaningOf(system)));
  return differs;
}

const meaningOf = ({ fields, sections, identifier, mostMemberships, collapses }: CaseSystem): string =>
  JSON.stringify([
    fields.map(({ place, section, kind }) => [place, sections[section], kind]),
    identifier.source,
    mostMemberships,
    collapses,
  ]);

/** The facts in the candidate's order; null where it reads one otherwise or has one that was not read. */
function factsFor(candidate: CaseSystem, system: CaseSystem, { codes }: KnownFacts): readonly (readonly string[])[] | null {
  if (candidate === system) return codes;
  const moved: (readonly string[])[] = [];
  for (const rule of candidate.facts) {
    const at = system.facts.findIndex((one) => one.name === rule.name);
    if (at < 0 || JSON.stringify(system.facts[at]) !== JSON.stringify(rule)) return null;
    moved.push(codes[at] ?? []);
  }
  return moved;
}
