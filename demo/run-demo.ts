import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../src/settings/settings-table';
import type { AccessEntry } from '../src/vocabulary/access-entry';
import type { DemoCaseSystems } from './case-systems';
import { demoDirectory } from './demo-directory';
import type { DirectoryFile } from './demo-directory';
import { DEMO_PORTS, demoSettings } from './demo-settings';
import type { DemoPorts } from './demo-settings';
import { DEMO_PEOPLE } from './people';
import { pickPort } from './pick-port';
import { forgetRunningDemo, freshDemoFolder, writeRunningDemo } from './running-demo';
import { startChild } from './start-child';
import { showTour } from './tour';
import { TOUR_RECORD_ID } from './tour-record';

export interface DemoGateway {
  readonly dataUrl: string;
  readonly adminUrl: string;
  stop(): Promise<void>;
}

export interface DemoOptions {
  /** Print the tour and end; otherwise stay up until `untilStopped` settles. */
  readonly once: boolean;
  /** Wanted ports; one that is taken is replaced by a free one. */
  readonly ports?: DemoPorts;
  /** Emptied at every start. Default: a temporary folder with `once`, `.casegate/demo` otherwise. */
  readonly folder?: string;
  readonly print: (line: string) => void;
  /** Settles when it is time to stop. Default: SIGINT or SIGTERM. */
  readonly untilStopped?: () => Promise<void>;
  readonly startGateway: (settings: Settings) => Promise<DemoGateway>;
  /** Creates the store where needed and imports, all or nothing; the gateway does not run yet. */
  readonly importDirectory: (settings: Settings, files: readonly DirectoryFile[]) => Promise<void>;
  /** Reads one entry back from the log of the running gateway. */
  readonly findEntry: (settings: Settings, accessId: string) => Promise<AccessEntry | undefined>;
}

/**
 * Brings up two case systems, the identity provider and the gateway on loopback, and prints the tour.
 * Whatever was started is stopped again, also when something fails; failing is an Error that says what.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { print } = options;
  const isTemporary = options.folder === undefined && options.once;
  const folder =
    options.folder ?? (options.once ? mkdtempSync(join(tmpdir(), 'casegate-demo-')) : join(process.cwd(), '.casegate', 'demo'));
  const stops: (() => unknown)[] = [];
  // Waiting starts before anything does, so that Ctrl-C during the start stops cleanly too.
  const stopped = options.once ? null : (options.untilStopped ?? signalled)();
  try {
    if (isTemporary) stops.push(() => rmSync(folder, { recursive: true, force: true }));
    else freshDemoFolder(folder);
    const ports = await pickPorts(options.ports ?? DEMO_PORTS);
    const [caseSystems, provider] = await Promise.all([
      started(startChild<DemoCaseSystems>(__dirname, 'case-systems', ports), stops),
      started(startChild<{ issuer: string }>(__dirname, 'identity-provider', { port: ports.identityProvider }), stops),
    ]);
    const { issuer } = provider.ready;
    const { workforceOneUrl, trackOneUrl, registryCsv } = caseSystems.ready;
    const settings = demoSettings({ folder, ports, issuer, workforceOneUrl, trackOneUrl });
    await options.importDirectory(settings, demoDirectory(issuer, registryCsv));
    const gateway = await options.startGateway(settings);
    stops.push(() => gateway.stop());

    await showTour({
      identityProvider: issuer,
      dataUrl: gateway.dataUrl,
      findEntry: (accessId) => options.findEntry(settings, accessId),
      print,
    });
    if (stopped === null) return;
    writeRunningDemo(folder, { pid: process.pid, identityProvider: issuer, dataUrl: gateway.dataUrl, adminUrl: gateway.adminUrl });
    stops.push(() => forgetRunningDemo(folder));
    for (const line of inviting(gateway, { issuer, workforceOneUrl, trackOneUrl })) print(line);
    await stopped;
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** A child that starts beside one that fails must be stopped too. */
async function started<T extends { stop(): Promise<void> }>(starting: Promise<T>, stops: (() => unknown)[]): Promise<T> {
  stops.push(() => starting.then((child) => child.stop()).catch(() => undefined));
  return starting;
}

async function pickPorts(wanted: DemoPorts): Promise<DemoPorts> {
  const taken = new Set<number>();
  const pick = async (port: number): Promise<number> => {
    const picked = await pickPort(port);
    if (taken.has(picked)) return pick(0);
    taken.add(picked);
    return picked;
  };
  return {
    data: await pick(wanted.data),
    admin: await pick(wanted.admin),
    identityProvider: await pick(wanted.identityProvider),
    workforceOne: await pick(wanted.workforceOne),
    trackOne: await pick(wanted.trackOne),
  };
}

function inviting(gateway: DemoGateway, behind: { issuer: string; workforceOneUrl: string; trackOneUrl: string }): readonly string[] {
  const { dataUrl, adminUrl } = gateway;
  return [
    '',
    'It stays up. In another terminal, in this folder:',
    '',
    '  TOKEN=$(npx casegate demo token counselor)',
    `  curl -si -H "Authorization: Bearer $TOKEN" ${dataUrl}/workforce-one/records/${TOUR_RECORD_ID}`,
    `  curl -si -H "Authorization: Bearer $(npx casegate demo token other-counselor)" ${dataUrl}/workforce-one/records/${TOUR_RECORD_ID}`,
    `  curl -si -H "Authorization: Bearer $(npx casegate demo token team-member)" ${dataUrl}/trackone/participants/T1-200041`,
    `  curl -s -H "Authorization: Bearer $(npx casegate demo token auditor --audience admin)" '${adminUrl}/api/v1/access-log?system=workforce-one&record=${TOUR_RECORD_ID}'`,
    `  curl -s -H "Authorization: Bearer $(npx casegate demo token operator --audience admin)" ${adminUrl}/metrics`,
    `  curl -si ${adminUrl}/readyz`,
    '',
    `  data plane ${dataUrl}   admin plane ${adminUrl}   identity provider ${behind.issuer}`,
    `  behind the gateway: workforce-one ${behind.workforceOneUrl}, trackone ${behind.trackOneUrl}`,
    '',
    `People to be: ${Object.keys(DEMO_PEOPLE).join(', ')}.`,
    'Ctrl-C stops it.',
  ];
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
