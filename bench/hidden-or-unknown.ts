import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { treeRoot } from '../demo/tree-root';
import { importDirectory, startGateway } from '../src/compose';
import { loadSettings } from '../src/settings/load-settings';
import type { Settings } from '../src/settings/settings-table';
import { startLocalIssuer, type LocalIssuer } from './local-issuer';
import { BENCH_RECORD_ID, makeBenchRecord } from './make-record';

/**
 * `node dist/bench/hidden-or-unknown.js [--pairs N] [--json]`
 * Whether the time of an answer tells a hidden record from an unknown one (INF-07): so many interleaved pairs, one request at a time, in
 * changing order, against a case system that answers both at once. `own` is what the gateway adds: the caller's wait less the case
 * system's. The entry of each is fsynced, so a single figure is mostly the disk; the medians are what is compared: goal under 1 ms.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { pairs: { type: 'string', default: '1500' }, json: { type: 'boolean', default: false } } });
  const pairs = Number(values.pairs);
  if (!Number.isInteger(pairs) || pairs < 10) throw new Error('--pairs wants a whole number from 10');
  const tree = treeRoot();
  mkdirSync(join(tree, '.casegate'), { recursive: true });
  const folder = mkdtempSync(join(tree, '.casegate', 'bench-'));
  const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const issuer = await startLocalIssuer();
    stops.push(() => issuer.stop());
    const upstream = await startCaseSystem();
    stops.push(() => upstream.stop());
    const settings = settingsOf(folder, issuer, upstream.port);
    const report = await importDirectory(settings, [{ name: 'bench.yaml', content: JSON.stringify(directoryOf(issuer)) }]);
    if (report.outcome !== 'applied') throw new Error(`the directory was refused: ${report.problems[0]?.reason}`);
    const gateway = await startGateway(settings);
    stops.push(() => gateway.stop());
    const caller = await startCaller(Number(new URL(gateway.dataUrl).port), issuer.token);
    stops.push(() => caller.stop());

    const rows: Row[] = [];
    for (const [route, hidden, unknown] of ROUTES) {
      await measure(caller, upstream, hidden, unknown, Math.min(300, pairs));
      rows.push({ route, ...(await measure(caller, upstream, hidden, unknown, pairs)) });
    }
    process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : tableOf(rows, pairs));
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

const ROUTES = [
  ['facts in the body', `/workforce-one/records/${BENCH_RECORD_ID}`, '/workforce-one/records/WF1-9999999'],
  ['facts in the registry', '/trackone/participants/T1-ELSEWHERE', '/trackone/participants/T1-UNKNOWN'],
] as const;

interface Row {
  readonly route: string;
  readonly hiddenMicros: number;
  readonly unknownMicros: number;
  /** Of the medians, hidden less unknown. */
  readonly differenceMicros: number;
  /** The median of the differences within each pair. */
  readonly pairedMicros: number;
}

async function measure(caller: Caller, upstream: CaseSystem, hidden: string, unknown: string, pairs: number): Promise<Omit<Row, 'route'>> {
  const own = async (path: string): Promise<number> => {
    const spent = upstream.spentMicros();
    const took = await caller.ask(path);
    return took - (upstream.spentMicros() - spent);
  };
  const [ofHidden, ofUnknown, differences]: [number[], number[], number[]] = [[], [], []];
  for (let pair = 0; pair < pairs; pair += 1) {
    const isHiddenFirst = pair % 2 === 0;
    const first = await own(isHiddenFirst ? hidden : unknown);
    const second = await own(isHiddenFirst ? unknown : hidden);
    const [one, other] = isHiddenFirst ? [first, second] : [second, first];
    ofHidden.push(one);
    ofUnknown.push(other);
    differences.push(one - other);
  }
  const [hiddenMicros, unknownMicros] = [median(ofHidden), median(ofUnknown)];
  return { hiddenMicros, unknownMicros, differenceMicros: round(hiddenMicros - unknownMicros), pairedMicros: median(differences) };
}

const round = (micros: number): number => Math.round(micros * 10) / 10;
const median = (values: readonly number[]): number => round([...values].sort((a, b) => a - b)[values.length >> 1] as number);

function tableOf(rows: readonly Row[], pairs: number): string {
  const lines = [`Own time of the gateway, medians of ${pairs} interleaved pairs, microseconds`, ''];
  lines.push(`  ${'route'.padEnd(24)}${['hidden', 'unknown', 'difference', 'paired'].map((word) => word.padStart(12)).join('')}`);
  for (const row of rows) {
    const figures = [row.hiddenMicros, row.unknownMicros, row.differenceMicros, row.pairedMicros];
    lines.push(`  ${row.route.padEnd(24)}${figures.map((figure) => figure.toFixed(1).padStart(12)).join('')}`);
  }
  return `${lines.join('\n')}\n`;
}

interface CaseSystem {
  readonly port: number;
  /** Between the head of a request and the last byte of its answer, all requests so far. */
  spentMicros(): number;
  stop(): Promise<void>;
}

