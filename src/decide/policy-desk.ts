import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../vocabulary/clock';
import type { AnswerMemory } from './answer-memory';
import { type Breathe, createBreather } from './breather';
import { modelFindings } from './check-policy-folder';
import { checkSystem } from './check-system';
import { type Finding, finding } from './finding';
import { createPolicyInForce, type PolicyInForce, type PolicyParts } from './policy-in-force';
import { folderSignature, type PolicyFolder, readPolicyFolder, SYSTEM_FILES, type SystemFiles, versionOf } from './read-policy-folder';
import type { CaseSystem, Test } from '../vocabulary/case-system';

export interface PolicyDeskLog {
  info(event: string, fields: Readonly<Record<string, unknown>>): void;
  error(event: string, fields: Readonly<Record<string, unknown>>): void;
}

export interface PolicyDeskOptions {
  /** Holds model.conf and one folder for each system. */
  readonly folder: string;
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
  /** Systems whose policy is another one than before, or gone. */
  readonly changed: readonly string[];
  /** Keys of the old version that were decided under the new one before it came into force. */
  readonly keysDecided: number;
}

export interface PolicyDeskState {
  readonly version: string;
  readonly inForceSinceMs: number;
  readonly systems: readonly string[];
  /** True where files are refused and older ones (or none) are in force. */
  readonly isAlarmed: boolean;
  readonly findings: readonly Finding[];
  readonly lastLookMs: number;
}

/**
 * Keeps the policy in force. Files are loaded at start and on every change: read whole, checked, their cases run,
 * and then the whole set is swapped by one reference.
 *
 * A system whose files are refused at start has no policy; one whose files are refused later keeps its last good ones,
 * while the other systems go on; the version always names exactly the files in force. A folder taken away takes its
 * policy with it.
 *
 * Source  GW-05; design.md, What always holds, 8; POL-01 … POL-03, C06, C08, C09, C22.
 */
export interface PolicyDesk {
  /** The policy of a system; undefined where none is in force (policy-unavailable). Hold it for a whole request. */
  current(system: string): PolicyInForce | undefined;
  readonly version: string;
  state(): PolicyDeskState;
  /** Looks at the files now; resolves when what they say is in force or refused. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** Rejects where the folder cannot be read at start. */
export async function createPolicyDesk(options: PolicyDeskOptions): Promise<PolicyDesk> {
  const desk = new Desk(options);
  await desk.start();
  return desk;
}

/** One whole policy set. Replaced, never changed. */
interface PolicySet {
  readonly version: string;
  readonly policies: ReadonlyMap<string, PolicyInForce>;
  readonly loaded: ReadonlyMap<string, Loaded>;
  readonly sinceMs: number;
}

interface Loaded {
  readonly files: SystemFiles;
  readonly parts: PolicyParts;
}

/** An editor that saves in place writes twice; a change is read when the files have held still this long. */
const SETTLE_MS = 40;

class Desk implements PolicyDesk {
  private set: PolicySet = { version: '', policies: new Map(), loaded: new Map(), sinceMs: 0 };
  private findings: readonly Finding[] = [];
  private signature: string | null = null;
  private lastLookMs = 0;
  private looking: Promise<void> | null = null;
  private isAgain = false;
  private isClosed = false;
  private readonly watchers = new Map<string, FSWatcher>();
  private timer: NodeJS.Timeout | null = null;
  private settling: NodeJS.Timeout | null = null;

  constructor(private readonly options: PolicyDeskOptions) {}

  async start(): Promise<void> {
    const read = await readPolicyFolder(this.options.folder);
    await this.take(read);
    this.watchFolders();
    this.timer = setInterval(() => void this.refresh(), this.options.pollMs ?? 400);
    this.timer.unref();
  }

  get version(): string {
    return this.set.version;
  }

  current(system: string): PolicyInForce | undefined {
    return this.set.policies.get(system);
  }

  state(): PolicyDeskState {
    const { version, sinceMs, policies } = this.set;
    return {
      version,
      inForceSinceMs: sinceMs,
      systems: [...policies.keys()],
      isAlarmed: this.findings.length > 0,
      findings: this.findings,
      lastLookMs: this.lastLookMs,
    };
  }

  /** One look at a time; a call during a look waits for one more (POL-03). */
  refresh(): Promise<void> {
    if (this.isClosed) return Promise.resolve();
    if (this.looking) {
      this.isAgain = true;
      return this.looking;
    }
    this.looking = this.look().finally(() => (this.looking = null));
    return this.looking;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    if (this.timer) clearInterval(this.timer);
    if (this.settling) clearTimeout(this.settling);
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
    await this.looking;
  }

  private async look(): Promise<void> {
    do {
      this.isAgain = false;
      try {
        if ((await folderSignature(this.options.folder)) !== this.signature) {
          await this.take(await readPolicyFolder(this.options.folder));
          this.watchFolders();
        }
        this.lastLookMs = this.options.clock();
      } catch (error) {
        // C09: what cannot be read changes nothing; it is looked at again, and the alarm says so.
        const message = `the policy folder cannot be taken: ${String((error as NodeJS.ErrnoException).code ?? (error as Error).message)}`;
        this.signature = null;
        this.alarm([finding('unreadable', { file: '.', line: 1, column: 1, word: '' }, message)]);
      }
    } while (this.isAgain && !this.isClosed);
  }

