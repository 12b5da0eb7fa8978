import { request } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import type { AdminPlaneParts } from '../../src/admin-api/admin-plane-parts';
import { createAdminPlane } from '../../src/admin-api/create-admin-plane';
import { importDirectory } from '../../src/governance/directory/import/import-directory';
import { createDirectoryStore } from '../../src/storage/directory-store';
import type { AccessEntry } from '../../src/vocabulary/access-entry';
import { GatewayError } from '../../src/vocabulary/errors';
import type { Office } from '../governance/on-both-stores';

export interface Plane {
  readonly port: number;
  readonly entries: AccessEntry[];
  readonly log: { isDown: boolean; downAfter: number };
  readonly parts: AdminPlaneParts;
  ask(method: string, path: string, options?: AskOptions): Promise<Reply>;
  close(): Promise<void>;
}

export interface AskOptions {
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly json: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

/** The admin plane on a free port over a real store. A bearer is an account's id; the log is a list that can be taken down. */
export async function openPlane(office: Office, more: Partial<AdminPlaneParts> = {}): Promise<Plane> {
  const entries: AccessEntry[] = [];
  const log = { isDown: false, downAfter: Number.POSITIVE_INFINITY };
  let ids = 0;
  const parts: AdminPlaneParts = {
    clock: () => office.clock.nowMs,
    newAccessId: () => `00000000-0000-7000-8000-${String(++ids).padStart(12, '0')}`,
    limitAddress: async () => ({ limited: false, retryAfterSeconds: 0 }),
    limitCaller: async () => ({ limited: false, retryAfterSeconds: 0 }),
    authenticate: async (bearer) => {
      const account = office.directory.account(bearer);
      if (account === undefined) throw new GatewayError('account-unknown', 'nobody');
      const { id, person, organization, issuer } = account;
      return { account, who: { account: id, person, organization, issuer, application: 'console', actor: null, memberships: [] } };
    },
    directory: office.directory,
    recordAdmin: async (entry) => {
      if (log.isDown || entries.length >= log.downAfter) throw new GatewayError('audit-unavailable', 'down');
      entries.push(entry);
    },
    digestOf: (text) => `digest(${text.length})`,
    versions: () => ({ directory: office.directory.version, registry: office.registry.version, policy: null }),
    isKnownHost: (host) => host.startsWith('127.0.0.1:'),
    readSource: (peer) => ({ address: peer }),
    systems: () => ['workforce-one', 'trackone'],
    isReady: () => true,
    readiness: () => ({ policy: 'in-force' }),
    metrics: async () => 'casegate_up 1\n',
    readPrivacyBatch: (text, format) => office.feed.read(text, format),
    importDirectory: (request) =>
      importDirectory(request, {
        store: office.rows,
        caughtUp: async (versions) => {
          await office.directory.catchUp(versions.directory);
          await office.registry.catchUp(versions.registry);
        },
      }),
    listAccounts: async (after, limit) => (await createDirectoryStore(office.store).accountPage(after, limit)).map((file) => file.account),
    listDrift: async () => ({ fields: [], next: null }),
    readAccessLog: async () => ({ entries: [], next: null }),
    policy: {
      publish: async () => ({ kind: 'unknown' }),
      approve: async () => ({ kind: 'unknown' }),
      changes: async () => [],
      waiting: async () => [],
      startShadow: async () => ({ kind: 'unknown' }),
      stopShadow: async () => null,
      shadowReport: async () => ({ run: null, isRunning: false, counts: [] }),
    },
    observe: () => undefined,
    ...more,
  };
  const server = createAdminPlane(parts);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    entries,
    log,
    parts,
    ask: (method, path, options = {}) => ask(port, method, path, options),
    close: () => new Promise((resolve) => (server as Server & { closeAllConnections(): void }).close(() => resolve())),
  };
}

function ask(port: number, method: string, path: string, { as, headers = {}, body }: AskOptions): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port,
      method,
      path,
      agent: false,
      headers: { ...(as === undefined ? {} : { authorization: `Bearer ${as}` }), ...headers },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        const isJson = /json/.test(String(response.headers['content-type']));
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: isJson && text !== '' ? JSON.parse(text) : undefined,
        });
      });
    });
    sent.end(body);
  });
}
