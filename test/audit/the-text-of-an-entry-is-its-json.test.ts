import fc from 'fast-check';
import { canonicalBytes } from '../../src/audit/canonical-bytes';
import type { AccessEntry } from '../../src/vocabulary/access-entry';

const text = fc.oneof(fc.string(), fc.constantFrom('counselor', 'P1', 'a"b', 'é', '\ud800', '\n', ''));
const orNull = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null });
const words = fc.array(text, { maxLength: 3 });
const key = fc.record({
  environment: fc.constant('production' as const),
  application: text,
  workgroup: text,
  relations: words,
  privacy: fc.constantFrom('open' as const, 'private' as const),
  when: words,
});
const record = fc.oneof(fc.record({ id: text }), fc.record({ digest: text })).chain((named) =>
  fc
    .record({
      disclosure: fc.constantFrom('full' as const, 'none' as const),
      disclosed: fc.dictionary(text, fc.nat()),
      withheld: fc.dictionary(text, text),
      keys: fc.array(key, { maxLength: 2 }),
      narrowing: fc.option(fc.record({ carries: words, actorKeys: orNull(fc.array(key, { maxLength: 2 })) }), { nil: undefined }),
      unclassifiedFields: fc.nat(),
    })
    .map((rest) => ({ ...named, ...rest })),
);
const who = fc.record({
  account: text,
  person: text,
  organization: text,
  issuer: text,
  application: orNull(text),
  actor: orNull(text),
  memberships: words,
});
const source = fc
  .tuple(text, fc.option(text, { nil: undefined }))
  .map(([address, forwardedFor]) => ({ address, ...(forwardedFor === undefined ? {} : { forwardedFor }) }));
const details = fc.option(fc.record({ details: fc.dictionary(text, fc.oneof(text, fc.integer(), fc.constant(null))) }), { nil: {} });
const entry: fc.Arbitrary<AccessEntry> = fc
  .record({
    format: fc.constant(1 as const),
    accessId: text,
    kind: fc.constantFrom('access' as const, 'tally-open' as const),
    at: fc.constant('2026-11-22T10:00:00.000Z'),
    source: orNull(source),
    who: orNull(who),
    system: orNull(text),
    environment: orNull(fc.constant('training' as const)),
    route: orNull(text),
    method: orNull(text),
    action: orNull(text),
    records: fc.array(record, { maxLength: 2 }),
    outcome: fc.record({ status: fc.nat(), code: text, reasons: words }),
    upstream: orNull(fc.record({ outcome: text, durationMs: fc.double({ noNaN: true, min: 0, max: 1e6 }) })),
    policyVersion: orNull(text),
    directoryVersion: orNull(fc.nat()),
    registryVersion: orNull(fc.nat()),
  })
  .chain((rest) => details.map((more) => ({ ...rest, ...more })));

test('AUD-13 the text that is hashed is what JSON.stringify makes of the entry in its declared order, frozen parts or not', () => {
  fc.assert(
    fc.property(entry, fc.boolean(), (one, isFrozen) => {
      if (isFrozen)
        for (const part of [one.who, ...one.records.flatMap((r) => [r.disclosed, r.withheld, r.keys, r.narrowing])]) Object.freeze(part);
      const expected = JSON.stringify(one);
      expect(canonicalBytes(one)).toBe(expected);
      // Once more: what was remembered is what was said.
      expect(canonicalBytes(one)).toBe(expected);
    }),
    { numRuns: 500 },
  );
});
