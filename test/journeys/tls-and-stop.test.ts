import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { Agent, request } from 'undici';
import { makeCertificate } from '../support/certificates';
import { RECORDS } from '../support/agency';
import { startTestGateway, STORES } from '../support/gateway';
import { rawReply } from '../support/raw-upstream';
import { bodyOf, SECTIONS } from './expected';

const authority = makeCertificate('Casegate Test Authority');
const certificate = makeCertificate('gateway.test', { issuer: authority, hosts: ['127.0.0.1', 'localhost'] });
const folder = mkdtempSync(join(tmpdir(), 'casegate-tls-'));
const [certFile, keyFile] = [join(folder, 'gateway.pem'), join(folder, 'gateway.key')];
writeFileSync(certFile, certificate.cert);
writeFileSync(keyFile, certificate.key);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TLS = { tls: 'certificate', tlsCertificateFile: certFile, tlsKeyFile: keyFile };
const config = {
  dataPlane: TLS,
  adminPlane: TLS,
  limits: { drainMs: 5_000 },
  rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 },
};

const agents: Agent[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.destroy();
});
function trusting(ca: string): Agent {
  const agent = new Agent({ connect: { ca } });
  agents.push(agent);
  return agent;
}
async function get(url: string, token: string, agent = trusting(authority.cert)) {
  const reply = await request(url, { headers: { authorization: `Bearer ${token}` }, dispatcher: agent });
  const text = await reply.body.text();
  return { status: reply.statusCode, json: JSON.parse(text) as unknown, accessId: String(reply.headers['casegate-access-id']) };
}

describe.each(STORES)('on %s', (store) => {
  test('tls: certificate on both planes: TLS alone, of the certificate that was named', async () => {
    const gateway = await startTestGateway({ store, config });
    try {
      expect([gateway.dataUrl, gateway.adminUrl].map((url) => new URL(url).protocol)).toEqual(['https:', 'https:']);
      const reply = await get(`${gateway.dataUrl}/workforce-one/records/P1`, await gateway.token('counselor'));
      expect([reply.status, reply.json]).toEqual([200, bodyOf('P1', SECTIONS)]);
      expect((await gateway.entryOf(reply.accessId)).records[0]?.id).toBe('P1');
      const admin = await get(`${gateway.adminUrl}/api/v1/readiness`, await gateway.adminToken('auditor'));
      expect([admin.status, (admin.json as { ready?: unknown }).ready]).toEqual([200, true]);
      for (const url of [gateway.dataUrl, gateway.adminUrl]) {
        await expect(get(`${url}/readyz`, 'x', trusting(makeCertificate('Another Authority').cert))).rejects.toThrow();
        expect(await plainAnswer(Number(new URL(url).port))).not.toMatch(/^HTTP\/1.1 2/);
        await expect(handshake(Number(new URL(url).port), 'TLSv1.1')).rejects.toThrow();
        expect(await handshake(Number(new URL(url).port), 'TLSv1.2')).toBe('TLSv1.2');
      }
    } finally {
      await gateway.stop();
    }
  });

  test('a stop lets running requests finish and takes no new ones; all of it is in the log, which is whole', async () => {
    const gateway = await startTestGateway({ store, config });
    try {
      const record = JSON.stringify(RECORDS['P1']);
      let release: () => void = () => undefined;
      const held = new Promise<void>((go) => (release = go));
      gateway.upstream.answers((socket: Socket, _request) => void held.then(() => socket.write(rawReply(record))));
      const url = `${gateway.dataUrl}/workforce-one/records/P1`;
      const token = await gateway.token('counselor');
      const running = Array.from({ length: 5 }, () => get(url, token));
      await gateway.upstream.seen(5);
      let isStopped = false;
      const stopping = gateway.stopGateway().then(() => (isStopped = true));
      await refused(gateway.dataPort);
      expect(isStopped).toBe(false);
      await expect(get(url, token)).rejects.toThrow(/ECONNREFUSED/);
      release();
      const replies = await Promise.all(running);
      expect(replies.map((reply) => [reply.status, reply.json])).toEqual(Array.from({ length: 5 }, () => [200, bodyOf('P1', SECTIONS)]));
      await stopping;
      await expect(get(`${gateway.adminUrl}/readyz`, token)).rejects.toThrow(/ECONNREFUSED/);
      const entries = await gateway.entries({ all: true });
      const access = entries.filter((entry) => entry.kind === 'access').map((entry) => entry.accessId);
      expect(access.sort()).toEqual(replies.map((reply) => reply.accessId).sort());
      // What became of the answers was drained with the rest.
      const delivered = entries
        .filter((entry) => entry.kind === 'delivery')
        .map((entry) => JSON.stringify(entry.details))
        .join();
      for (const { accessId } of replies) expect(delivered).toContain(accessId);
      expect(await gateway.isWhole()).toBe(true);
    } finally {
      await gateway.stop();
    }
  });

  test('a handshake that nobody goes on with holds the stop of neither plane', async () => {
    const gateway = await startTestGateway({ store, config: { ...config, limits: { drainMs: 20_000 } } });
    const silent = await Promise.all([gateway.dataPort, gateway.adminPort, gateway.adminPort].map((port) => opened(port)));
    silent[2]?.write(Buffer.from([0x16, 0x03, 0x01, 0x02]));
    try {
      const since = performance.now();
      await gateway.stopGateway();
      expect(performance.now() - since).toBeLessThan(5_000);
    } finally {
      for (const socket of silent) socket.destroy();
      await gateway.stop();
    }
  });
});

test.each(['dataPlane', 'adminPlane'])(
  '%s: an address that other machines reach is refused in the clear, before anything listens',
  async (plane) => {
    await expect(startTestGateway({ config: { [plane]: { host: '0.0.0.0', port: 0 } } })).rejects.toThrow(
      `${plane}.host: other machines could reach this address in the clear: set tls to certificate, or to terminated-in-front`,
    );
  },
);

test('tls: certificate without the files of it does not start', async () => {
  await expect(startTestGateway({ config: { dataPlane: { tls: 'certificate', tlsCertificateFile: certFile } } })).rejects.toThrow(
    'CASEGATE_DATA_TLS_KEY_FILE: is needed where tls is certificate',
  );
});

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', reject);
  });
}

/** Resolves when nobody listens there any more. */
async function refused(port: number): Promise<void> {
  for (;;) {
    const socket = await opened(port).catch(() => null);
    if (socket === null) return;
    socket.destroy();
  }
}

/** What a plain HTTP request gets where TLS is spoken. */
async function plainAnswer(port: number): Promise<string> {
  const socket = await opened(port);
  return new Promise((resolve) => {
    let all = '';
    socket.on('data', (part: Buffer) => (all += part.toString('latin1')));
    socket.on('error', () => resolve(all));
    socket.on('close', () => resolve(all));
    socket.write('GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  });
}

function handshake(port: number, version: 'TLSv1.1' | 'TLSv1.2'): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: '127.0.0.1', ca: authority.cert, minVersion: version, maxVersion: version }, () => {
      const spoken = socket.getProtocol();
      socket.destroy();
      resolve(spoken);
    });
    socket.on('error', reject);
  });
}
