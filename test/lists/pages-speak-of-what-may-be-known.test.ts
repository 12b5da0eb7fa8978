import { problemOf } from '../journeys/expected';
import type { PolicyCopy } from '../support/policy-copy';
import { factsOf, nextOf, startListGateway, walk, widePolicies, type Facts, type Held, type ListGateway } from './list-gateway';

let gateway: ListGateway;
let policies: PolicyCopy;
let facts: ReadonlyMap<string, Facts>;
beforeAll(async () => {
  policies = widePolicies();
  gateway = await startListGateway({ policies: policies.folder });
  facts = factsOf(gateway.workforceOne);
});
afterAll(async () => {
  await gateway?.stop();
  policies?.remove();
});

const WF1 = '/workforce-one/records';
const T1 = '/trackone/participants';
const idsOf = (records: readonly unknown[]): readonly unknown[] =>
  records.map(
    (one) => (one as { recordId?: string; participantId?: string }).recordId ?? (one as { participantId?: string }).participantId,
  );
const cityOf = (record: Held): unknown => (record['contact'] as { address: { city: string } }).address.city;

describe('a caller who sees something of every record', () => {
  test('INF-04 pages by number, with the total and links of our own making', async () => {
    const reply = await gateway.get(`${WF1}?_limit=10&_page=2`, 'monitor');
    expect(idsOf(reply.json as unknown[])).toEqual(gateway.workforceOne.slice(10, 20).map((one) => one.recordId));
    expect([
      reply.headers['x-total-count'],
      reply.headers['casegate-total'],
      reply.headers['casegate-page'],
      reply.headers['casegate-view'],
    ]).toEqual([String(gateway.workforceOne.length), undefined, undefined, 'list']);
    expect(reply.headers['link']).toBe(
      [`<${WF1}?_limit=10&_page=1>; rel="first"`, `<${WF1}?_limit=10&_page=1>; rel="prev"`, `<${WF1}?_limit=10&_page=3>; rel="next"`].join(
        ', ',
      ),
    );
  });

  test('INF-04 the last page says that it is short, and goes on nowhere', async () => {
    const last = Math.ceil(gateway.workforceOne.length / 100);
    const reply = await gateway.get(`${WF1}?_limit=100&_page=${last}`, 'monitor');
    expect([(reply.json as unknown[]).length, reply.headers['casegate-page'], nextOf(reply.headers['link'])]).toEqual([
      gateway.workforceOne.length % 100,
      'short',
      null,
    ]);
  });

  test('INF-04 the number of finds is withheld, unless all of them stand in the answer', async () => {
    const many = await gateway.get(`${WF1}?caseStatus=Active&_limit=10`, 'monitor');
    expect([many.headers['x-total-count'], many.headers['casegate-total']]).toEqual([undefined, 'withheld']);
    const one = await gateway.get(`${WF1}?recordId=WF1-1000017`, 'monitor');
    expect([one.headers['x-total-count'], one.headers['casegate-total'], one.headers['casegate-page']]).toEqual(['1', undefined, 'short']);
    const none = await gateway.get(`${WF1}?recordId=WF1-9999999`, 'monitor');
    expect([none.text, none.headers['x-total-count'], none.headers['casegate-page'], none.headers['link']]).toEqual([
      '[]',
      '0',
      'short',
      undefined,
    ]);
  });

  test('a filtered list is walked to its end by the cursor: every find once, in the order of the case system', async () => {
    const held = gateway.workforceOne.filter((one) => one['caseStatus'] === 'Pending');
    expect(idsOf(await walk(gateway, `${WF1}?caseStatus=Pending&_limit=37`, 'monitor'))).toEqual(held.map((one) => one.recordId));
  });

  test('a filtered list may be read by number too: a page is cut from what is shown', async () => {
    const held = gateway.workforceOne.filter((one) => one['programName'] === 'DWP');
    const reply = await gateway.get(`${WF1}?programName=DWP&_limit=20&_page=3`, 'monitor');
    expect(idsOf(reply.json as unknown[])).toEqual(held.slice(40, 60).map((one) => one.recordId));
  });
});

