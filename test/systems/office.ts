import type { AccessEntry, EntryKey } from '../../src/vocabulary/access-entry';
import { startTestGateway, type GatewayOptions, type Reply, type TestGateway } from '../support/gateway';
import { rawReply, type RawRequest } from '../support/raw-upstream';
import { entryOf, headersOf, problemHeaders, problemOf, ruleLine } from '../journeys/expected';

/** What a person is in the system; the words of a membership as `directory import` takes them. */
export interface Held {
  readonly workgroup: string;
  readonly staff_id?: string;
  readonly agency?: string;
  readonly counties?: readonly string[];
  readonly offices?: readonly string[];
  readonly programs?: readonly string[];
  readonly regions?: readonly string[];
  readonly to?: string;
}

export interface OfficeOptions {
  readonly system: string;
  /** People by account id, and what each holds; membership i of `casey` is `m-casey-i`. */
  readonly people: Readonly<Record<string, readonly Held[]>>;
  /** Bodies of the case system by path, such as `/participants/CT-1/rca`; any other path is not found. */
  readonly bodies: Readonly<Record<string, unknown>>;
  /** More rows of the directory: rights, records of the registry. */
  readonly rows?: Readonly<Record<string, readonly object[]>>;
  readonly options?: GatewayOptions;
}

/** What an answer shows, and how its entry tells of it. */
export interface Shown {
  readonly route: string;
  readonly record: string;
  readonly body: unknown;
  readonly view: 'full' | 'partial' | 'basic';
  /** Each section that is shown, and the row of policy.csv that shows it. */
  readonly disclosed: Readonly<Record<string, string>>;
  /** Each section of the route that is not, and why. */
  readonly withheld: Readonly<Record<string, string>>;
  readonly keys: readonly EntryKey[];
  /** Those of the person by default. */
  readonly memberships?: readonly string[];
  readonly unclassifiedFields?: number;
}

/** What the entry of a hidden record tells; the answer tells nothing. */
export type Hidden = Pick<Shown, 'route' | 'record' | 'withheld' | 'keys' | 'memberships'> & {
  /** False where the decision fell before anything was sent to the case system. */
  readonly isFetched?: boolean;
};

/** One case system behind a real gateway, and people who work in it. */
export interface Office {
  readonly gateway: TestGateway;
  read(as: string, path: string): Promise<Reply>;
  /** Reads, and asserts the whole answer and the whole entry. */
  expectShown(as: string, path: string, shown: Shown): Promise<void>;
  /** Reads, and asserts that the answer is that of an unknown record, and the whole entry. */
  expectHidden(as: string, path: string, hidden: Hidden): Promise<void>;
  /** Reads, and asserts that the account alone settles it: nothing is sent to the case system. */
  expectRefused(
    as: string,
    path: string,
    refused: { readonly code: 'action-not-permitted' | 'no-membership'; readonly reason: string; readonly route: string },
  ): Promise<void>;
  stop(): Promise<void>;
}

const FROM = '2024-01-01';
const ENVIRONMENT = 'production';

/** The rows of people in one system, and of the application `desk` that carries their calls. */
export function officeRows(
  system: string,
  issuer: string,
  people: OfficeOptions['people'],
  environment = ENVIRONMENT,
): Readonly<Record<string, readonly object[]>> {
  const ids = Object.keys(people);
  return {
    applications: [
      {
        id: `desk-${environment}`,
        issuer,
        client_id: 'desk',
        environment,
        class: 'case-work',
        grants: [{ system, actions: ['*'], sections: ['*'] }],
      },
    ],
    accounts: ids.map((id) => ({ id, kind: 'person', person: `person-${id}`, issuer, subject: id, environment, organization: 'north' })),
    memberships: ids.flatMap((id) =>
      (people[id] ?? []).map((held, at) => ({ id: `m-${id}-${at}`, account: id, system, environment, from: FROM, ...held })),
    ),
    standings: [
      { of: 'application', id: `desk-${environment}`, standing: 'active', from: FROM },
      ...ids.map((id) => ({ of: 'account', id, standing: 'active', from: FROM })),
    ],
  };
}

