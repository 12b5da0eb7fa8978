import type { Settings } from '../settings/settings-table';
import { createAssertionSigner } from '../identify/assertion-signer';
import type { OperationsLog } from '../monitoring/create-logger';
import { createCaseSystemClient, type CaseSystemClient, type CaseSystemSettings } from '../upstream/case-system-client';
import type { CredentialSettings } from '../upstream/credential';
import type { Clock } from '../vocabulary/clock';

/** One client for each case system in the settings. */
export async function openClients(settings: Settings, clock: Clock, log: OperationsLog): Promise<ReadonlyMap<string, CaseSystemClient>> {
  const clients = new Map<string, CaseSystemClient>();
  for (const [name, system] of Object.entries(settings.systems)) {
    const { assertion, credential, ...rest } = system;
    const signed = assertion === undefined ? {} : { assertion: await assertionOf(assertion, clock) };
    clients.set(name, createCaseSystemClient({ ...rest, ...signed, name, credential: credentialOf(credential), clock, log }));
  }
  return clients;
}

type System = Settings['systems'][string];

function credentialOf(credential: System['credential']): CredentialSettings {
  switch (credential.kind) {
    case 'secret-header':
      return { ...credential, secret: credential.secret.source() };
    case 'client-credentials':
      return { ...credential, clientSecret: credential.clientSecret.source() };
    default:
      return credential;
  }
}

async function assertionOf(
  assertion: NonNullable<System['assertion']>,
  clock: Clock,
): Promise<NonNullable<CaseSystemSettings['assertion']>> {
  const { header, audience, issuer, key, algorithm, lifetimeSeconds } = assertion;
  const signer = await createAssertionSigner({ privateKeyPem: key.reveal(), algorithm, issuer, lifetimeSeconds, clock });
  return { header, audience, signer };
}
