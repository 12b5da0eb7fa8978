import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { request } from 'undici';
import { ERROR_TABLE, type ErrorCode } from '../../src/vocabulary/errors';
import type { AccessEntry } from '../../src/vocabulary/access-entry';
import type { ServedGateway, Surroundings } from './served-gateway';

/** `test` where strace is there, `test.skip` where it is not: it makes system calls of a running process fail. */
export const testWithStrace: jest.It = existsSync('/usr/bin/strace') ? test : test.skip;

/** From now on system calls of that process, its threads included, fail or linger as strace's `inject` says. Gives the way back. */
export async function injectFaults(pid: number, calls: string, fault: string): Promise<() => Promise<void>> {
  const strace = spawn('strace', ['-f', '-p', String(pid), '-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${calls}:${fault}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(strace, 'close');
  await new Promise<void>((resolve, reject) => {
    let said = '';
    strace.stderr.on('data', (part: Buffer) => {
      said += part.toString();
      if (said.includes('attached')) resolve();
    });
    strace.once('close', () => reject(new Error(`strace: ${said}`)));
  });
  return async () => {
    strace.kill('SIGINT');
    await ended;
  };
}

/** The whole document that stands in an answer of that code. */
export function problemOf(code: ErrorCode, accessId: string): Record<string, unknown> {
  const { status, title, says } = ERROR_TABLE[code];
  return { type: `urn:casegate:problem:${code}`, title, status, detail: says, code, accessId };
}

/** No record byte: the whole answer is the problem document, whoever asks for whatever. */
export function expectProblem(reply: { readonly status: number; readonly accessId: string; readonly text: string }, code: ErrorCode): void {
  expect({ status: reply.status, document: JSON.parse(reply.text) as unknown }).toEqual({
    status: ERROR_TABLE[code].status,
    document: problemOf(code, reply.accessId),
  });
}

export const RECORD = '/workforce-one/records/P1';

/** A full record, a part of one, a hidden one and a stranger: one answer each. */
export const everyKindOf = (gateway: ServedGateway) =>
  Promise.all([
    gateway.get(RECORD, 'counselor'),
    gateway.get(RECORD, 'other-counselor'),
    gateway.get('/workforce-one/records/P999', 'counselor'),
    gateway.get(RECORD, null),
  ]);

/** Asks until the answer is the record again; gives what was answered until then. */
export async function untilServing(gateway: ServedGateway): Promise<readonly string[]> {
  const refused: string[] = [];
  for (;;) {
    const reply = await gateway.get(RECORD, 'counselor');
    if (reply.status === 200) return refused;
    expectProblem(reply, 'audit-unavailable');
    refused.push(reply.accessId);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function readiness(gateway: ServedGateway): Promise<readonly [healthz: number, readyz: number]> {
  const ask = async (path: string) => {
    const reply = await request(`${gateway.adminUrl}${path}`, { reset: true });
    await reply.body.dump();
    return reply.statusCode;
  };
  return [await ask('/healthz'), await ask('/readyz')];
}

/** Every chain is whole, each answered request has one entry, and each refused one at most one. */
export async function expectWholeLog(
  around: Surroundings,
  told: { readonly answered: readonly string[]; readonly refused?: readonly string[] },
): Promise<readonly AccessEntry[]> {
  const reports = await around.verify();
  expect(reports.filter(({ fault }) => fault !== null)).toEqual([]);
  const entries = await around.entries();
  const times = (accessId: string) => entries.filter((entry) => entry.accessId === accessId).length;
  expect(told.answered.filter((accessId) => times(accessId) !== 1)).toEqual([]);
  expect((told.refused ?? []).filter((accessId) => times(accessId) > 1)).toEqual([]);
  return entries;
}
