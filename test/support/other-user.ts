import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Root may write everywhere: a test of what may only be read runs as `nobody` then, and as whoever runs it otherwise. */
export const otherUser: { readonly uid: number; readonly gid: number } | null = process.getuid?.() === 0 ? nobody() : null;

/** `test`, or `test.skip` where `nobody` cannot reach this tree or this Node, a clone in root's own folder for instance. */
export const testAsOtherUser: jest.It = otherUser === null || canReach(otherUser) ? test : test.skip;

function nobody(): { readonly uid: number; readonly gid: number } {
  const id = Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }));
  return { uid: id, gid: id };
}

function canReach(user: { readonly uid: number; readonly gid: number }): boolean {
  const manifest = join(__dirname, '..', '..', 'package.json');
  const script = `require('node:fs').readFileSync(${JSON.stringify(manifest)})`;
  return spawnSync(process.execPath, ['-e', script], { ...user, stdio: 'ignore' }).status === 0;
}
