import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import jsonServer from 'json-server';
import { makeRecords } from './make-records';
import type { DemoRecord } from './make-records';
import { registryCsv } from './registry-rows';
import { runAsChild } from './start-child';

export interface DemoCaseSystems {
  readonly workforceOneUrl: string;
  readonly trackOneUrl: string;
  /** What the registry is told of these records: a `records.csv` for the directory import. */
  readonly registryCsv: string;
}

/**
 * Two demo case systems, json-server over records made in memory, each on its loopback port (0 for a free one).
 * They ask nobody who they are: closing that way round the gateway is the operator's work (docs/operations).
 * What is written to them is gone with the process. json-server takes whole members of a record (a PATCH is a shallow assignment), and refuses
 * no wrong If-Match; the sections of a record and its lists have addresses of their own.
 */
export async function startCaseSystems(ports: { readonly workforceOne: number; readonly trackOne: number }): Promise<DemoCaseSystems> {
  const { workforceOne, trackOne } = makeRecords();
  const [workforceOneUrl, trackOneUrl] = await Promise.all([
    serve({ records: workforceOne }, 'recordId', ports.workforceOne),
    serve({ participants: trackOne }, 'participantId', ports.trackOne),
  ]);
  return { workforceOneUrl, trackOneUrl, registryCsv: registryCsv({ workforceOne, trackOne }) };
}

/** The last segment of an address, and the list of the record to which it adds. */
const LISTS: Readonly<Record<string, string>> = {
  'case-notes': 'caseNotes',
  'hand-over-notes': 'handOverNotes',
  services: 'services',
  'service-notes': 'serviceNotes',
};

async function serve(data: Readonly<Record<string, readonly DemoRecord[]>>, idField: string, port: number): Promise<string> {
  const app = jsonServer.create();
  app.use(jsonServer.defaults({ logger: false, noCors: true }));
  const router = jsonServer.router(data);
  router.db._.id = idField;
  app.use(jsonServer.rewriter({ '/:collection/:id/assignment': '/:collection/:id' }));
  app.use(...jsonServer.bodyParser);
  app.post('/:collection/:id/:list', (request, response) => {
    const { collection, id, list } = request.params as Readonly<Record<'collection' | 'id' | 'list', string>>;
    const record = router.db.get(collection).getById(id).value();
    const member = LISTS[list];
    if (record === undefined || member === undefined) return void response.status(404).json({});
    record[member] = [...((record[member] as unknown[] | undefined) ?? []), request.body];
    response.status(201).json(request.body);
  });
  app.use(router as never);
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

if (require.main === module) {
  runAsChild<{ workforceOne: number; trackOne: number }, DemoCaseSystems>(async (ports) => ({ ready: await startCaseSystems(ports) }));
}