  /** Checks what was read and brings the good of it into force. */
  private async take(read: PolicyFolder): Promise<void> {
    const breathe = createBreather();
    const findings: Finding[] = [...modelFindings(read)];
    const loaded = new Map<string, Loaded>();
    if (findings.length > 0) this.set.loaded.forEach((one, name) => loaded.set(name, one));
    else {
      for (const [name, files] of read.systems) {
        const before = this.set.loaded.get(name);
        const checked = before && isSame(before.files, files) ? null : await checkSystem(name, files, breathe, before?.parts.system);
        if (checked) findings.push(...checked.findings);
        const next = checked?.parts ? { files, parts: checked.parts } : before;
        if (next) loaded.set(name, next);
      }
      if (read.systems.size === 0)
        findings.push(finding('unreadable', { file: '.', line: 1, column: 1, word: '' }, 'the folder holds no system'));
    }
    if (this.isClosed) return;
    await this.swap(loaded, breathe);
    this.signature = read.signature;
    this.lastLookMs = this.options.clock();
    this.alarm(findings);
  }

  private async swap(loaded: ReadonlyMap<string, Loaded>, breathe: Breathe): Promise<void> {
    const previous = this.set;
    const names = [...new Set([...loaded.keys(), ...previous.loaded.keys()])];
    const changed = names.filter((name) => loaded.get(name) !== previous.loaded.get(name));
    if (changed.length === 0 && previous.version !== '') return;
    let keysDecided = 0;
    for (const name of changed) {
      const [before, after] = [previous.loaded.get(name), loaded.get(name)];
      if (before && after) keysDecided += await decideAgain(before.parts, after.parts, breathe);
    }
    if (this.isClosed) return;
    const version = versionOf(new Map([...loaded].map(([name, one]) => [name, one.files])));
    const policies = new Map<string, PolicyInForce>();
    for (const [name, { parts }] of loaded) {
      policies.set(
        name,
        createPolicyInForce(parts, version, (cause) =>
          this.options.log.error('policy-engine-error', { system: name, cause: cause instanceof Error ? cause.message : 'unknown' }),
        ),
      );
    }
    // The one reference by which a policy comes into force.
    this.set = { version, policies, loaded, sinceMs: this.options.clock() };
    const swap: PolicySwap = { version, previous: previous.version === '' ? null : previous.version, changed, keysDecided };
    this.options.log.info('policy-swapped', { ...swap });
    this.options.onSwap?.(swap);
  }

  private alarm(findings: readonly Finding[]): void {
    const isNews = JSON.stringify(findings) !== JSON.stringify(this.findings);
    this.findings = findings;
    if (!isNews) return;
    for (const one of findings) this.options.log.error('policy-refused', { ...one });
    this.options.onAlarm?.(findings);
  }

  /** The file system's own notices make a change felt sooner; where they fail, the poll remains. */
  private watchFolders(): void {
    const folders = [this.options.folder, ...[...this.set.loaded.keys()].map((name) => join(this.options.folder, name))];
    for (const [folder, watcher] of this.watchers) {
      if (folders.includes(folder)) continue;
      watcher.close();
      this.watchers.delete(folder);
    }
    for (const folder of folders) {
      if (this.isClosed || this.watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, { persistent: false }, () => this.settle());
        watcher.on('error', () => {
          watcher.close();
          this.watchers.delete(folder);
        });
        this.watchers.set(folder, watcher);
      } catch {
        // The poll finds it.
      }
    }
  }

  private settle(): void {
    if (this.isClosed) return;
    if (this.settling) clearTimeout(this.settling);
    this.settling = setTimeout(() => void this.refresh(), SETTLE_MS);
    this.settling.unref();
  }
}

const isSame = (a: SystemFiles, b: SystemFiles): boolean =>
  SYSTEM_FILES.every((file) => {
    const [one, other] = [a[file], b[file]];
    return one === null || other === null ? one === other : one.equals(other);
  });

/** Decides the keys that the old policy has met under the new one, so that no request after the swap is cold. */
async function decideAgain(before: PolicyParts, after: PolicyParts, breathe: Breathe): Promise<number> {
  const memory: AnswerMemory = after.memory;
  const relations = translation(before.system, after.system, (system) => system.relations);
  const conditions = translation(before.system, after.system, (system) => system.conditions);
  let decided = 0;
  for (const { key, action } of before.memory.keys()) {
    memory.answer({ ...key, relations: translate(key.relations, relations), conditions: translate(key.conditions, conditions) }, action);
    decided += 1;
    await breathe();
  }
  return decided;
}

/** For each bit of the old words the bit of the same word now; 0 where the word is gone. */
function translation(before: CaseSystem, after: CaseSystem, words: (system: CaseSystem) => readonly Test[]): readonly number[] {
  const now = words(after).map((test) => test.word);
  return words(before).map(({ word }) => (now.includes(word) ? 1 << now.indexOf(word) : 0));
}

const translate = (mask: number, bits: readonly number[]): number =>
  bits.reduce((all, bit, i) => ((mask & (1 << i)) === 0 ? all : all | bit), 0);
