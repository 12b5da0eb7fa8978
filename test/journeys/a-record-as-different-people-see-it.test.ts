import { startTestGateway, STORES, type TestGateway } from '../support/gateway';

describe.each(STORES)('on %s', (store) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ store });
  });
  afterAll(() => gateway?.stop());

  test.each([
    ['counselor', 'P1', 'full'],
    ['supervisor', 'P1', 'full'],
    ['data-specialist', 'P1', 'full'],
    ['other-counselor', 'P1', 'basic'],
    ['monitor', 'P1', 'partial'],
    ['other-counselor', 'P0', 'partial'],
  ])('%s sees %s: %s', async (person, record, view) => {
    const reply = await gateway.get(`/workforce-one/records/${record}`, person);
    expect([reply.status, reply.headers['casegate-view'], reply.text]).toEqual([200, view, expect.any(String)]);
    expect(await gateway.entryOf(reply)).toMatchObject({ records: [{ id: record, disclosure: view }] });
  });
});
