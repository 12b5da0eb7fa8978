import type { Clock } from '../vocabulary/clock';
import { GatewayError } from '../vocabulary/errors';
import { createBreather } from './breather';
import { modelFindings } from './check-policy-folder';
import { type Finding, finding } from './finding';
import { keptFiles, systemFilesOf } from './kept-files';
import type { PolicyInForce } from './policy-in-force';
import { changedSystems, checkFiles, type Loaded, makeSet, NO_POLICIES, type PolicySet, versionOfLoaded } from './policy-set';
import type { Approval, PolicyAct, PolicyStore } from './policy-store';
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

export interface Publication {
  /** The desk's own folder, files that were sent, or a version that was kept. */
  readonly source:
    | { readonly kind: 'folder' }
    | { readonly kind: 'files'; readonly folder: PolicyFolder }
    | { readonly kind: 'version'; readonly version: string };
  /** The change that whoever asks has seen; another one in force refuses (POL-21). */
  readonly from: number | null;
  readonly act: PolicyAct;
}

export type Published =
  | { readonly kind: 'in-force'; readonly version: string; readonly number: number; readonly changed: readonly string[] }
  | { readonly kind: 'unchanged'; readonly version: string; readonly number: number }
  /** So many more people must vouch for it. */
  | { readonly kind: 'waiting'; readonly version: string; readonly number: number; readonly lacking: number }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] }
  /** Another change came first. */
  | { readonly kind: 'moved'; readonly number: number }
  /** This person had vouched for it before. */
  | { readonly kind: 'vouched' }
  /** No such version is kept, or none waits. */
  | { readonly kind: 'unknown' };

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
  private folder: PolicyFolder | null = null;
  private folderFindings: readonly Finding[] = [];
  private storeFindings: readonly Finding[] = [];
  private told = '[]';
  private lastLookMs = 0;
  private storeFault: string | null = null;
  /** performance.now(): a clock that is set does not make a policy old. */
  private followedAtMs = 0;
  private pollMs: number | null = null;
  private isClosed = false;
  private turns: Promise<unknown> = Promise.resolve();
  private readonly watch: FolderWatch;

  constructor(private readonly options: PolicyDeskOptions) {
    this.watch = watchPolicyFolder({
      folder: options.folder,
      pollMs: options.pollMs ?? 400,
      onChange: (read) => this.inTurn(() => this.takeFolder(read)),
      onLook: () => (this.lastLookMs = options.clock()),
      onFault: (cause) => {
        const message = `the policy folder cannot be taken: ${String((cause as NodeJS.ErrnoException).code ?? (cause as Error).message)}`;
        this.folderFindings = [atFolder('unreadable', message)];
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
    await this.watch.look();
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
    const timer = setInterval(() => void this.inTurn(() => this.follow()).catch(() => undefined), everyMs).unref();
    return () => clearInterval(timer);
  }

  publish(publication: Publication): Promise<Published> {
    return this.inTurn(async () => {
      await this.follow();
      const { source, from, act } = publication;
      if (from !== null && from !== this.changeNumber) return { kind: 'moved', number: this.changeNumber };
      const folder = source.kind === 'version' ? await this.keptFolder(source.version) : await this.folderOf(source);
      if (folder === null) return { kind: 'unknown' };
      // What is published is newer than what the watch saw last.
      if (source.kind === 'folder') this.folder = folder;
      const published = await this.publishFolder(folder, act);
      if (source.kind === 'folder' && published.kind === 'in-force') this.folderFollows = published.number;
      await this.compareFolder();
      return published;
    });
  }

  approve(version: string, approval: Approval): Promise<Published> {
    return this.inTurn(async () => {
      await this.follow();
      const proposal = (await this.options.store.waiting()).find((one) => one.version === version);
      const kept = proposal === undefined ? null : await this.options.store.filesOf(version);
      if (proposal === undefined || kept === null) return { kind: 'unknown' };
      if (proposal.approvals.some((one) => one.person === approval.person)) return { kind: 'vouched' };
      const checked = await checkFiles(systemFilesOf(kept), this.set, createBreather());
      if (checked.findings.length > 0) return { kind: 'refused', findings: checked.findings };
      await this.options.store.approve(version, proposal.from, approval);
      const published = await this.bring(checked.loaded, version, proposal.from, proposal.act.origin);
      await this.compareFolder();
      return published;
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.watch.close();
    await this.turns;
  }

  /** What changes the set waits for what changes it now: no two look at one state. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.turns.then(work);
    this.turns = turn.catch(() => undefined);
    return turn;
  }

  /** Takes what the store says is in force. */
  private async follow(): Promise<void> {
    if (this.isClosed) return;
    try {
      const now = await this.options.store.inForce();
      this.storeFault = null;
      this.followedAtMs = performance.now();
      if (now.number === this.changeNumber) return;
      if (now.version === null) return this.take(NO_POLICIES, now.number, [...this.set.loaded.keys()], 0);
      const breathe = createBreather();
      const kept = await this.options.store.filesOf(now.version);
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

  /** Looks again at what the folder said, after another version came into force. */
  private async compareFolder(): Promise<void> {
    if (this.folder !== null) await this.takeFolder(this.folder);
  }

  private async takeFolder(read: PolicyFolder): Promise<void> {
    if (this.isClosed) return;
    this.folder = read;
    this.folderFindings = await this.proposeFolder(read);
    this.tell();
  }

  /** Brings the good of a folder into force, or says why not. */
  private async proposeFolder(read: PolicyFolder): Promise<readonly Finding[]> {
    const model = modelFindings(read);
    if (model.length > 0) return model;
    if (read.systems.size === 0) return [atFolder('unreadable', 'the folder holds no system')];
    const checked = await checkFiles(read.systems, this.set, createBreather());
    const loaded = new Map(checked.loaded);
    const findings = [...checked.findings];
    for (const [name, one] of this.set.loaded) {
      if (loaded.has(name)) continue;
      loaded.set(name, one);
      if (!read.systems.has(name))
        findings.push(
          finding(
            'folder-gone',
            { file: name, line: 1, column: 1, word: name },
            `the folder is gone; its policy stays in force until casegate policy publish ends it`,
          ),
        );
    }
    const version = versionOfLoaded(loaded);
    if (version === this.set.version) {
      this.folderFollows = this.changeNumber;
      return findings;
    }
    if (loaded.size === 0) return findings;
    if (this.folderFollows !== this.changeNumber) return [...findings, this.differs(version)];
    const published = await this.proposeLoaded(loaded, version, this.ownAct());
    if (published.kind === 'in-force') this.folderFollows = published.number;
    if (published.kind === 'moved') {
      await this.follow();
      if (this.set.version !== version) findings.push(this.differs(version));
    }
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
    return kept === null ? null : { model: null, systems: systemFilesOf(kept), signature: '' };
  }

  /** By hand all of it, or nothing. A kept version has no model of its own: that of this release is in force. */
  private async publishFolder(folder: PolicyFolder, act: PolicyAct): Promise<Published> {
    const model = folder.model === null ? [] : modelFindings(folder);
    const empty = folder.systems.size === 0 ? [atFolder('unreadable', 'there is no system in it')] : [];
    const { loaded, findings } = await checkFiles(folder.systems, this.set, createBreather());
    const wrong = [...model, ...empty, ...findings];
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
    const brought = await store.bring(version, from, approvalsNeeded, clock());
    switch (brought.kind) {
      case 'moved':
        return { kind: 'moved', number: this.changeNumber };
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
    for (const one of findings) this.options.log.error('policy-refused', { ...one });
    this.options.onAlarm?.(findings);
  }

  private readonly onFault = (system: string, cause: unknown): void =>
    this.options.log.error('policy-engine-error', { system, cause: cause instanceof Error ? cause.message : 'unknown' });
}

const atFolder = (rule: Finding['rule'], message: string): Finding => finding(rule, { file: '.', line: 1, column: 1, word: '' }, message);
