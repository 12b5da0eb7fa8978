import type { AccessEntry } from '../../src/vocabulary/access-entry';
import type { TestGateway } from '../support/gateway';
import type { RawReply } from '../support/raw-http';
import { attack, get, RECORD, whoOf } from './attacked-gateway';

/** A read that is granted, as it looks when nothing is wrong with it. */
export interface PlainRead {
  readonly reply: RawReply;
  readonly entry: AccessEntry;
  /** What the case system received. */
  readonly upstream: string;
}

/** Reads P1 as its assigned counselor, with nothing but the token. */
export async function readPlainly(gateway: TestGateway, bearer: string): Promise<PlainRead> {
  const { reply } = await attack(gateway, get(RECORD, bearer));
  const entry = await gateway.entryOf(reply.header('casegate-access-id') ?? '');
  return { reply, entry, upstream: gateway.upstream.requests.at(-1)?.head ?? '' };
}

/** The entry of that read, whole. */
export const plainEntry = (gateway: TestGateway, source: string): AccessEntry => ({
  format: 1,
  accessId: expect.any(String) as unknown as string,
  kind: 'access',
  at: expect.any(String) as unknown as string,
  source: { address: source },
  who: whoOf(gateway, 'counselor', { memberships: ['m-counselor'] }),
  system: 'workforce-one',
  environment: 'production',
  route: 'read-record',
  method: 'GET',
  action: 'read',
  records: [
    {
      id: 'P1',
      disclosure: 'full',
      disclosed: expect.objectContaining({ basic: expect.any(Number), 'case-notes': expect.any(Number) }) as unknown as Record<
        string,
        number
      >,
      withheld: {},
      keys: [
        {
          environment: 'production',
          application: 'case-work',
          workgroup: 'employment-counselor',
          relations: ['assigned'],
          privacy: 'private',
          when: ['in-scope'],
        },
      ],
      unclassifiedFields: expect.any(Number) as unknown as number,
    },
  ],
  outcome: { status: 200, code: 'ok', reasons: ['granted'] },
  upstream: { outcome: 'answered', durationMs: expect.any(Number) as unknown as number },
  policyVersion: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown as string,
  directoryVersion: expect.any(Number) as unknown as number,
  registryVersion: expect.any(Number) as unknown as number,
});

/** Asserts that a request was answered, recorded and passed on as if the odd part of it had not been there. */
export async function expectLikePlain(
  gateway: TestGateway,
  plain: PlainRead,
  bytes: string,
  entry: Partial<AccessEntry> = {},
): Promise<void> {
  const before = gateway.upstream.requests.length;
  const { reply, source } = await attack(gateway, bytes);
  expect([reply.statusLine, comparable(reply)]).toEqual([plain.reply.statusLine, comparable(plain.reply)]);
  const expected = entry.method === 'HEAD' ? '' : plain.reply.body.toString();
  expect(reply.body.toString()).toBe(expected);
  expect(gateway.upstream.requests.slice(before).map(({ head }) => head)).toEqual([plain.upstream]);
  const accessId = reply.header('casegate-access-id') ?? '';
  expect(await gateway.entryOf(accessId)).toEqual({
    ...plain.entry,
    source: { address: source },
    ...entry,
    accessId,
    at: expect.any(String) as unknown,
    upstream: { outcome: 'answered', durationMs: expect.any(Number) as unknown },
  });
}

/** Headers without those that differ by the moment and by the access. */
const comparable = (reply: RawReply) => reply.headers.filter(([name]) => !/^(?:date|casegate-access-id)$/i.test(name));
