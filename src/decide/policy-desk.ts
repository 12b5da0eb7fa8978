import type { Clock } from '../vocabulary/clock';
import { GatewayError } from '../vocabulary/errors';
import { createBreather } from './breather';
import { modelFindings } from './check-policy-folder';
import { type Finding, finding } from './finding';
import { folderOfFiles, keptFiles, systemFilesOf } from './kept-files';
import { createOneByOne } from './one-by-one';
import type { PolicyInForce } from './policy-in-force';
import { changedSystems, checkFiles, type Loaded, makeSet, NO_POLICIES, type PolicySet, versionOfLoaded } from './policy-set';
import type { Approval, PolicyAct, PolicyStore } from './policy-store';
import type { Publication, Published } from './publication';
import { type PolicyFolder, readPolicyFolder } from './read-policy-folder';
import { type FolderWatch, watchPolicyFolder } from './watch-policy-folder';

export interface PolicyDeskLog {
  info(event: string, fields: Readonly<Record<string, unknown>>): void;
  error(event: string, fields: Readonly<Record<string, unknown>>): void;
}

export interface PolicyDeskOptions {
  /** Holds model.conf and one folder for each system. */
  readonly folder: string;
  readonly store: PolicyStore;
  /** People who must vouch for a version before it comes into force: 0, or 2 for the two-person rule. */
  readonly approvalsNeeded: number;
  /** Whether that account may vouch for a policy now; asked again for every vote when a version is about to come into force. */
  readonly mayVouch?: (account: string) => boolean;
  /** false: the folder is read only when it is published; for a command that runs without a gateway. */
  readonly isWatching?: boolean;
  /** Stands with what the folder proposes. */
  readonly host: string;
  readonly log: PolicyDeskLog;
  readonly clock: Clock;
  /** Another version is in force from now on. */
  readonly onSwap?: (swap: PolicySwap) => void;
  /** What is wrong with the files now; empty when they are good again. */
  readonly onAlarm?: (findings: readonly Finding[]) => void;
  /** How often the files are looked at besides the file system's own notices. */
  readonly pollMs?: number;
}

export interface PolicySwap {
  readonly version: string;
  readonly previous: string | null;
  readonly number: number;
  /** Systems whose policy is another one than before, or gone. */
  readonly changed: readonly string[];
  /** Keys of the old version that were decided under the new one before it came into force. */
  readonly keysDecided: number;
  /** follow: another process brought it, or it stood in the store at start. */
  readonly origin: PolicyAct['origin'] | 'follow';
}

export interface PolicyDeskState {
  readonly version: string;
  /** Of the change in force; 0 where there never was one. */
  readonly number: number;
  readonly inForceSinceMs: number;
  readonly systems: readonly string[];
  /** True where files are refused or differ from what is in force. */
  readonly isAlarmed: boolean;
  readonly findings: readonly Finding[];
  /** Of the policies in force: nothing is refused for them, and nobody is alarmed. */
  readonly warnings: readonly Finding[];
  readonly lastLookMs: number;
  /** Why the store could not be followed the last time; null where it could. */
  readonly storeFault: string | null;
  /** True where the store is polled and has not told for ten polls what is in force: another process may have changed it (POL-24). */
  readonly isStale: boolean;
}

/**
 * Keeps the policy in force. The version in force is that of the newest change in the store, on every process; a folder proposes.
 *
 * A folder is read whole at every change, checked, and its cases run. A system whose files are refused, or whose folder is gone, keeps
 * what is in force while the others go on. The folder's version comes into force by itself if the folder agreed with what is in force
 * before it was changed; a folder that never did (another host was first, or it was changed while no gateway ran) is an alarm, and
 * `publish` brings it. What the store holds and this release cannot take leaves no policy: closed first.
 *
 * Source  GW-05; design.md, What always holds, 8; POL-01 … POL-03, POL-20 … POL-24, C06, C08, C09, C22.
 */
