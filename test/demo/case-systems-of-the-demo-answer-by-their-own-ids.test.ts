import { join } from 'node:path';
import type { DemoCaseSystems } from '../../demo/case-systems';
import { makeRecords } from '../../demo/make-records';
import { startChild } from '../../demo/start-child';
import type { Child } from '../../demo/start-child';

let caseSystems: Child<DemoCaseSystems>;
const records = makeRecords();
beforeAll(async () => {
  caseSystems = await startChild(join(__dirname, '..', '..', 'demo'), 'case-systems', { workforceOne: 0, trackOne: 0 });
});
afterAll(() => caseSystems.stop());

test('workforce-one gives a record by its record id', async () => {
  const answer = await fetch(`${caseSystems.ready.workforceOneUrl}/records/WF1-1000017`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  expect(await answer.json()).toEqual(records.workforceOne[0]);
});

test('trackone gives a participant by its participant id', async () => {
  const answer = await fetch(`${caseSystems.ready.trackOneUrl}/participants/T1-200050`);
  expect(await answer.json()).toEqual(records.trackOne[9]);
});

test('an id that is not there is a 404; sections and lists are written under addresses of their own', async () => {
  const { trackOneUrl } = caseSystems.ready;
  expect((await fetch(`${trackOneUrl}/participants/T1-1`)).status).toBe(404);
  const url = `${trackOneUrl}/participants/T1-200051`;
  const send = (method: string, path: string, body: object) =>
    fetch(`${url}${path}`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const before = (await (await fetch(url)).json()) as { services: object[] };
  expect([
    (await send('PATCH', '/assignment', { site: 'R4-KOK' })).status,
    (await send('POST', '/services', { serviceId: 1 })).status,
    (await send('POST', '/secrets', { serviceId: 1 })).status,
  ]).toEqual([200, 201, 404]);
  expect(await (await fetch(url)).json()).toEqual({ ...before, site: 'R4-KOK', services: [...before.services, { serviceId: 1 }] });
});

test('they end when the one who started them lets go', async () => {
  const child = await startChild<DemoCaseSystems>(join(__dirname, '..', '..', 'demo'), 'case-systems', { workforceOne: 0, trackOne: 0 });
  await child.stop();
  await expect(fetch(`${child.ready.workforceOneUrl}/records/WF1-1000017`)).rejects.toThrow('fetch failed');
  expect(() => process.kill(child.pid, 0)).toThrow('ESRCH');
});
