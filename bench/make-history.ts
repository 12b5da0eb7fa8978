import { createHash, randomUUID } from 'node:crypto';
import { canonicalBytes } from '../src/audit/canonical-bytes';
import { firstPrevHash } from '../src/audit/chain-hash';
import type { LogStore, Tail } from '../src/audit/log-store';
import { packEntries } from '../src/audit/pack-entries';
import { rollUp } from '../src/audit/roll-up';
import { uuidV7Maker } from '../src/audit/uuid-v7';
import type { PolicyInForce } from '../src/decide/policy-in-force';
import type { ApplicationGrant, Decision, DecisionKey } from '../src/vocabulary/access';
import type { AccessEntry, EntryKey, EntryRecord } from '../src/vocabulary/access-entry';
import type { Test } from '../src/vocabulary/case-system';
import { toMoment } from '../src/vocabulary/moment';
import { randomOf } from './random';

export interface History {
  readonly entries: number;
  /** The first entry; the others follow in even steps. Epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Whose policy decided. */
  readonly policy: PolicyInForce;
  readonly seed: number;
}

export interface MadeHistory {
  readonly flushes: number;
  /** Distinct decisions: keys with what narrowed them, and the sections granted. */
  readonly distinct: number;
}

/**
 * Writes an access history into a store by the writer of the log itself: chained entries, flushes of 1 to 64, roll-ups with each.
 *
 * About 2,000 people of all workgroups of workforce-one, 40,000 records of which one in ten is private; one entry in twelve through an
 * application that narrows, one in fifty by a service that acts, one in twenty people with two memberships, one in thirty refused
 * before any policy was asked. Some two hundred distinct decisions, a few of them very frequent. The same seed makes the same history.
 */
export async function makeHistory(store: LogStore, { entries, fromMs, toMs, policy, seed }: History): Promise<MadeHistory> {
  const random = randomOf(seed);
  const chain = randomUUID();
  await store.openChain(chain, fromMs);
  let atMs = fromMs;
  const newAccessId = uuidV7Maker(() => atMs);
  const maker = new EntryMaker(policy, random);
  let tail: Tail = { seq: 0, hash: firstPrevHash(chain) };
  let flushes = 0;
  for (let left = entries; left > 0; flushes += 1) {
    const size = Math.min(left, 1 + Math.floor(random() * 64));
    const batch: AccessEntry[] = [];
    for (let i = 0; i < size; i += 1) {
      atMs = Math.floor(fromMs + ((toMs - fromMs) * (entries - left + i)) / entries);
      batch.push(maker.entry(newAccessId(), atMs));
    }
    left -= size;
    const packed = packEntries(
      tail,
      batch.map((entry) => ({ accessId: entry.accessId, atMs: Date.parse(entry.at), kind: entry.kind, bytes: canonicalBytes(entry) })),
    );
    tail = packed.tail;
    const { rows, packed: bytes } = packed;
    const done = await store.flush({ chain, rows, packed: bytes, rollups: rollUp(batch, atMs), expect: null });
    if (done.kind !== 'durable') throw new Error('the store did not take a flush');
  }
  return { flushes, distinct: maker.distinct };
}

const PEOPLE = 2_000;
const RECORDS = 40_000;
const WORKGROUPS = ['employment-counselor', 'supervisor', 'data-specialist', 'monitor', 'referred-service-worker'];
const RELATIONS = ['assigned', 'supervisor', 'data-specialist', 'monitor', 'referred'];
const SYSTEM = 'workforce-one';
const WHOLE: ApplicationGrant = { system: SYSTEM, actions: ['*'], sections: ['*'] };
const NARROW: readonly ApplicationGrant[] = [
  { system: SYSTEM, actions: ['read'], sections: ['basic', 'contact'] },
  { system: SYSTEM, actions: ['read'], sections: ['basic', 'case-notes', 'documents', 'activities'] },
];

class EntryMaker {
  readonly #seen = new Map<Decision, Pick<EntryRecord, 'disclosure' | 'disclosed' | 'withheld' | 'keys' | 'narrowing'>>();
  readonly #texts = new Set<string>();

  constructor(
    private readonly policy: PolicyInForce,
    private readonly random: () => number,
  ) {}

  get distinct(): number {
    return this.#texts.size;
  }

