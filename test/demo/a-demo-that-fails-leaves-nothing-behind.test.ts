import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pickPort } from '../../demo/pick-port';
import { runDemo } from '../../demo/run-demo';
import type { DemoOptions } from '../../demo/run-demo';
import { readRunningDemo, writeRunningDemo } from '../../demo/running-demo';
import type { Settings } from '../../src/settings/settings-table';

const anyPorts = { data: 0, admin: 0, identityProvider: 0, workforceOne: 0, trackOne: 0 };
let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'casegate-test-')), 'demo');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const failingAt = (message: string, seen: Settings[]): DemoOptions => ({
  once: true,
  ports: anyPorts,
  folder,
  print: () => undefined,
  importDirectory: async (settings) => {
    seen.push(settings);
  },
  startGateway: () => Promise.reject(new Error(message)),
  findEntry: async () => undefined,
});

test('a gateway that cannot start ends the case systems and the identity provider', async () => {
  const seen: Settings[] = [];
  await expect(runDemo(failingAt('no gateway today', seen))).rejects.toThrow('no gateway today');
  const origins = [seen[0]?.issuers[0]?.jwksUri, seen[0]?.systems['workforce-one']?.origin, seen[0]?.systems['trackone']?.origin];
  expect(origins).toEqual([
    expect.stringMatching(/^http:\/\/127/),
    expect.stringMatching(/^http:\/\/127/),
    expect.stringMatching(/^http:\/\/127/),
  ]);
  for (const origin of origins) await expect(fetch(origin ?? '')).rejects.toThrow('fetch failed');
});

test('every start empties what the last one left, and nothing that is not of the demo', async () => {
  await expect(runDemo(failingAt('first', []))).rejects.toThrow('first');
  writeFileSync(join(folder, 'access-log.db'), 'old');
  await expect(runDemo(failingAt('second', []))).rejects.toThrow('second');
  expect(readdirSync(folder)).toEqual(['of-the-demo.txt']);

  const theirs = join(folder, '..', 'theirs');
  mkdirSync(theirs);
  writeFileSync(join(theirs, 'thesis.txt'), 'important');
  await expect(runDemo({ ...failingAt('third', []), folder: theirs })).rejects.toThrow('was not made by the demo; it is left alone');
  expect(existsSync(join(theirs, 'thesis.txt'))).toBe(true);
});

test('a demo that runs is not swept away by a second one', async () => {
  await expect(runDemo(failingAt('first', []))).rejects.toThrow('first');
  const running = {
    pid: process.pid,
    identityProvider: 'http://127.0.0.1:1',
    dataUrl: 'http://127.0.0.1:2',
    adminUrl: 'http://127.0.0.1:3',
  };
  writeRunningDemo(folder, running);
  expect(readRunningDemo(folder)).toEqual(running);
  await expect(runDemo(failingAt('second', []))).rejects.toThrow('A demo runs already: http://127.0.0.1:2');
});

test('a port that is taken is replaced by a free one', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const taken = (holder.address() as AddressInfo).port;
  expect(await pickPort(taken)).not.toBe(taken);
  await new Promise((resolve) => holder.close(resolve));
  expect(await pickPort(taken)).toBe(taken);
});