/** Starts the office. Fails where its rows are not taken. */
export async function openOffice({ system, people, bodies, rows = {}, options = {} }: OfficeOptions): Promise<Office> {
  const gateway = await startTestGateway({
    systems: [system],
    ...options,
    config: { rateLimits: { addressPerMinute: 1_000_000, callerPerMinute: 1_000_000 }, ...options.config },
  });
  serveBodies(gateway, bodies);
  const own = officeRows(system, gateway.issuer.issuer, people);
  const kinds = new Set([...Object.keys(own), ...Object.keys(rows)]);
  const imported = await gateway.importRows(
    Object.fromEntries([...kinds].map((kind) => [kind, [...(own[kind] ?? []), ...(rows[kind] ?? [])]])),
  );
  if (imported.status !== 200) {
    await gateway.stop();
    throw new Error(`the rows were not taken: ${JSON.stringify((imported.json as { problems?: unknown }).problems)}`);
  }

  const read: Office['read'] = async (as, path) => {
    const token = await gateway.token(as, { client_id: 'desk' });
    return gateway.send('GET', `${gateway.dataUrl}/${system}${path}`, { headers: { authorization: `Bearer ${token}` } });
  };
  const heldBy = (as: string): readonly string[] => (people[as] ?? []).map((_, at) => `m-${as}-${at}`);
  const whole = (reply: Reply, as: string, told: Parameters<typeof entryOf>[3], memberships = heldBy(as)): unknown =>
    entryOf(gateway, reply, { account: as, application: 'desk-production', memberships }, { system, ...told });

  return {
    gateway,
    read,
    expectShown: async (as, path, { route, record, body, view, disclosed, withheld, keys, memberships, unclassifiedFields = 0 }) => {
      const reply = await read(as, path);
      const names = Object.keys(withheld);
      expect([reply.status, reply.json, headersOf(reply)]).toEqual([
        200,
        body,
        {
          view,
          withheld: names.length === 0 ? undefined : names.map((name) => `${name}=not-granted`).join(', '),
          cache: 'no-store',
          type: 'application/json; charset=utf-8',
          isNamed: true,
        },
      ]);
      const lines = Object.fromEntries(Object.entries(disclosed).map(([name, row]) => [name, ruleLine(row, gateway.policies, system)]));
      const reasons = view === 'full' ? ['granted'] : [...new Set(Object.values(withheld))];
      const told = { id: record, disclosure: view, disclosed: lines, withheld, keys, unclassifiedFields };
      expect(await gateway.entryOf(reply)).toEqual(
        whole(reply, as, { route, record: told, outcome: { status: 200, code: 'ok', reasons } }, memberships),
      );
    },
    expectHidden: async (as, path, { route, record, withheld, keys, memberships, isFetched = true }) => {
      const sent = gateway.upstream.requests.length;
      const reply = await read(as, path);
      expect([reply.status, reply.json, headersOf(reply)]).toEqual([404, problemOf('record-hidden', reply), problemHeaders]);
      expect(gateway.upstream.requests.length - sent).toBe(isFetched ? 1 : 0);
      const told: AccessEntry['records'][number] = {
        ...{ id: record, disclosure: 'none', disclosed: {}, withheld, keys, unclassifiedFields: 0 },
      };
      const [why = ''] = Object.values(withheld);
      const outcome = { status: 404, code: 'record-hidden', reasons: [why] };
      expect(await gateway.entryOf(reply)).toEqual(
        whole(reply, as, { route, record: told, outcome, upstream: isFetched ? 'answered' : null }, memberships),
      );
    },
    expectRefused: async (as, path, { code, reason, route }) => {
      const sent = gateway.upstream.requests.length;
      const reply = await read(as, path);
      expect([reply.status, reply.json, headersOf(reply)]).toEqual([403, problemOf(code, reply), problemHeaders]);
      const record = {
        digest: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown as string,
        disclosure: 'none',
        disclosed: {},
        withheld: {},
        keys: [],
        unclassifiedFields: 0,
      } as const;
      expect(await gateway.entryOf(reply)).toEqual(
        whole(reply, as, { route, record, outcome: { status: 403, code, reasons: [reason] }, upstream: null }, []),
      );
      expect(gateway.upstream.requests.length).toBe(sent);
    },
    stop: () => gateway.stop(),
  };
}

/** Answers each path with its body as JSON, and any other path with 404. */
export function serveBodies(gateway: TestGateway, bodies: OfficeOptions['bodies']): void {
  gateway.upstream.answers(({ target }: RawRequest) =>
    Object.hasOwn(bodies, target)
      ? rawReply(JSON.stringify(bodies[target]))
      : rawReply('{"error":"no such record"}', { status: '404 Not Found' }),
  );
}