export interface PolicyDesk {
  /** The policy of a system; undefined where none is in force (policy-unavailable). Hold it for a whole request. */
  current(system: string): PolicyInForce | undefined;
  readonly version: string;
  readonly number: number;
  state(): PolicyDeskState;
  /** Looks at the files now; resolves when what they say is in force or refused. */
  refresh(): Promise<void>;
  /** Resolves once the change of that number, or a later one, is in force here. Rejects GatewayError('policy-unavailable'). */
  catchUp(atLeast: number): Promise<void>;
  /** Follows the store every so often; gives the way to stop it. */
  poll(everyMs: number): () => void;
  /** Rejects where the folder cannot be read or the store does not answer. */
  publish(publication: Publication): Promise<Published>;
  /** Vouches for a version that waits; brings it into force where enough do. */
  approve(version: string, approval: Approval): Promise<Published>;
  close(): Promise<void>;
}

/** Rejects where the store cannot be read, or, as long as nothing is in force, the folder. */
export async function createPolicyDesk(options: PolicyDeskOptions): Promise<PolicyDesk> {
  const desk = new Desk(options);
  await desk.start();
  return desk;
}

/** Polls that may go unanswered before what is in force here is taken for old. */
const MISSED_POLLS = 10;

class Desk implements PolicyDesk {
  private set: PolicySet = NO_POLICIES;
  /** The change in force here; -1 before the store was read. */
  private changeNumber = -1;
  /** The change with which the folder agreed last: what it may follow on. */
  private folderFollows: number | null = null;
  private folder: CheckedFolder | null = null;
  private folderFindings: readonly Finding[] = [];
  private storeFindings: readonly Finding[] = [];
  private told = '[]';
  private lastLookMs = 0;
  private storeFault: string | null = null;
  /** performance.now(): a clock that is set does not make a policy old. */
  private followedAtMs = 0;
  private pollMs: number | null = null;
  private isClosed = false;
  /** What changes the set waits for what changes it now: no two look at one state. */
  private readonly inTurn = createOneByOne();
  private readonly watch: FolderWatch;

  constructor(private readonly options: PolicyDeskOptions) {
    this.watch = watchPolicyFolder({
      folder: options.folder,
      pollMs: options.pollMs ?? 400,
      onChange: async (read) => {
        // Checking takes its time; whoever follows the store meanwhile does not wait for it.
        const checked = await this.check(read);
        await this.inTurn(() => this.takeFolder(checked));
      },
      onLook: () => (this.lastLookMs = options.clock()),
      onFault: (cause) => {
        const what =
          cause instanceof StoreFault ? 'what the folder says cannot be brought to the store' : 'the policy folder cannot be read';
        this.folderFindings = [atFolder(cause instanceof StoreFault ? 'store' : 'unreadable', `${what}: ${codeOf(cause)}`)];
        this.tell();
      },
    });
  }

  async start(): Promise<void> {
    await this.inTurn(() => this.follow());
    if (this.changeNumber === 0) {
      await readPolicyFolder(this.options.folder);
      this.folderFollows = 0;
    }
    if (this.options.isWatching !== false) await this.watch.look();
  }

  get version(): string {
    return this.set.version;
  }

  get number(): number {
    return this.changeNumber;
  }

  current(system: string): PolicyInForce | undefined {
    return this.set.policies.get(system);
  }

  state(): PolicyDeskState {
    const { version, sinceMs, policies, loaded } = this.set;
    const findings = [...this.storeFindings, ...this.folderFindings];
    return {
      version,
      number: this.changeNumber,
      inForceSinceMs: sinceMs,
      systems: [...policies.keys()],
      isAlarmed: findings.length > 0,
      findings,
      warnings: [...loaded.values()].flatMap((one) => one.warnings),
      lastLookMs: this.lastLookMs,
      storeFault: this.storeFault,
      isStale: this.pollMs !== null && performance.now() - this.followedAtMs > MISSED_POLLS * this.pollMs,
    };
  }

  refresh(): Promise<void> {
    return this.watch.look();
  }