  entry(accessId: string, atMs: number): AccessEntry {
    const person = Math.floor(this.random() ** 2 * PEOPLE);
    const isRefused = this.random() < 1 / 30;
    const isActed = this.random() < 1 / 50;
    const application = this.random() < 1 / 12 ? (person % WORKGROUPS.length) % NARROW.length : -1;
    const record = Math.floor(this.random() ** 3 * RECORDS);
    const common = {
      format: 1 as const,
      accessId,
      kind: 'access' as const,
      at: toMoment(atMs),
      source: { address: `10.20.${person % 200}.${record % 250}` },
      who: {
        account: `account-${person}`,
        person: `person-${person}`,
        organization: 'north',
        issuer: 'https://login.bench.example',
        application: application < 0 ? 'portal' : `narrow-${application}`,
        actor: isActed ? 'assistant' : null,
        memberships: [`m-${person}`],
      },
      system: SYSTEM,
      environment: 'production' as const,
      route: 'read-record',
      method: 'GET',
      action: 'read',
      directoryVersion: 7,
      registryVersion: 3,
      policyVersion: this.policy.version,
    };
    if (isRefused) {
      const digest = createHash('sha256').update(String(record)).digest('hex');
      const records = [{ digest, disclosure: 'none' as const, disclosed: {}, withheld: {}, keys: [], unclassifiedFields: 0 }];
      return { ...common, records, outcome: { status: 404, code: 'record-hidden', reasons: ['record-unknown'] }, upstream: null };
    }
    const decision = this.decide(person, record, application, isActed);
    const isHidden = decision.disclosure === 'none';
    return {
      ...common,
      records: [{ id: `R${record}`, ...this.words(decision), unclassifiedFields: 0 }],
      outcome: { status: isHidden ? 404 : 200, code: isHidden ? 'record-hidden' : 'ok', reasons: decision.reasons },
      upstream: { outcome: 'answered', durationMs: 3 + (record % 9) },
    };
  }

  private decide(person: number, record: number, application: number, isActed: boolean): Decision {
    const { system } = this.policy;
    const isPrivate = record % 10 === 0;
    const keys = [this.key(person, isPrivate)] as [DecisionKey, ...DecisionKey[]];
    if (person % 20 === 0) keys.push(this.keyOf('monitor', ['monitor'], isPrivate, ['in-scope']));
    const actorKeys = isActed ? [this.keyOf('referred-service-worker', [], isPrivate, ['in-scope'])] : null;
    const route = system.routes.find((one) => one.name === 'read-record');
    if (route === undefined) throw new Error('the policy has no route read-record');
    return this.policy.decide({ route, keys, grant: NARROW[application] ?? WHOLE, actorKeys });
  }

  private key(person: number, isPrivate: boolean): DecisionKey {
    const workgroup = WORKGROUPS[person % WORKGROUPS.length] ?? '';
    const isPrivileged = (workgroup === 'supervisor' || workgroup === 'data-specialist') && person % 3 === 0;
    const relations = this.random() < 0.6 ? [RELATIONS[person % RELATIONS.length] ?? ''] : [];
    const when = [...(this.random() < 0.8 ? ['in-scope'] : []), ...(isPrivileged ? ['private-privilege'] : [])];
    return this.keyOf(workgroup, relations, isPrivate, when);
  }

  private keyOf(workgroup: string, relations: readonly string[], isPrivate: boolean, when: readonly string[]): DecisionKey {
    const { system } = this.policy;
    return {
      environment: 'production',
      application: 'case-work',
      workgroup,
      relations: maskOf(system.relations, relations),
      isPrivate,
      conditions: maskOf(system.conditions, when),
    };
  }

  /** As the pipeline's scribe words them. */
  private words(decision: Decision) {
    const known = this.#seen.get(decision);
    if (known !== undefined) return known;
    const { sections, relations, conditions } = this.policy.system;
    const disclosed = Object.fromEntries(sections.flatMap((name, i) => (decision.granted[i] ? [[name, decision.ruleLines[i] ?? 0]] : [])));
    const withheld = Object.fromEntries(
      sections.flatMap((name, i) => (decision.withheld[i] ? [[name, String(decision.withheld[i])]] : [])),
    );
    const keyWords = ({ relations: held, conditions: holding, isPrivate, environment, application, workgroup }: DecisionKey): EntryKey => ({
      environment,
      application,
      workgroup,
      relations: wordsOf(relations, held),
      privacy: isPrivate ? 'private' : 'open',
      when: wordsOf(conditions, holding),
    });
    const { narrowing } = decision;
    const said = Object.freeze({
      disclosure: decision.disclosure,
      disclosed: Object.freeze(disclosed),
      withheld: Object.freeze(withheld),
      keys: Object.freeze(decision.keys.map(keyWords)),
      ...(narrowing === null
        ? {}
        : { narrowing: Object.freeze({ carries: narrowing.carries, actorKeys: narrowing.actorKeys?.map(keyWords) ?? null }) }),
    });
    this.#texts.add(JSON.stringify([said.keys, 'narrowing' in said ? said.narrowing : null, Object.keys(disclosed)]));
    // A decision of several memberships is made anew each time, and only one that is remembered comes again.
    if (decision.keys.length === 1 && (narrowing?.actorKeys ?? null) === null) this.#seen.set(decision, said);
    return said;
  }
}

const maskOf = (tests: readonly Test[], words: readonly string[]): number =>
  tests.reduce((mask, { word }, bit) => (words.includes(word) ? mask | (1 << bit) : mask), 0);

const wordsOf = (tests: readonly Test[], mask: number): readonly string[] =>
  tests.filter((_, bit) => (mask & (1 << bit)) !== 0).map((test) => test.word);
