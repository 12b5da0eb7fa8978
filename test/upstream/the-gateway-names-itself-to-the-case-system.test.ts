import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepLog, makeClient, outcomeOf } from '../support/upstream-call';
import { makeCertificate } from '../support/certificates';
import { rawReply, startRawUpstream, type RawUpstream } from '../support/raw-upstream';

let folder: string;
let upstream: RawUpstream;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'casegate-upstream-'));
  upstream = await startRawUpstream();
});
afterEach(async () => {
  await upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

const put = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const valuesOf = (header: string): (string | undefined)[] =>
  upstream.requests.map(({ headers }) => headers.find(([name]) => name === header)?.[1]);

/** Resolves when the log has the event, told by the log itself. */
function awaitedLog(): { log: ReturnType<typeof keepLog>; told(event: string): Promise<void> } {
  const log = keepLog();
  const told = async (event: string): Promise<void> => {
    while (!log.lines.some((line) => line.event === event)) await new Promise((go) => setImmediate(go));
  };
  return { log, told };
}

test('a secret from a file is read again when the file changes; an unusable one leaves the last good', async () => {
  const file = put('secret', 'first\n');
  const { log, told } = awaitedLog();
  const client = makeClient(upstream.origin, {
    log,
    limits: { fileCheckMs: 5 },
    credential: { kind: 'secret-header', header: 'x-api-key', secret: { file } },
  });
  await outcomeOf(client);
  writeFileSync(file, 'second, longer');
  await told('secret-reread');
  await outcomeOf(client);
  writeFileSync(file, '');
  await told('secret-unreadable');
  await outcomeOf(client);
  expect(valuesOf('x-api-key')).toEqual(['first', 'second, longer', 'second, longer']);
  expect(JSON.stringify(log.lines)).not.toMatch(/first|second/);
  await client.close();
  expect(() =>
    makeClient(upstream.origin, { credential: { kind: 'secret-header', header: 'x-api-key', secret: { file: join(folder, 'missing') } } }),
  ).toThrow();
});

describe('client credentials', () => {
  let server: Server;
  let tokenEndpoint: string;
  let asked: { authorization: string | undefined; body: string }[];
  let answer: { status: number; body: string };
  beforeEach(async () => {
    asked = [];
    answer = { status: 200, body: '' };
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        asked.push({ authorization: request.headers.authorization, body });
        const text = answer.body || JSON.stringify({ access_token: `token-${asked.length}`, token_type: 'Bearer', expires_in: 300 });
        response.writeHead(answer.status, { 'content-type': 'application/json', location: '/other' }).end(text);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    tokenEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  const credential = (over: object = {}) =>
    ({
      kind: 'client-credentials',
      tokenEndpoint,
      clientId: 'casegate:1',
      clientSecret: { value: 's&cret' },
      scope: 'read',
      ...over,
    }) as const;

  test('one token serves many calls, those at the same time included, until shortly before it expires', async () => {
    let nowMs = 1_000_000;
    const client = makeClient(upstream.origin, { clock: () => nowMs, credential: credential() });
    await Promise.all([outcomeOf(client), outcomeOf(client), outcomeOf(client)]);
    nowMs += 239_000;
    await outcomeOf(client);
    expect(asked).toEqual([
      {
        authorization: `Basic ${Buffer.from('casegate%3A1:s%26cret').toString('base64')}`,
        body: 'grant_type=client_credentials&scope=read',
      },
    ]);
    nowMs += 2_000; // in the last minute it is renewed in the background, and still used
    await outcomeOf(client);
    while (asked.length < 2) await new Promise((go) => setImmediate(go));
    nowMs += 29_000; // thirty seconds before its end it is used no more
    while (valuesOf('authorization').at(-1) !== 'Bearer token-2') await outcomeOf(client);
    expect([...new Set(valuesOf('authorization'))]).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(asked).toHaveLength(2);
    await client.close();
  });

  test('a 401 is never replayed; the next call fetches a new token, at most once in ten seconds', async () => {
    let nowMs = 1_000_000;
    const client = makeClient(upstream.origin, { clock: () => nowMs, credential: credential({ style: 'post', audience: 'wf1' }) });
    upstream.answers(rawReply('{}', { status: '401 Unauthorized' }));
    for (let i = 0; i < 5; i += 1) expect(await outcomeOf(client)).toMatchObject({ code: 'upstream-failed' });
    expect(valuesOf('authorization')).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-2', 'Bearer token-2', 'Bearer token-2']);
    nowMs += 10_000;
    await outcomeOf(client);
    await outcomeOf(client);
    expect(valuesOf('authorization').slice(5)).toEqual(['Bearer token-2', 'Bearer token-3']);
    expect(asked[0]).toEqual({
      authorization: undefined,
      body: 'grant_type=client_credentials&scope=read&audience=wf1&client_id=casegate%3A1&client_secret=s%26cret',
    });
    await client.close();
  });

  test.each([
    ['an error', 500, '{}'],
    ['a redirect', 302, ''],
    ['no JSON', 200, '<html>secret</html>'],
    ['another type', 200, '{"access_token":"secret","token_type":"mac"}'],
    ['a token no header may hold', 200, '{"access_token":"sec\\r\\nret","token_type":"bearer"}'],
    ['no sound lifetime', 200, '{"access_token":"secret","token_type":"bearer","expires_in":-5}'],
    ['an answer over the cap', 200, `{"access_token":"secret","token_type":"bearer","x":"${'x'.repeat(70_000)}"}`],
  ])('%s from the token endpoint is a refusal, and nothing goes to the case system', async (_name, status, body) => {
    answer = { status, body };
    let nowMs = 1_000_000;
    const log = keepLog();
    const client = makeClient(upstream.origin, { clock: () => nowMs, log, credential: credential() });
    expect(await outcomeOf(client)).toMatchObject({ code: 'upstream-failed' });
    expect(await outcomeOf(client)).toMatchObject({ code: 'upstream-failed' });
    expect(asked).toHaveLength(1);
    expect(upstream.requests).toEqual([]);
    expect(JSON.stringify(log.lines)).not.toContain('secret');
    answer = { status: 200, body: '' };
    nowMs += 1_000;
    expect(await outcomeOf(client)).toMatchObject({ status: 200 });
    expect(client.state()).toEqual({ breaker: 'closed', calls: 0 });
    await client.close();
  });

  test('a token endpoint that is neither https nor loopback is refused at start', () => {
    expect(() => makeClient(upstream.origin, { credential: credential({ tokenEndpoint: 'http://idp.example/token' }) })).toThrow(
      'must be https',
    );
  });
});

describe('TLS', () => {
  const authority = makeCertificate('Test Authority');
  const server = makeCertificate('case-system', { issuer: authority, hosts: ['127.0.0.1'] });
  const elsewhere = makeCertificate('elsewhere', { issuer: authority, hosts: ['10.0.0.1'] });
  const gateway = makeCertificate('casegate', { issuer: authority });
  const stranger = makeCertificate('stranger');
  let secure: RawUpstream;
  const open = async (certificate: { cert: string; key: string }): Promise<void> => {
    secure = await startRawUpstream({
      tls: { cert: certificate.cert, key: certificate.key, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
    });
  };
  afterEach(() => secure.close());
  const files = (certificate: { cert: string; key: string }, name = 'own'): { caFile: string; certFile: string; keyFile: string } => ({
    caFile: put('ca.pem', authority.cert),
    certFile: put(`${name}.pem`, certificate.cert),
    keyFile: put(`${name}.key`, certificate.key),
  });

  test("mTLS: with its own certificate the gateway is let in, without or with a stranger's it is not", async () => {
    await open(server);
    const known = makeClient(secure.origin, { tls: files(gateway) });
    expect(await outcomeOf(known)).toMatchObject({ status: 200 });
    await known.close();
    for (const tls of [{ caFile: put('ca.pem', authority.cert) }, files(stranger, 'stranger')]) {
      const unknown = makeClient(secure.origin, { tls });
      expect(await outcomeOf(unknown)).toMatchObject({ code: 'upstream-unreachable' });
      await unknown.close();
    }
    expect(secure.requests).toHaveLength(1);
  });

  const openssl = spawnSync('openssl', ['version']).status === 0 ? test : test.skip;
  openssl('mTLS: the certificate may stand in a PKCS #12 file (made with openssl; Node cannot make one)', async () => {
    await open(server);
    const { certFile, keyFile, caFile } = files(gateway);
    const pfxFile = join(folder, 'own.pfx');
    const made = spawnSync('openssl', ['pkcs12', '-export', '-in', certFile, '-inkey', keyFile, '-out', pfxFile, '-passout', 'pass:word']);
    expect(made.status).toBe(0);
    const client = makeClient(secure.origin, { tls: { caFile, pfxFile, passphrase: 'word' } });
    expect(await outcomeOf(client)).toMatchObject({ status: 200 });
    await client.close();
  });

  test('a case system nobody vouches for, or under another name, is not called', async () => {
    await open(server);
    const trusting = makeClient(secure.origin, { tls: { ...files(gateway), caFile: put('other-ca.pem', stranger.cert) } });
    expect(await outcomeOf(trusting)).toMatchObject({ code: 'upstream-unreachable' });
    await trusting.close();
    await secure.close();
    await open(elsewhere);
    const client = makeClient(secure.origin, { tls: files(gateway) });
    expect(await outcomeOf(client)).toMatchObject({ code: 'upstream-unreachable' });
    await client.close();
    expect(secure.requests).toEqual([]);
  });

  test('a new certificate on disk is used without a restart', async () => {
    await open(server);
    const tls = files(stranger);
    const { log, told } = awaitedLog();
    const client = makeClient(secure.origin, { tls, log, limits: { fileCheckMs: 5 } });
    expect(await outcomeOf(client)).toMatchObject({ code: 'upstream-unreachable' });
    files(gateway);
    await told('upstream-certificates-reread');
    let outcome = await outcomeOf(client);
    while (!('status' in outcome)) outcome = await outcomeOf(client);
    expect(outcome.status).toBe(200);
    await client.close();
  });

  test('half a client certificate is refused at start', async () => {
    await open(server);
    expect(() => makeClient(secure.origin, { tls: { certFile: put('c.pem', gateway.cert) } })).toThrow('both certFile and keyFile');
  });
});
