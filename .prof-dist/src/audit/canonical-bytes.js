"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.keysText = void 0;
exports.canonicalBytes = canonicalBytes;
exports.spelled = spelled;
/**
 * The text of an entry that is stored and hashed: JSON with the keys in the order in which AccessEntry declares them, whatever
 * order the object has. What AccessEntry does not declare is left out (inside `details` everything stays).
 *
 * Written by hand because it is on the way of every request: what one caller or one decision says is the same for thousands of entries
 * and is spelled once. A test holds it equal to JSON.stringify.
 */
function canonicalBytes(entry) {
    const { source, upstream, outcome } = entry;
    return (`{"format":${entry.format},"accessId":${word(entry.accessId)},"kind":${word(entry.kind)},"at":${word(entry.at)},"source":` +
        (source === null ? 'null' : `{"address":${word(source.address)}${optional('forwardedFor', source.forwardedFor)}}`) +
        `,"who":${entry.who === null ? 'null' : spelled(entry.who, whoText)},"system":${wordOrNull(entry.system)},"environment":` +
        `${wordOrNull(entry.environment)},"route":${wordOrNull(entry.route)},"method":${wordOrNull(entry.method)},"action":` +
        `${wordOrNull(entry.action)},"records":[${entry.records.map(recordText).join(',')}],"outcome":{"status":${outcome.status},"code":` +
        `${word(outcome.code)},"reasons":${spelled(outcome.reasons, JSON.stringify)}},"upstream":` +
        (upstream === null ? 'null' : `{"outcome":${word(upstream.outcome)},"durationMs":${JSON.stringify(upstream.durationMs)}}`) +
        `,"policyVersion":${wordOrNull(entry.policyVersion)},"directoryVersion":${entry.directoryVersion},"registryVersion":` +
        `${entry.registryVersion}${entry.details === undefined ? '' : `,"details":${JSON.stringify(entry.details)}`}}`);
}
const SPELLED = new WeakMap();
/** The text of a value, remembered where it can no longer change. */
function spelled(value, spell) {
    const known = SPELLED.get(value);
    if (known !== undefined)
        return known;
    const text = spell(value);
    if (Object.isFrozen(value))
        SPELLED.set(value, text);
    return text;
}
const recordText = (record) => `{${record.id === undefined ? '' : `"id":${word(record.id)},`}${record.digest === undefined ? '' : `"digest":${word(record.digest)},`}` +
    `"disclosure":${word(record.disclosure)},"disclosed":${spelled(record.disclosed, JSON.stringify)},"withheld":` +
    `${spelled(record.withheld, JSON.stringify)},"keys":${spelled(record.keys, exports.keysText)},"unclassifiedFields":${record.unclassifiedFields}}`;
/** The decision keys of a record as they stand in its entry and in the roll-ups. */
const keysText = (keys) => JSON.stringify(keys.map((key) => ({
    environment: key.environment,
    application: key.application,
    workgroup: key.workgroup,
    relations: key.relations,
    privacy: key.privacy,
    when: key.when,
})));
exports.keysText = keysText;
const whoText = (who) => JSON.stringify({
    account: who.account,
    person: who.person,
    organization: who.organization,
    issuer: who.issuer,
    application: who.application,
    actor: who.actor,
    memberships: who.memberships,
});
/** Words of ours and ids are plain; anything else is spelled by JSON.stringify. */
const word = (text) => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));
const PLAIN = /^[A-Za-z0-9:._-]*$/;
const wordOrNull = (text) => (text === null ? 'null' : word(text));
const optional = (name, text) => (text === undefined ? '' : `,"${name}":${word(text)}`);