async function startCaseSystem(): Promise<CaseSystem> {
  const known = replyOf('200 OK', JSON.stringify({ ...makeBenchRecord(), privacy: { indicator: true } }));
  const unknown = replyOf('404 Not Found', '{}');
  const sockets = new Set<Socket>();
  let spent = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    let unread = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      unread += chunk.toString('latin1');
      if (!unread.endsWith('\r\n\r\n')) return;
      const started = performance.now();
      socket.write(unread.startsWith(`GET /records/${BENCH_RECORD_ID} `) ? known : unknown);
      unread = '';
      spent += (performance.now() - started) * 1000;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    spentMicros: () => spent,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

const replyOf = (status: string, body: string): Buffer =>
  Buffer.from(`HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

interface Caller {
  /** Microseconds from the request to the last byte of its answer, which must be record-hidden. */
  ask(path: string): Promise<number>;
  stop(): void;
}

/** The gateway ends a connection after some hundred requests: a new one is opened in time, outside what is measured. */
const REQUESTS_PER_CONNECTION = 100;

async function startCaller(port: number, token: string): Promise<Caller> {
  let line = await openLine(port);
  let asked = 0;
  return {
    ask: async (path) => {
      if (asked > 0 && asked % REQUESTS_PER_CONNECTION === 0) {
        line.socket.destroy();
        line = await openLine(port);
      }
      asked += 1;
      const started = performance.now();
      const answer = await line.ask(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
      const took = (performance.now() - started) * 1000;
      if (!answer.includes('"code":"record-hidden"')) throw new Error(`not a hidden record: ${answer.slice(0, 40)}`);
      return took;
    },
    stop: () => void line.socket.destroy(),
  };
}

async function openLine(port: number): Promise<{ readonly socket: Socket; ask(request: string): Promise<string> }> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let received = '';
  let settle: (text: string) => void = () => undefined;
  let fail: (fault: Error) => void = () => undefined;
  socket.on('error', () => undefined);
  socket.on('close', () => fail(new Error('the gateway closed the connection')));
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
    const end = received.indexOf('\r\n\r\n');
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(received)?.[1] ?? Infinity);
    if (end < 0 || received.length < end + 4 + length) return;
    const whole = received;
    received = '';
    settle(whole);
  });
  return {
    socket,
    ask: (request) =>
      new Promise((go, no) => {
        [settle, fail] = [go, no];
        socket.write(request);
      }),
  };
}

function settingsOf(folder: string, { issuer, jwksUrl, audience }: LocalIssuer, upstreamPort: number): Settings {
  const system = { origin: `http://127.0.0.1:${upstreamPort}`, credential: { kind: 'none' } };
  const config = {
    environment: 'production',
    dataPlane: { port: 0 },
    adminPlane: { port: 0 },
    store: { kind: 'sqlite', folder },
    issuers: [{ issuer, jwksUri: jwksUrl, audience, algorithms: ['RS256'] }],
    systems: { 'workforce-one': system, trackone: system },
    policies: { folder: join(treeRoot(), 'policies') },
    rateLimits: { addressPerMinute: 10_000_000, callerPerMinute: 10_000_000 },
    logLevel: 'error',
  };
  const env = { CASEGATE_LOG_DIGEST_KEY: 'a digest key of the benchmark alone, 32 characters' };
  return loadSettings({ env, configText: JSON.stringify(config), folder, mode: 'demo' });
}

/** One person whose application carries no section that an outsider sees of a private record; and a record in another region. */
function directoryOf({ issuer, clientId, subject }: LocalIssuer): Readonly<Record<string, readonly object[]>> {
  const from = '2024-01-01';
  const environment = 'production';
  const membership = { account: subject, environment, from };
  return {
    organizations: [{ id: 'bench', name: 'Bench' }],
    applications: [
      {
        id: 'bench',
        issuer,
        client_id: clientId,
        environment,
        class: 'case-work',
        grants: [
          { system: 'workforce-one', actions: ['read'], sections: ['contact'] },
          { system: 'trackone', actions: ['read'], sections: ['*'] },
        ],
      },
    ],
    accounts: [{ id: subject, kind: 'person', person: subject, issuer, subject, environment, organization: 'bench' }],
    standings: [
      { of: 'organization', id: 'bench', standing: 'active', from },
      { of: 'application', id: 'bench', standing: 'active', from },
      { of: 'account', id: subject, standing: 'active', from },
    ],
    memberships: [
      {
        ...membership,
        id: 'm-1',
        system: 'workforce-one',
        workgroup: 'employment-counselor',
        staff_id: 'S9',
        agency: 'AG-NORTH',
        counties: ['*'],
      },
      { ...membership, id: 'm-2', system: 'trackone', workgroup: 'team-member', staff_id: 'T9', regions: ['R4'], offices: ['R4-LAF'] },
    ],
    records: [{ system: 'trackone', environment, record_id: 'T1-ELSEWHERE', private: false, codes: { region: ['R5'], site: ['R5-IND'] } }],
  };
}

main().catch((fault: unknown) => {
  process.stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
  process.exitCode = 2;
});
