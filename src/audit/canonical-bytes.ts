import type { Source } from '../vocabulary/access';
import type { AccessEntry, EntryKey, EntryOutcome, EntryRecord, EntryWho } from '../vocabulary/access-entry';

/**
 * The text of an entry that is stored and hashed: JSON with the keys in the order in which AccessEntry declares them, whatever
 * order the object has. What AccessEntry does not declare is left out (inside `details` everything stays).
 *
 * Written by hand because it is on the way of every request: what one caller or one decision says is the same for thousands of entries
 * and is spelled once. A test holds it equal to JSON.stringify.
 */
export function canonicalBytes(entry: AccessEntry): string {
  const { source, upstream, outcome } = entry;
  return (
    `{"format":${entry.format},"accessId":${word(entry.accessId)},"kind":${word(entry.kind)},"at":${word(entry.at)},"source":` +
    (source === null ? 'null' : spelled(source, sourceText)) +
    `,"who":${entry.who === null ? 'null' : spelled(entry.who, whoText)},"system":${wordOrNull(entry.system)},"environment":` +
    `${wordOrNull(entry.environment)},"route":${wordOrNull(entry.route)},"method":${wordOrNull(entry.method)},"action":` +
    `${wordOrNull(entry.action)},"records":${recordsText(entry.records)},"outcome":${spelled(outcome, outcomeText)},"upstream":` +
    (upstream === null ? 'null' : `{"outcome":${word(upstream.outcome)},"durationMs":${JSON.stringify(upstream.durationMs)}}`) +
    `,"policyVersion":${wordOrNull(entry.policyVersion)},"directoryVersion":${entry.directoryVersion},"registryVersion":` +
    `${entry.registryVersion}${entry.details === undefined ? '' : `,"details":${JSON.stringify(entry.details)}`}}`
  );
}

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
  `${spelled(record.withheld, JSON.stringify)},"keys":${spelled(record.keys, keysText)},"unclassifiedFields":${record.unclassifiedFields}}`;

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
