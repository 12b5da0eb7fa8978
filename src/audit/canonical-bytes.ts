import type { Source } from '../vocabulary/access';
import type { AccessEntry, EntryKey, EntryNarrowing, EntryOutcome, EntryRecord, EntryWho } from '../vocabulary/access-entry';

/**
 * The text of an entry that is stored and hashed: JSON with the keys in the order in which AccessEntry declares them, whatever
 * order the object has. What AccessEntry does not declare is left out (inside `details` everything stays).
 *
 * Written by hand because it is on the way of every request: what one caller or one decision says is the same for thousands of entries
 * and is spelled once. A test holds it equal to JSON.stringify.
 */
export function canonicalBytes(entry: AccessEntry): string {
  const { source, who, upstream, details } = entry;
  return (
    `{"format":${entry.format},"accessId":${word(entry.accessId)},"kind":${word(entry.kind)},"at":${word(entry.at)},"source":` +
    `${source === null ? 'null' : spelled(source, sourceText)},"who":${who === null ? 'null' : spelled(who, whoText)}${place.of(entry)}` +
    `,"records":${recordsText(entry.records)},"outcome":${spelled(entry.outcome, outcomeText)},"upstream":` +
    (upstream === null ? 'null' : `{"outcome":${word(upstream.outcome)},"durationMs":${JSON.stringify(upstream.durationMs)}}`) +
    versions.of(entry) +
    (details === undefined ? '}' : `,"details":${JSON.stringify(details)}}`)
  );
}

/** The text of some fields of an entry, kept for as long as the next entry says the same in them. */
class LastSaid<Field extends keyof AccessEntry> {
  readonly #fields: readonly Field[];
  readonly #spell: (entry: AccessEntry) => string;
  #said: readonly unknown[] = [];
  #text = '';

  constructor(fields: readonly Field[], spell: (entry: AccessEntry) => string) {
    this.#fields = fields;
    this.#spell = spell;
  }

  of(entry: AccessEntry): string {
    const fields = this.#fields;
    for (let at = 0; at < fields.length; at += 1) if (this.#said[at] !== entry[fields[at] as Field]) return this.#anew(entry);
    return this.#text;
  }

  #anew(entry: AccessEntry): string {
    this.#said = this.#fields.map((field) => entry[field]);
    return (this.#text = this.#spell(entry));
  }
}

const place = new LastSaid(
  ['system', 'environment', 'route', 'method', 'action'],
  ({ system, environment, route, method, action }) =>
    `,"system":${wordOrNull(system)},"environment":${wordOrNull(environment)},"route":${wordOrNull(route)},"method":${wordOrNull(method)}` +
    `,"action":${wordOrNull(action)}`,
);

const versions = new LastSaid(
  ['policyVersion', 'directoryVersion', 'registryVersion'],
  ({ policyVersion, directoryVersion, registryVersion }) =>
    `,"policyVersion":${wordOrNull(policyVersion)},"directoryVersion":${directoryVersion},"registryVersion":${registryVersion}`,
);

const SPELLED = new WeakMap<object, string>();

/** The text of a value, remembered where it can no longer change. */
export function spelled<T extends object>(value: T, spell: (value: T) => string): string {
  const known = SPELLED.get(value);
  if (known !== undefined) return known;
  const text = spell(value);
  if (Object.isFrozen(value)) SPELLED.set(value, text);
  return text;
}

const recordsText = (records: readonly EntryRecord[]): string =>
  records.length === 1 ? `[${recordText(records[0] as EntryRecord)}]` : `[${records.map(recordText).join(',')}]`;

const sourceText = (source: Source): string => `{"address":${word(source.address)}${optional('forwardedFor', source.forwardedFor)}}`;

const outcomeText = ({ status, code, reasons }: EntryOutcome): string =>
  `{"status":${status},"code":${word(code)},"reasons":${JSON.stringify(reasons)}}`;

const recordText = (record: EntryRecord): string =>
  `{${record.id === undefined ? '' : `"id":${word(record.id)},`}${record.digest === undefined ? '' : `"digest":${word(record.digest)},`}` +
  `"disclosure":${word(record.disclosure)},"disclosed":${spelled(record.disclosed, JSON.stringify)},"withheld":` +
  `${spelled(record.withheld, JSON.stringify)},"keys":${spelled(record.keys, keysText)}` +
  (record.narrowing === undefined ? '' : `,"narrowing":${spelled(record.narrowing, narrowingText)}`) +
  `,"unclassifiedFields":${record.unclassifiedFields}}`;

/** The decision keys of a record as they stand in its entry and in the roll-ups. */
export const keysText = (keys: readonly EntryKey[]): string =>
  JSON.stringify(
    keys.map((key) => ({
      environment: key.environment,
      application: key.application,
      workgroup: key.workgroup,
      relations: key.relations,
      privacy: key.privacy,
      when: key.when,
    })),
  );

/** What narrowed them, likewise. */
export const narrowingText = ({ carries, actorKeys }: EntryNarrowing): string =>
  `{"carries":${JSON.stringify(carries)},"actorKeys":${actorKeys === null ? 'null' : keysText(actorKeys)}}`;

const whoText = (who: EntryWho): string =>
  JSON.stringify({
    account: who.account,
    person: who.person,
    organization: who.organization,
    issuer: who.issuer,
    application: who.application,
    actor: who.actor,
    memberships: who.memberships,
  });

/** Words of ours and ids are plain; anything else is spelled by JSON.stringify. */
const word = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));
const PLAIN = /^[A-Za-z0-9:._-]*$/;
const wordOrNull = (text: string | null): string => (text === null ? 'null' : word(text));
const optional = (name: string, text: string | undefined): string => (text === undefined ? '' : `,"${name}":${word(text)}`);