describe('a caller from whom some records are hidden', () => {
  const ofRegion = (region: string): readonly Held[] => gateway.trackOne.filter((one) => one['region'] === region);

  test('BOD-29 INF-04 the list has those of the region alone, pages are full, and no total is told', async () => {
    const reply = await gateway.get(`${T1}?_limit=20`, 'counselor');
    expect(idsOf(reply.json as unknown[])).toEqual(
      ofRegion('R4')
        .slice(0, 20)
        .map((one) => one.participantId),
    );
    expect([reply.headers['x-total-count'], reply.headers['casegate-total'], reply.headers['casegate-page']]).toEqual([
      undefined,
      'withheld',
      undefined,
    ]);
    expect(await gateway.entryOf(reply)).toMatchObject({ details: { isNarrowed: false, leftOut: 0, calls: 1 } });
  });

  test('the walk ends with the last record of the region', async () => {
    const walked = await walk(gateway, `${T1}?_limit=20`, 'counselor');
    expect(idsOf(walked)).toEqual(ofRegion('R4').map((one) => one.participantId));
  });

  test('a region that is not the caller’s own cannot be asked for', async () => {
    const reply = await gateway.get(`${T1}?region=R5`, 'counselor');
    expect([reply.status, reply.json]).toEqual([400, problemOf('query-not-allowed', reply)]);
    const own = await gateway.get(`${T1}?region=R4&status=Exited&_limit=100`, 'counselor');
    expect(idsOf(own.json as unknown[])).toEqual(
      ofRegion('R4')
        .filter((one) => one['status'] === 'Exited')
        .map((one) => one.participantId),
    );
  });
});

describe('a field that may be read on some records alone', () => {
  const isOpenInScope = (record: Held): boolean => {
    const { isPrivate, agency, county } = facts.get(record.recordId) as Facts;
    return !isPrivate && agency === 'AG-NORTH' && county === '62';
  };
  const isOwn = (record: Held): boolean => facts.get(record.recordId)?.staffId === 'S1001';

  test('INF-01 R105 the query is narrowed to those, then asks for the caller’s own, and says so', async () => {
    const path = `${WF1}?contact.address.city=Duluth&_limit=100`;
    const reply = await gateway.get(path, 'counselor');
    expect([reply.status, reply.headers['casegate-page'], reply.headers['casegate-total']]).toEqual([
      200,
      'short;reason=narrowed',
      'withheld',
    ]);
    const inDuluth = gateway.workforceOne.filter((one) => cityOf(one) === 'Duluth');
    const expected = [...inDuluth.filter(isOpenInScope), ...inDuluth.filter((one) => isOwn(one) && !isOpenInScope(one))];
    expect(expected.length).toBeGreaterThan(20);
    expect(expected.some((one) => facts.get(one.recordId)?.isPrivate)).toBe(true);
    const walked = await walk(gateway, `${WF1}?contact.address.city=Duluth&_limit=15`, 'counselor');
    expect(idsOf(walked)).toEqual(expected.map((one) => one.recordId));
    // Each of them shows the field that was asked about.
    expect(new Set(walked.map((one) => (one['contact'] as { address: { city: string } }).address.city))).toEqual(new Set(['Duluth']));
    expect(await gateway.entryOf(reply)).toMatchObject({ details: { isNarrowed: true } });
  });

  test('INF-02 an order over it sorts those alone', async () => {
    const walked = await walk(gateway, `${WF1}?_sort=contact.address.city&_limit=100`, 'counselor');
    const cities = walked.map((one) => (one['contact'] as { address: { city: string } }).address.city);
    expect(cities).toEqual([...cities].sort());
    expect(new Set(idsOf(walked))).toEqual(new Set(gateway.workforceOne.filter(isOpenInScope).map((one) => one.recordId)));
  });

  test('R105 a record that is private by the registry alone is not found by it', async () => {
    const [hidden] = gateway.workforceOne.filter((one) => {
      const { isPrivate, agency, county, staffId } = facts.get(one.recordId) as Facts;
      const says = (one['privacy'] as { indicator?: unknown } | undefined)?.indicator;
      return isPrivate && says === false && agency === 'AG-NORTH' && county === '62' && staffId !== 'S1001';
    });
    const other = gateway.workforceOne.find((one) => isOpenInScope(one)) as Held;
    const ask = async (record: Held): Promise<string> =>
      (
        await gateway.get(
          `${WF1}?recordId=${record.recordId}&contact.address.city=${encodeURIComponent(String(cityOf(record)))}`,
          'counselor',
        )
      ).text;
    expect(JSON.parse(await ask(other))).toHaveLength(1);
    if (hidden !== undefined) expect(await ask(hidden)).toBe('[]');
  });

  test('the case system is asked for what the policy allows, whatever else the caller writes', async () => {
    const reply = await gateway.get(`${WF1}?assignment.staffId=S1002&_limit=100`, 'counselor');
    const expected = gateway.workforceOne.filter((one) => isOpenInScope(one) && facts.get(one.recordId)?.staffId === 'S1002');
    expect(idsOf(reply.json as unknown[])).toEqual(expected.map((one) => one.recordId));
  });
});

