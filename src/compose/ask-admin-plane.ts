import type { Settings } from '../settings/settings-table';
import { storeHolder } from '../storage/store-lock';
import { callJson } from '../upstream/call-json';

export interface AdminAnswer {
  readonly status: number;
  readonly json: unknown;
}

/** Longest that a command waits for the gateway, milliseconds. */
const PATIENCE_MS = 60_000;

/**
 * Asks the admin plane of the running gateway on behalf of a command.
 * Fails   with an Error for people: no token, nobody there, or an answer that is no JSON.
 */
export function askAdminPlane(settings: Settings, method: 'GET' | 'POST', path: string, body?: unknown): Promise<AdminAnswer> {
  const token = settings.commands.adminToken;
  if (token === null)
    throw new Error(
      'this command asks the running gateway: set CASEGATE_ADMIN_TOKEN to a bearer token of the admin audience (or CASEGATE_ADMIN_TOKEN_FILE to its file)',
    );
  return callJson({ url: `${adminUrl(settings)}${path}`, method, bearer: token.reveal(), body, timeoutMs: PATIENCE_MS });
}

/** As set, as the gateway on this store announced it, or as it would listen by these settings. */
function adminUrl({ commands, store, adminPlane }: Settings): string {
  if (commands.adminUrl !== null) return commands.adminUrl.replace(/\/$/, '');
  const announced = store.kind === 'sqlite' ? (storeHolder(store.folder)?.adminUrl ?? null) : null;
  if (announced !== null) return announced;
  const host = adminPlane.host.includes(':') ? `[${adminPlane.host}]` : adminPlane.host;
  return `${adminPlane.tls === 'none' ? 'http' : 'https'}://${host}:${adminPlane.port}`;
}