  async catchUp(atLeast: number): Promise<void> {
    if (this.changeNumber >= atLeast) return;
    try {
      await this.inTurn(() => this.follow());
    } catch (cause) {
      throw new GatewayError('policy-unavailable', 'the policy in force could not be read', { cause });
    }
    if (this.changeNumber < atLeast)
      throw new GatewayError('policy-unavailable', `change ${atLeast} of the policy was seen and cannot be read`);
  }

  poll(everyMs: number): () => void {
    this.pollMs = everyMs;
    let isAsking = false;
    const ask = async (): Promise<void> => {
      // A store that hangs is asked once, and not once more every second.
      if (isAsking) return;
      isAsking = true;
      await this.inTurn(() => this.follow()).catch(() => undefined);
      isAsking = false;
    };
    const timer = setInterval(() => void ask(), everyMs).unref();
    return () => clearInterval(timer);
  }

  async publish({ source, from, ends = [], act }: Publication): Promise<Published> {
    const folder = source.kind === 'version' ? await this.keptFolder(source.version) : await this.folderOf(source);
    if (folder === null) return { kind: 'unknown' };
    const checked = await this.check(folder);
    return this.inTurn(async () => {
      await this.follow();
      if (from !== null && from !== this.changeNumber) return { kind: 'moved', number: this.changeNumber };
      // What is published is newer than what the watch saw last.
      if (source.kind === 'folder') this.folder = checked;
      const published = await this.publishChecked(checked, ends, act);
      if (source.kind === 'folder' && published.kind === 'in-force') this.folderFollows = published.number;
      await this.compareFolder();
      return published;
    });
  }