describe('a cursor', () => {
  const next = async (path: string, as: string): Promise<string> => nextOf((await gateway.get(path, as)).headers['link']) as string;
  const refused = async (path: string, as: string, rule: string): Promise<void> => {
    const reply = await gateway.get(path, as);
    expect([reply.status, reply.json]).toEqual([400, problemOf('query-not-allowed', reply)]);
    expect((await gateway.entryOf(reply)).outcome.reasons).toEqual([rule]);
  };

  test('RED-14 INF-04 tells nothing: two for the same page have nothing in common, and no digit stands in them', async () => {
    const [one, other] = await Promise.all([next(`${T1}?_limit=20`, 'counselor'), next(`${T1}?_limit=20`, 'counselor')]);
    expect(one).not.toBe(other);
    expect(one?.split('casegate-cursor=')[1]).toMatch(/^[a-p]{142}$/);
  });

  test('that was tampered with is refused', async () => {
    const sound = await next(`${T1}?_limit=20`, 'counselor');
    const flipped = sound.replace(/(.)$/, (last) => (last === 'a' ? 'b' : 'a'));
    await refused(flipped, 'counselor', 'cursor-not-sound');
    await refused(sound.slice(0, -2), 'counselor', 'cursor-not-sound');
  });

  test('of another caller, another application, another query or another list is refused', async () => {
    const sound = await next(`${T1}?_limit=20`, 'counselor');
    const state = `${WF1}?caseStatus=Active&_limit=20`;
    await refused((await next(state, 'counselor')).replace('counselor', ''), 'other-counselor', 'cursor-of-another');
    await refused(sound.replace('_limit=20', '_limit=21'), 'counselor', 'cursor-of-another');
    await refused(sound.replace('?', '?status=Exited&'), 'counselor', 'cursor-of-another');
    await refused((await next(state, 'counselor')).replace('caseStatus=Active', 'caseStatus=Pending'), 'counselor', 'cursor-of-another');
    await refused(`${WF1}?_limit=20&casegate-cursor=${sound.split('casegate-cursor=')[1]}`, 'counselor', 'cursor-of-another');
  });

  test('is good for a quarter of an hour', async () => {
    const sound = await next(`${T1}?_limit=20`, 'counselor');
    gateway.clock.forward(14 * 60_000);
    expect((await gateway.get(sound, 'counselor')).status).toBe(200);
    gateway.clock.forward(61_000);
    await refused(sound, 'counselor', 'cursor-expired');
  });

  test('does not keep a right alive: what was lost meanwhile is not shown', async () => {
    const sound = await next(`${T1}?_limit=20`, 'counselor');
    const membership = {
      id: 'm-t1-counselor',
      account: 'counselor',
      system: 'trackone',
      environment: 'production',
      workgroup: 'team-member',
      staff_id: 'T4-17',
      regions: ['R6'],
      offices: ['R6-MUN'],
      from: '2024-01-01',
    };
    expect((await gateway.importRows({ memberships: [membership] })).status).toBe(200);
    const reply = await gateway.get(sound, 'counselor');
    expect([reply.status, new Set((reply.json as { region: string }[]).map((one) => one.region))]).toEqual([200, new Set(['R6'])]);
    expect((await gateway.importRows({ memberships: [{ ...membership, regions: ['R4'], offices: ['R4-LAF'] }] })).status).toBe(200);
  });
});
