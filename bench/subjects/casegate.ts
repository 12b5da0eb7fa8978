import { randomBytes } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { treeRoot } from '../../demo/tree-root';
import { runAsChild } from '../../demo/start-child';
import { importDirectory, startGateway } from '../../src/compose';
import { loadSettings } from '../../src/settings/load-settings';
import type { Settings } from '../../src/settings/settings-table';
import { BENCH_SECTIONS } from '../make-record';
import type { SubjectInput, SubjectReady } from './listen';

/**
 * The gateway as it is served: the policy of workforce-one, the embedded store on disk, the entry durable before the answer.
 * The caller is assigned to the record and may see all of it; the application may carry two thirds of the fields.
 */
async function start(input: SubjectInput): Promise<{ ready: SubjectReady }> {
  const settings = settingsOf(input);
  const report = await importDirectory(settings, [{ name: 'bench.yaml', content: JSON.stringify(directoryOf(input)) }]);
  if (report.outcome !== 'applied')
    throw new Error(`the directory was refused: ${report.problems[0]?.column} ${report.problems[0]?.reason}`);
  const gateway = await startGateway(settings);
  return { ready: { port: Number(new URL(gateway.dataUrl).port) } };
}

/** The shipped policies, and for the list rows that show whoever is assigned all of a record there too: the shipped ones show basic information. */
function policiesFor({ scenario, folder }: SubjectInput): string {
  const shipped = join(treeRoot(), 'policies');
  if (scenario === 'record') return shipped;
  const copy = join(folder, 'policies');
  cpSync(shipped, copy, { recursive: true });
  const file = join(copy, 'workforce-one', 'policy.csv');
  const more = 'p, group:employment-counselor, assigned, *, always, *, search, allow\nend\n';
  writeFileSync(file, readFileSync(file, 'utf8').replace(/end\n$/, more));
  const cases = join(copy, 'workforce-one', 'cases.csv');
  writeFileSync(
    cases,
    readFileSync(cases, 'utf8')
      .split('\n')
      .filter((line) => !/employment-counselor, [^,]*assigned[^,]*, [^,]*, [^,]*, search,/.test(line))
      .join('\n'),
  );
  return copy;
}

function settingsOf(input: SubjectInput): Settings {
  const { folder, upstreamPort, issuer, jwksUrl, audience } = input;
  const config = {
    environment: 'production',
    dataPlane: { port: 0 },
    adminPlane: { port: 0 },
    store: { kind: 'sqlite', folder },
    issuers: [{ issuer, jwksUri: jwksUrl, audience, algorithms: ['RS256'] }],
    systems: { 'workforce-one': { origin: `http://127.0.0.1:${upstreamPort}`, credential: { kind: 'none' } } },
    policies: { folder: policiesFor(input) },
    // The limiters count every request as always; one caller sends more here than a person ever would.
    rateLimits: { addressPerMinute: 10_000_000, callerPerMinute: 10_000_000 },
    logLevel: 'error',
  };
  const env = { CASEGATE_LOG_DIGEST_KEY: randomBytes(32).toString('hex') };
  return loadSettings({ env, configText: JSON.stringify(config), folder, mode: 'demo' });
}

/** One person in the form that `casegate directory import` takes; JSON is YAML. */
function directoryOf({ issuer, clientId, subject, scenario }: SubjectInput): Readonly<Record<string, readonly object[]>> {
  const from = '2024-01-01';
  const environment = 'production';
  const system = 'workforce-one';
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
          scenario === 'list' ? { system, actions: ['search'], sections: ['*'] } : { system, actions: ['read'], sections: BENCH_SECTIONS },
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
        id: 'bench',
        account: subject,
        system,
        environment,
        workgroup: 'employment-counselor',
        staff_id: 'S1001',
        agency: 'AG-NORTH',
        counties: ['*'],
        privileges: ['private-records'],
        from,
      },
    ],
  };
}

runAsChild(start);
