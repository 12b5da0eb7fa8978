import { join } from 'node:path';
import type { DemoCaseSystems } from '../../demo/case-systems';
import { makeRecords, type DemoRecord } from '../../demo/make-records';
import { startChild } from '../../demo/start-child';
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
