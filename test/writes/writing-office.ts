import type { AccessEntry } from '../../src/vocabulary/access-entry';
import { ERROR_TABLE, type ErrorCode } from '../../src/vocabulary/errors';
import { problemOf } from '../journeys/expected';
import type { Reply } from '../support/gateway';
import { openOffice, type Office, type OfficeOptions } from '../systems/office';
import { serveWritable, type WritingCaseSystem } from './writing-case-system';

export interface WritingOffice extends Office {
  readonly cases: WritingCaseSystem;
  /** `body` is sent as it is where it is a text, else as JSON of that type. */
  write(as: string, method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  /** The ETag of what the person is shown of it now. */
  tag(as: string, path: string): Promise<string>;
  /** A write under If-Match of what is read now. */
  writeFresh(
    as: string,
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
    readPath?: string,
  ): Promise<Reply>;
  /** The entry of the answer and that of its intent, null where there was none. */
  entriesOf(reply: Reply): Promise<{ readonly answer: AccessEntry; readonly intent: AccessEntry | null }>;
  /** Asserts a refusal before anything was sent: the whole document, no write upstream, no intent. */
  expectNotSent(reply: Reply, code: ErrorCode, more?: Readonly<Record<string, unknown>>): Promise<void>;
}

/** An office whose case system takes writes. `lists`: last segment of an address to the member that it adds to. */
export async function openWritingOffice(
  options: OfficeOptions & { readonly lists?: Readonly<Record<string, string>> },
): Promise<WritingOffice> {
  const office = await openOffice(options);
  const { gateway } = office;
  const cases = serveWritable(gateway.upstream, options.bodies as Record<string, Record<string, unknown>>, options.lists);

  const write: WritingOffice['write'] = async (as, method, path, body, headers = {}) => {
    const token = await gateway.token(as, { client_id: 'desk' });
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    return gateway.send(method, `${gateway.dataUrl}/${options.system}${path}`, {
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': type }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  };
  const tag: WritingOffice['tag'] = async (as, path) => String((await office.read(as, path)).headers['etag']);
  const entriesOf: WritingOffice['entriesOf'] = async (reply) => {
    const all = await gateway.entries({ all: true });
    const [answer] = all.filter((one) => one.accessId === reply.accessId);
    if (answer === undefined) throw new Error('no entry of this answer');
    const intents = all.filter((one) => one.kind === 'intent' && (one.details?.['write'] as { answer?: string }).answer === reply.accessId);
    if (intents.length > 1) throw new Error('two intents of one answer');
    return { answer, intent: intents[0] ?? null };
  };
  return {
    ...office,
    cases,
    write,
    tag,
    writeFresh: async (as, method, path, body, headers = {}, readPath = path) =>
      write(as, method, path, body, { 'if-match': await tag(as, readPath), ...headers }),
    entriesOf,
    expectNotSent: async (reply, code, more = {}) => {
      expect([reply.status, reply.json]).toEqual([ERROR_TABLE[code].status, { ...(problemOf(code, reply) as object), ...more }]);
      const { answer, intent } = await entriesOf(reply);
      expect([answer.outcome.code, intent]).toEqual([code, null]);
    },
  };
}
