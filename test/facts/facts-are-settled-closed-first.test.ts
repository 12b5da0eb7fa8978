import { resolveFacts } from '../../src/facts/resolve-facts';
import type { FactReading, RegistryRow } from '../../src/vocabulary/access';
import type { CaseSystem, FactRule } from '../../src/vocabulary/case-system';

type Speaks = FactRule['body'];

const flag = (body: Speaks, registry: Speaks): FactRule => ({
  name: 'privacy',
  kind: 'flag',
  place: ['privacy'],
  privateWords: ['true', 'Y'],
  openWords: ['false', 'N'],
  body,
  registry,
});
const codes = (name: string, body: Speaks, registry: Speaks): FactRule => ({
  name,
  kind: 'codes',
  place: [name],
  privateWords: [],
  openWords: [],
  body,
  registry,
});
const system = (...facts: FactRule[]): CaseSystem => ({ facts }) as unknown as CaseSystem;
const row = (isPrivate: boolean | null, agency: readonly string[] = []): RegistryRow => ({
  system: 'workforce-one',
  environment: 'production',
  recordId: 'R1',
  isPrivate,
  codes: { agency },
  registryVersion: 1,
});

describe('privacy: any source that says private wins, and silence where speech is due is private', () => {
  const both = system(flag('must-speak', 'may-speak'));
  const table: readonly [string, FactReading, RegistryRow | undefined, boolean][] = [
    ['WF1-01 body open, registry silent', ['false'], undefined, false],
    ['WF1-01 body open as a JSON boolean', [false], undefined, false],
    ['WF1-01 body private', [true], undefined, true],
    ['WF1-06 body open, registry private', ['N'], row(true), true],
    ['WF1-06 body private, registry cleared: clearing never overrides the body', ['Y'], row(false), true],
    ['WF1-08 body open, registry open', ['N'], row(false), false],
    ['body silent, registry open: the body must speak', [], row(false), true],
    ['body null', [null], row(false), true],
    ['a word that nobody declared closes', ['n'], row(false), true],
    ['two words, one of them private', ['N', 'Y'], undefined, true],
    ['a blank word closes', [''], undefined, true],
  ];
  test.each(table)('%s', (_, reading, registryRow, isPrivate) => {
    expect(resolveFacts(both, [reading], registryRow)).toEqual({ known: true, isPrivate, codes: [[]] });
  });

  test('a system that declares no privacy fact has private records only', () => {
    expect(resolveFacts(system(codes('agency', 'may-speak', 'none')), [['A']], undefined)).toMatchObject({ isPrivate: true });
  });
  test('before the fetch a body that must speak is not yet silent', () => {
    expect(resolveFacts(system(flag('must-speak', 'must-speak')), null, row(false))).toMatchObject({ isPrivate: false });
  });
});

describe('codes: all sources that speak must agree', () => {
  const table: readonly [string, Speaks, Speaks, FactReading, readonly string[], readonly string[] | 'hidden'][] = [
    ['body alone', 'may-speak', 'may-speak', ['A'], [], ['A']],
    ['registry alone', 'may-speak', 'may-speak', [], ['A'], ['A']],
    ['both agree', 'may-speak', 'may-speak', ['A'], ['A'], ['A']],
    ['both speak and disagree: neither holds', 'may-speak', 'may-speak', ['A'], ['B'], []],
    ['several: the common ones hold', 'may-speak', 'may-speak', ['A', 'B'], ['B', 'C'], ['B']],
    ['nobody speaks', 'may-speak', 'may-speak', [], [], []],
    ['blank agency is silence', 'may-speak', 'none', ['', '  '], [], []],
    ['null and booleans are no codes', 'may-speak', 'none', [null, true], [], []],
    ['WF1 trap: a required fact that is missing hides the record', 'must-speak', 'none', [], [], 'hidden'],
    ['WF1 trap: a required fact that is blank hides the record', 'must-speak', 'none', [''], [], 'hidden'],
    ['a registry that must speak and does not hides the record', 'may-speak', 'must-speak', ['A'], [], 'hidden'],
  ];
  test.each(table)('%s', (_, body, registry, reading, registered, expected) => {
    const facts = resolveFacts(system(codes('agency', body, registry)), [reading], row(null, registered));
    expect(facts).toEqual(
      expected === 'hidden' ? { known: false, why: 'facts-missing' } : { known: true, isPrivate: true, codes: [expected] },
    );
  });
});

describe('dates: every one must lie in the window, so none may drop out', () => {
  const dates = (body: Speaks, registry: Speaks): FactRule => ({ ...codes('agency', body, registry), kind: 'dates' });
  const [NEW, OLD] = ['2025-03-12', '2024-01-02'];
  const table: readonly [string, Speaks, Speaks, FactReading, readonly string[], readonly string[] | 'hidden'][] = [
    ['body alone', 'may-speak', 'may-speak', [NEW, OLD], [], [NEW, OLD]],
    ['registry alone', 'may-speak', 'may-speak', [], [NEW, OLD], [NEW, OLD]],
    ['both say the same, in another order', 'may-speak', 'may-speak', [NEW, OLD], [OLD, NEW], [NEW, OLD]],
    ['TO-02 the body leaves the old one out', 'may-speak', 'may-speak', [NEW], [NEW, OLD], []],
    ['TO-02 the registry leaves the old one out', 'may-speak', 'may-speak', [NEW, OLD], [NEW], []],
    ['one that is null', 'may-speak', 'none', [NEW, null], [], []],
    ['one that is no text', 'may-speak', 'none', [NEW, true], [], []],
    ['one that is blank', 'may-speak', 'none', [NEW, ' '], [], []],
    ['a source that is none is not heard', 'none', 'may-speak', [OLD], [NEW], [NEW]],
    ['a required fact that is missing hides the record', 'must-speak', 'none', [null], [], 'hidden'],
    ['a registry that must speak and does not hides the record', 'may-speak', 'must-speak', [NEW], [], 'hidden'],
  ];
  test.each(table)('%s', (_, body, registry, reading, registered, expected) => {
    const facts = resolveFacts(system(dates(body, registry)), [reading], row(null, registered));
    expect(facts).toEqual(
      expected === 'hidden' ? { known: false, why: 'facts-missing' } : { known: true, isPrivate: true, codes: [expected] },
    );
  });

  test('before the fetch the registry alone is heard', () => {
    expect(resolveFacts(system(dates('must-speak', 'must-speak')), null, row(null, [NEW]))).toMatchObject({ codes: [[NEW]] });
  });
});
