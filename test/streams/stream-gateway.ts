import { request, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { AccessEntry } from '../../src/vocabulary/access-entry';
import { wf1Record } from '../support/agency';
import { startTestGateway, type GatewayOptions, type TestGateway } from '../support/gateway';
import { copyPolicies } from '../support/policy-copy';

export const EXPORT = '/workforce-one/exports/records';

const ROUTE = `
  export-records:
    method: GET
    path: /exports/records
    answer: stream
    formats: [json, ndjson, csv]
    maxRecordBytes: 65536
    mostRecords: { employment-counselor: 200000, data-specialist: 50, monitor: 100 }
    basicViews: [monitor]
    action: export
    sections: all
    factsFrom: body
    id: /recordId
    mediaTypes: [application/json, application/x-ndjson, text/csv]
    maxBodyBytes: 1073741824
`;

const ROWS = [
  'p, group:employment-counselor, assigned, *, always, *, export, allow',
  'p, group:data-specialist, data-specialist, open, always, *, export, allow',
];

/** A gateway that knows an export: counselors their own records, data specialists 50 open ones of their agency, monitors 100 basic views. */
export async function startStreamGateway(options: GatewayOptions = {}): Promise<TestGateway> {
  const policies = copyPolicies();
  policies.save('workforce-one', 'record.yaml', policies.read('workforce-one', 'record.yaml').replace(/\.\.\.\n$/, `${ROUTE}...\n`));
  // The shipped policy exports basic information alone, and has examples that say so.
  const examples = policies.read('workforce-one', 'cases.csv').split('\n');
  policies.save('workforce-one', 'cases.csv', examples.filter((line) => !line.includes(', export,')).join('\n'));
  policies.add('workforce-one', 'policy.csv', ...ROWS);
  const gateway = await startTestGateway({
    ...options,
    policies: policies.folder,
    systems: ['workforce-one'],
    config: { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 }, ...options.config },
  });
  return {
    ...gateway,
    stop: async () => {
      await gateway.stop();
      policies.remove();
    },
  };
}

/** Assigned to `counselor`, unless places say otherwise. */
export const ownRecord = (n: number, places: Readonly<Record<string, unknown>> = {}): Record<string, unknown> =>
  wf1Record(`R${n}`, { '/privacy/indicator': n % 2 === 0, ...places });

/** A body in chunks, as the test says. */
export class ChunkedAnswer {
  #socket: Socket | null = null;
  readonly #opened: Promise<void>;
  #open: () => void = () => undefined;
  isGone = false;

  constructor(gateway: TestGateway, type = 'application/json', headers: readonly string[] = []) {
    this.#opened = new Promise((open) => (this.#open = open));
    gateway.upstream.answers(() => (socket: Socket) => {
      this.#socket = socket;
      socket.on('close', () => (this.isGone = true));
      const head = ['HTTP/1.1 200 OK', `Content-Type: ${type}`, 'Transfer-Encoding: chunked', ...headers];
      socket.write(`${head.join('\r\n')}\r\n\r\n`);
      this.#open();
    });
  }

  /** Settles when the kernel took it. */
  async send(bytes: string | Buffer): Promise<void> {
    await this.#opened;
    const body = Buffer.from(bytes);
    const socket = this.#socket as Socket;
    socket.write(`${body.length.toString(16)}\r\n`);
    socket.write(body);
    if (socket.write('\r\n') || socket.destroyed) return;
    await new Promise<void>((settle) => {
      const over = (): void => {
        socket.off('drain', over).off('close', over);
        settle();
      };
      socket.on('drain', over).on('close', over);
    });
  }

  end(): void {
    this.#socket?.write('0\r\n\r\n');
  }

  cut(): void {
    this.#socket?.resetAndDestroy();
  }
}

/** A reader who looks at what has come so far. */
export class Reading {
  #bytes: Buffer[] = [];
  #wake: (() => void)[] = [];
  outcome: 'open' | 'whole' | 'cut' = 'open';

  private constructor(
    readonly message: IncomingMessage,
    private readonly done: Promise<void>,
  ) {}

  static async open(
    gateway: TestGateway,
    as: string,
    accept = 'application/json',
    options: { readonly isPaused?: boolean; readonly method?: string } = {},
  ): Promise<Reading> {
    const authorization = `Bearer ${await gateway.token(as)}`;
    return await new Promise((opened, failed) => {
      const call = request(
        `${gateway.dataUrl}${EXPORT}`,
        { method: options.method ?? 'GET', headers: { authorization, accept }, agent: false },
        (message) => {
          let over: () => void = () => undefined;
          const reading = new Reading(message, new Promise((done) => (over = done)));
          const settle = (outcome: 'whole' | 'cut') => () => {
            if (reading.outcome === 'open') reading.outcome = outcome;
            over();
            reading.#told();
          };
          message.on('error', settle('cut'));
          message.on('aborted', settle('cut'));
          message.on('end', settle('whole'));
          if (options.isPaused !== true) reading.flow();
          opened(reading);
        },
      );
      call.on('error', failed);
      call.end();
    });
  }

  flow(): void {
    this.message.on('data', (chunk: Buffer) => {
      this.#bytes.push(chunk);
      this.#told();
    });
  }

  get text(): string {
    return Buffer.concat(this.#bytes).toString();
  }

  get accessId(): string {
    return String(this.message.headers['casegate-access-id']);
  }

  #told(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** Settles when so much has come that `holds` is true. */
  async until(holds: (text: string) => boolean): Promise<void> {
    while (!holds(this.text)) {
      if (this.outcome !== 'open') throw new Error(`the answer ended: ${this.outcome}`);
      await new Promise<void>((wake) => this.#wake.push(wake));
    }
  }

  async over(): Promise<'whole' | 'cut'> {
    await this.done;
    return this.outcome as 'whole' | 'cut';
  }

  leave(): void {
    this.message.destroy();
  }
}

/** Opening, parts and end of one stream, in their order; waits for the end, for which nobody else waits. */
export async function entriesOfStream(gateway: TestGateway, accessId: string): Promise<readonly AccessEntry[]> {
  for (let tries = 0; ; tries += 1) {
    const entries = (await gateway.entries()).filter((one) => one.accessId === accessId || one.details?.['of'] === accessId);
    if (entries.at(-1)?.kind === 'access-end' || tries > 200) return entries;
    await new Promise((turn) => setTimeout(turn, 10));
  }
}

/** The numbers of the records that entries name. */
export const namedIn = (entries: readonly AccessEntry[]): readonly (string | undefined)[] =>
  entries.flatMap((entry) => entry.records.map((record) => record.id));
