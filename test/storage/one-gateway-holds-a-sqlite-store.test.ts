import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { StoreInUse, storeHolder, takeStoreLock } from '../../src/storage/store-lock';
import { temporaryFolder } from './test-stores';

const folder = temporaryFolder();

const holdInAnotherProcess = async () => {
  const script = `
    const { takeStoreLock } = require(${JSON.stringify(join(__dirname, '../../src/storage/store-lock.ts'))});
    takeStoreLock(${JSON.stringify(folder)}).announce('http://127.0.0.1:8081');
    console.log('held');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--require', join(__dirname, '../support/typescript-on-the-fly.cjs'), '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child;
};

test('STO-14 a second process is refused and told who holds the store; kill -9 leaves no stale lock', async () => {
  expect(storeHolder(folder)).toBeUndefined();
  const child = await holdInAnotherProcess();
  const holder = { pid: child.pid, adminUrl: 'http://127.0.0.1:8081' };
  expect(storeHolder(folder)).toEqual(holder);
  expect(() => takeStoreLock(folder)).toThrow(expect.objectContaining({ name: 'StoreInUse', holder }));

  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  expect(storeHolder(folder)).toBeUndefined();

  const lock = takeStoreLock(folder);
  expect(() => takeStoreLock(folder)).toThrow(StoreInUse);
  expect(storeHolder(folder)).toEqual({ pid: process.pid, adminUrl: null });
  lock.release();
  expect(storeHolder(folder)).toBeUndefined();
  takeStoreLock(folder).release();
});
