import type { AccessEntry, EntryKey, EntryRecord, EntryWho } from '../vocabulary/access-entry';
import type { Source } from '../vocabulary/access';

/**
 * The text of an entry that is stored and hashed: JSON with the keys in the order in which AccessEntry declares them, whatever
 * order the object has. What AccessEntry does not declare is left out (inside `details` everything stays).
 */
export const canonicalBytes = (entry: AccessEntry): string =>
  JSON.stringify({
    format: entry.format,
    accessId: entry.accessId,
    kind: entry.kind,
    at: entry.at,
    source: entry.source && sourceInOrder(entry.source),
    who: entry.who && whoInOrder(entry.who),
    system: entry.system,
    environment: entry.environment,
    route: entry.route,
    method: entry.method,
    action: entry.action,
    records: entry.records.map(recordInOrder),
    outcome: { status: entry.outcome.status, code: entry.outcome.code, reasons: entry.outcome.reasons },
    upstream: entry.upstream && { outcome: entry.upstream.outcome, durationMs: entry.upstream.durationMs },
    policyVersion: entry.policyVersion,
    directoryVersion: entry.directoryVersion,
    registryVersion: entry.registryVersion,
    details: entry.details,
  });

const sourceInOrder = (source: Source): Source => ({ address: source.address, forwardedFor: source.forwardedFor });

const whoInOrder = (who: EntryWho): EntryWho => ({
  account: who.account,
  person: who.person,
  organization: who.organization,
  issuer: who.issuer,
  application: who.application,
  actor: who.actor,
  memberships: who.memberships,
});

const recordInOrder = (record: EntryRecord): EntryRecord => ({
  id: record.id,
  digest: record.digest,
  disclosure: record.disclosure,
  disclosed: record.disclosed,
  withheld: record.withheld,
  keys: record.keys.map(keyInOrder),
  unclassifiedFields: record.unclassifiedFields,
});

const keyInOrder = (key: EntryKey): EntryKey => ({
  environment: key.environment,
  application: key.application,
  workgroup: key.workgroup,
  relations: key.relations,
  privacy: key.privacy,
  when: key.when,
});