  async approve(version: string, approval: Approval): Promise<Published> {
    const kept = await this.keptFolder(version);
    if (kept === null) return { kind: 'unknown' };
    const { loaded, findings } = await this.check(kept);
    return this.inTurn(async () => {
      await this.follow();
      const proposal = (await this.options.store.waiting()).find((one) => one.version === version);
      if (proposal === undefined) return { kind: 'unknown' };
      if (proposal.approvals.some((one) => one.person === approval.person)) return { kind: 'vouched' };
      if (findings.length > 0) return { kind: 'refused', findings };
      await this.options.store.approve(version, proposal.from, approval);
      const published = await this.bring(loaded, version, proposal.from, proposal.act.origin);
      await this.compareFolder();
      return published;
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.watch.close();
    await this.inTurn.settled();
  }

  /** Takes what the store says is in force. */
  private async follow(): Promise<void> {
    if (this.isClosed) return;
    try {
      const now = await this.options.store.inForce();
      if (now.number === this.changeNumber) return this.followed();
      if (now.version === null) {
        this.take(NO_POLICIES, now.number, [...this.set.loaded.keys()], 0);
        return this.followed();
      }
      const breathe = createBreather();
      const kept = await this.options.store.filesOf(now.version).catch(orSpoilt);
      const { loaded, findings } = await checkFiles(kept === null ? new Map() : systemFilesOf(kept), this.set, breathe);
      const isWhole = findings.length === 0 && versionOfLoaded(loaded) === now.version;
      if (!isWhole) {
        this.storeFindings = [
          atFolder('store', `version ${now.version.slice(0, 12)} is in force and cannot be taken by this gateway`),
          ...findings,
        ];
        this.take({ ...NO_POLICIES, sinceMs: this.options.clock() }, now.number, [...this.set.loaded.keys()], 0);
      } else {
        const next = await makeSet(loaded, this.set, this.options.clock, this.onFault, breathe);
        this.storeFindings = [];
        this.take(next.set, now.number, next.changed, next.keysDecided);
      }
      this.followed();
      this.tell();
      await this.compareFolder();
    } catch (cause) {
      this.storeFault = cause instanceof Error ? cause.message : String(cause);
      throw cause;
    }
  }

  /** The one reference by which a policy comes into force. */
  private take(
    set: PolicySet,
    number: number,
    changed: readonly string[],
    keysDecided: number,
    origin: PolicySwap['origin'] = 'follow',
  ): void {
    const previous = this.set.version === '' ? null : this.set.version;
    this.set = set;
    this.changeNumber = number;
    if (changed.length === 0) return;
    const swap: PolicySwap = { version: set.version, previous, number, changed, keysDecided, origin };
    this.options.log.info('policy-swapped', { version: swap.version, number, keys: keysDecided, origin });
    this.options.onSwap?.(swap);
  }

  private followed(): void {
    this.storeFault = null;
    this.followedAtMs = performance.now();
  }

  private async check(read: PolicyFolder): Promise<CheckedFolder> {
    const model = modelFindings(read);
    if (model.length > 0) return { read, loaded: new Map(), findings: model, isUsable: false };
    if (read.systems.size === 0)
      return { read, loaded: new Map(), findings: [atFolder('unreadable', 'there is no system in it')], isUsable: false };
    return { read, ...(await checkFiles(read.systems, this.set, createBreather())), isUsable: true };
  }

  /** Looks again at what the folder said, after another version came into force. */
  private async compareFolder(): Promise<void> {
    if (this.folder !== null) await this.takeFolder(this.folder);
  }

  private async takeFolder(checked: CheckedFolder): Promise<void> {
    if (this.isClosed) return;
    this.folder = checked;
    try {
      this.folderFindings = await this.proposeFolder(checked);
    } catch (cause) {
      throw new StoreFault('the store did not take it', { cause });
    }
    this.tell();
  }

  /** Brings the good of a folder into force, or says why not. */
  private async proposeFolder({ read, loaded: good, findings: wrong, isUsable }: CheckedFolder): Promise<readonly Finding[]> {
    if (!isUsable) return wrong;
    const loaded = new Map(good);
    const findings = [...wrong];
    for (const [name, one] of this.set.loaded) {
      if (loaded.has(name)) continue;
      loaded.set(name, one);
      if (!read.systems.has(name)) findings.push(gone(name));
    }
    if (loaded.size === 0) return findings;
    const version = versionOfLoaded(loaded);
    if (version === this.set.version) {
      // With a system of ours in the place of one that is refused or gone, the folder has agreed to nothing.
      if (loaded.size === good.size) this.folderFollows = this.changeNumber;
      return findings;
    }
    if (this.folderFollows !== this.changeNumber) return [...findings, this.differs(version)];
    const published = await this.proposeLoaded(loaded, version, this.ownAct());
    if (published.kind === 'in-force') this.folderFollows = published.number;
    if (published.kind === 'unchanged' && loaded.size === good.size) this.folderFollows = published.number;
    if (published.kind === 'moved') findings.push(this.differs(version));
    if (published.kind === 'waiting') {
      const message = `version ${version.slice(0, 12)} waits for ${published.lacking} more people: casegate policy approve ${version.slice(0, 12)}`;
      findings.push(atFolder('waits-for-approval', message));
    }
    return findings;
  }

  private differs(version: string): Finding {
    const inForce = `${this.set.version.slice(0, 12)} (change ${this.changeNumber})`;
    return atFolder(
      'folder-differs',
      `the folder says ${version.slice(0, 12)}, and ${inForce} is in force: casegate policy publish brings the folder's`,
    );
  }

  private ownAct(): PolicyAct {
    const origin = this.changeNumber === 0 ? 'start' : 'folder';
    return { origin, account: null, person: null, host: this.options.host, reason: '', atMs: this.options.clock() };
  }

  private folderOf(source: Exclude<Publication['source'], { kind: 'version' }>): Promise<PolicyFolder> {
    return source.kind === 'files' ? Promise.resolve(source.folder) : readPolicyFolder(this.options.folder);
  }

  private async keptFolder(version: string): Promise<PolicyFolder | null> {
    const kept = await this.options.store.filesOf(version);
    return kept === null ? null : folderOfFiles(kept);
  }

  /** By hand all of it, or nothing. */
  private async publishChecked({ loaded, findings }: CheckedFolder, ends: readonly string[], act: PolicyAct): Promise<Published> {
    const ending = [...this.set.loaded.keys()].filter((name) => !loaded.has(name) && !ends.includes(name));
    const wrong = [...findings, ...(findings.length > 0 ? [] : ending.map(wouldEnd))];
    if (wrong.length > 0) return { kind: 'refused', findings: wrong };
    const version = versionOfLoaded(loaded);
    if (version === this.set.version) return { kind: 'unchanged', version, number: this.changeNumber };
    return this.proposeLoaded(loaded, version, act);
  }

  private async proposeLoaded(loaded: ReadonlyMap<string, Loaded>, version: string, act: PolicyAct): Promise<Published> {
    const from = this.changeNumber;
    const changed = changedSystems(loaded, this.set.loaded);
    const { person, ...rest } = act;
    await this.options.store.propose({ version, from, act: rest, changed }, keptFiles(loaded), person);
    return this.bring(loaded, version, from, act.origin);
  }

  /** The next set stands ready before the store is asked, so that nothing lies between the commit and the swap. */
  private async bring(loaded: ReadonlyMap<string, Loaded>, version: string, from: number, origin: PolicyAct['origin']): Promise<Published> {
    const { clock, store, approvalsNeeded } = this.options;
    const next = await makeSet(loaded, this.set, clock, this.onFault, createBreather());
    const rule = { needed: approvalsNeeded, mayVouch: this.options.mayVouch ?? (() => true) };
    const brought = await store.bring(version, from, rule, clock());
    switch (brought.kind) {
      case 'moved':
        // Whoever came first may have brought the very same.
        await this.follow();
        return this.set.version === version
          ? { kind: 'unchanged', version, number: this.changeNumber }
          : { kind: 'moved', number: this.changeNumber };
      case 'waiting':
        this.options.log.info('policy-waits', { version, number: from, waiting: brought.lacking });
        return { kind: 'waiting', version, number: from, lacking: brought.lacking };
      case 'in-force':
        this.storeFindings = [];
        this.take(next.set, brought.number, next.changed, next.keysDecided, origin);
        return { kind: 'in-force', version, number: brought.number, changed: next.changed };
    }
  }

  private tell(): void {
    const { findings } = this.state();
    const text = JSON.stringify(findings);
    if (text === this.told) return;
    this.told = text;
    for (const { rule, file, line, column, message } of findings)
      this.options.log.error('policy-refused', { rule, file, line, column, message });
    this.options.onAlarm?.(findings);
  }

  private readonly onFault = (system: string, cause: unknown): void =>
    this.options.log.error('policy-engine-error', { system, cause: cause instanceof Error ? cause.message : 'unknown' });
}

/** A folder and what was found in it; `loaded` holds the good systems. */
interface CheckedFolder {
  readonly read: PolicyFolder;
  readonly loaded: ReadonlyMap<string, Loaded>;
  readonly findings: readonly Finding[];
  /** false: nothing of it may be looked at, such as under another model. */
  readonly isUsable: boolean;
}

class StoreFault extends Error {}

/** Files that somebody changed in the store are no version; any other fault of the store passes, and it is asked again. */
function orSpoilt(fault: unknown): null {
  if ((fault as { code?: unknown }).code === 'POLICY_SPOILT') return null;
  throw fault;
}

function codeOf(cause: unknown): string {
  const fault = cause instanceof StoreFault ? cause.cause : cause;
  const { code, message } = fault as { readonly code?: unknown; readonly message?: unknown };
  return String(code ?? message ?? 'unknown fault');
}

const atFolder = (rule: Finding['rule'], message: string): Finding => finding(rule, { file: '.', line: 1, column: 1, word: '' }, message);

const gone = (name: string): Finding =>
  finding(
    'folder-gone',
    { file: name, line: 1, column: 1, word: name },
    `the folder is gone; its policy stays in force until casegate policy publish --end ${name}`,
  );

const wouldEnd = (name: string): Finding =>
  finding(
    'folder-gone',
    { file: name, line: 1, column: 1, word: name },
    `it is in force and would end by this; if that is meant, add --end ${name}`,
  );
