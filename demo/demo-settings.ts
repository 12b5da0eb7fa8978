import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { loadSettings } from '../src/settings/load-settings';
import type { Settings } from '../src/settings/settings-table';
import { DEMO_AUDIENCES } from './demo-sign-on';
import { treeRoot } from './tree-root';

/** Ports of the demo on loopback; 0 takes a free one. */
export interface DemoPorts {
  readonly data: number;
  readonly admin: number;
  readonly identityProvider: number;
  readonly workforceOne: number;
  readonly trackOne: number;
}

export const DEMO_PORTS: DemoPorts = { data: 8080, admin: 8081, identityProvider: 8090, workforceOne: 8091, trackOne: 8092 };

/** The settings of the demo's gateway: the embedded store in `folder`, everything on loopback, a digest key that is new at every start. */
export function demoSettings(demo: {
  readonly folder: string;
  readonly ports: Pick<DemoPorts, 'data' | 'admin'>;
  readonly issuer: string;
  readonly workforceOneUrl: string;
  readonly trackOneUrl: string;
}): Settings {
  const config = {
    environment: 'production',
    dataPlane: { port: demo.ports.data },
    adminPlane: { port: demo.ports.admin },
    store: { kind: 'sqlite', folder: demo.folder },
    issuers: [
      {
        issuer: demo.issuer,
        jwksUri: `${demo.issuer}/jwks`,
        audience: DEMO_AUDIENCES.data,
        adminAudience: DEMO_AUDIENCES.admin,
        algorithms: ['ES256'],
      },
    ],
    systems: {
      'workforce-one': { origin: demo.workforceOneUrl, credential: { kind: 'none' } },
      trackone: { origin: demo.trackOneUrl, credential: { kind: 'none' } },
    },
    policies: { folder: join(treeRoot(), 'policies') },
    // The tour owns the terminal; what the gateway has to say to an operator starts at a warning.
    logLevel: 'warn',
  };
  const env = { CASEGATE_LOG_DIGEST_KEY: randomBytes(32).toString('hex') };
  return loadSettings({ env, configText: JSON.stringify(config), folder: demo.folder, mode: 'demo' });
}
