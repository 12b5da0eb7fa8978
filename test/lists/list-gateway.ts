import { join } from 'node:path';
import type { DemoCaseSystems } from '../../demo/case-systems';
import { makeRecords, type DemoRecord } from '../../demo/make-records';
import { startChild } from '../../demo/start-child';
import { copyPolicies, type PolicyCopy } from '../support/policy-copy';
import { startTestGateway, type GatewayOptions, type TestGateway } from '../support/gateway';

/** What the case system holds of one record, as far as tests ask. */
export interface Held extends DemoRecord {
  readonly recordId: string;
  readonly participantId: string;
  readonly [field: string]: unknown;
}

export interface ListGateway extends TestGateway {
  /** Everything that json-server serves, as the tests' own truth. */
  readonly workforceOne: readonly Held[];
  readonly trackOne: readonly Held[];
}

/** A gateway in front of the demo's case systems: json-server with its own grammar, 2,201 and 300 records. */
export async function startListGateway(options: GatewayOptions = {}): Promise<ListGateway> {
  const child = await startChild<DemoCaseSystems>(join(__dirname, '..', '..', 'demo'), 'case-systems', { workforceOne: 0, trackOne: 0 });
  const { workforceOneUrl, trackOneUrl, registryCsv } = child.ready;
  const system = (origin: string): object => ({ origin, credential: { kind: 'none' } });
  try {
    const gateway = await startTestGateway({
      ...options,
      config: {
        systems: { 'workforce-one': system(workforceOneUrl), trackone: system(trackOneUrl) },
        rateLimits: { addressPerMinute: 10_000_000, callerPerMinute: 10_000_000 },
        logLevel: 'error',
        ...options.config,
      },
      directory: { ...options.directory, records: [...registryRows(registryCsv), ...(options.directory?.['records'] ?? [])] },
    });
    const stop = async (): Promise<void> => {
      await gateway.stop();
      await child.stop();
    };
    const { workforceOne, trackOne } = makeRecords();
    return { ...gateway, stop, workforceOne: workforceOne as readonly Held[], trackOne: trackOne as readonly Held[] };
  } catch (fault) {
    await child.stop();
    throw fault;
  }
}

/** The demo's registry, but for the one record that every test directory has. */
function registryRows(csv: string): readonly object[] {
  const [, ...lines] = csv.trim().split('\n');
  return lines
    .map((line) => line.split(','))
    .filter(([, , id]) => id !== 'T1-200041')
    .map(([system, environment, id, isPrivate, region, site]) => ({
      system,
      environment,
      record_id: id,
      private: isPrivate === 'true',
      codes: system === 'trackone' ? { region: [region], site: [site] } : {},
    }));
}

/**
 * The shipped policies, and rows by which lists show counselors more: all of an assigned record, contact and assignment of an open one in
 * scope. So one list holds records of which everything, something and only basic information is shown.
 */
export function widePolicies(): PolicyCopy {
  const copy = copyPolicies();
  copy.add(
    'workforce-one',
    'policy.csv',
    'p, group:employment-counselor, assigned, *, always, *, search, allow',
    'p, group:employment-counselor, *, open, in-scope, contact, search, allow',
    'p, group:employment-counselor, *, open, in-scope, assignment, search, allow',
  );
  const cases = copy.read('workforce-one', 'cases.csv');
  copy.save(
    'workforce-one',
    'cases.csv',
    cases.replace(/^WF1-05 a list shows a counselor basic information even of the assigned.*\n/m, ''),
  );
  return copy;
}

/** A record of Workforce One as these tests ask about it. */
export interface Facts {
  readonly isPrivate: boolean;
  readonly staffId: string;
  readonly agency: string;
  readonly county: string;
}

/** What the bodies and the demo's registry say, read by the tests themselves: the first five records whose body says open are private by the feed. */
export function factsOf(records: readonly Held[]): ReadonlyMap<string, Facts> {
  const byFeed = new Set(
    records
      .filter((one) => (one['privacy'] as { indicator?: unknown } | undefined)?.indicator === false)
      .slice(0, 5)
      .map((one) => one.recordId),
  );
  return new Map(
    records.map((one) => {
      const said = (one['privacy'] as { indicator?: unknown } | undefined)?.indicator;
      const { staffId, agency, county } = one['assignment'] as { staffId: string | null; agency: string; county: string };
      const isPrivate = !(said === false || said === 'N') || byFeed.has(one.recordId);
      return [one.recordId, { isPrivate, staffId: staffId ?? '', agency, county }];
    }),
  );
}

/** The path and query that a Link header gives for `next`; null where the list is at its end. */
export const nextOf = (link: unknown): string | null => /<([^>]+)>; rel="next"/.exec(typeof link === 'string' ? link : '')?.[1] ?? null;

/** Follows a list to its end; gives every element, in order. */
export async function walk(gateway: ListGateway, path: string, as: string): Promise<readonly Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = [];
  for (let at: string | null = path; at !== null;) {
    const reply = await gateway.get(at, as);
    if (reply.status !== 200) throw new Error(`${reply.status} ${reply.text}`);
    all.push(...(reply.json as Record<string, unknown>[]));
    at = nextOf(reply.headers['link']);
  }
  return all;
}

/** Seeded numbers that stand in a text with all nine digits, whatever separates them. */
export function fullSsnsIn(text: string, numbers: ReadonlySet<string>): readonly string[] {
  const found: string[] = [];
  // A number is not read on over the end of a value.
  for (const [run] of text.normalize('NFKC').matchAll(/\d(?:[^0-9A-Za-z"{}[\]:,]{0,3}\d){8,}/g)) {
    const digits = run.replace(/\D/g, '');
    for (let at = 0; at + 9 <= digits.length; at += 1) if (numbers.has(digits.slice(at, at + 9))) found.push(digits.slice(at, at + 9));
  }
  return found;
}
