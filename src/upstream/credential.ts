import type { Clock } from '../vocabulary/clock';
import { GatewayError } from '../vocabulary/errors';
import { createClientCredentials } from './client-credentials';
import type { JsonFetch } from './json-fetch';
import type { UpstreamLog } from './log';
import { createSecret, type SecretSource } from './secret';

/**
 * How the gateway names itself to a case system. A certificate of its own (mTLS) stands in `tls` and goes with any of these.
 * forward-bearer hands the caller's own token on: only where the case system itself is an audience of that token.
 */
export type CredentialSettings =
  | { readonly kind: 'none' }
  | { readonly kind: 'secret-header'; readonly header: string; readonly secret: SecretSource }
  | {
      readonly kind: 'client-credentials';
      readonly tokenEndpoint: string;
      readonly clientId: string;
      readonly clientSecret: SecretSource;
      readonly scope?: string;
      readonly audience?: string;
      readonly style?: 'basic' | 'post';
    }
  | { readonly kind: 'forward-bearer' };

/** The header to send now, or a promise of it where a token has to be fetched first; null for none. */
export interface Credential {
  header(bearer: string | undefined): readonly [string, string] | null | Promise<readonly [string, string]>;
  /** The case system answered 401 to this header's value. */
  refused(value: string): void;
  close(): void;
}

export interface CredentialContext {
  readonly system: string;
  readonly timeoutMs: number;
  readonly fileCheckMs: number;
  readonly isPlainHttpAccepted: boolean;
  readonly jsonFetch: JsonFetch;
  readonly clock: Clock;
  readonly log: UpstreamLog;
}

export function createCredential(settings: CredentialSettings, context: CredentialContext): Credential {
  switch (settings.kind) {
    case 'none':
      return { header: () => null, refused: () => undefined, close: () => undefined };
    case 'secret-header':
      return secretHeader(settings.header, settings.secret, context);
    case 'client-credentials':
      return ownToken(settings, context);
    case 'forward-bearer':
      return { header: forwarded, refused: () => undefined, close: () => undefined };
  }
}

// Names that frame the message or that we set ourselves; a secret in one of them would break or overwrite what the gateway means.
const NOT_FOR_SECRETS: ReadonlySet<string> = new Set([
  'host',
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'keep-alive',
  'cookie',
  'traceparent',
  'x-casegate-access-id',
]);

export function checkedHeaderName(name: string): string {
  const header = name.toLowerCase();
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(header) || NOT_FOR_SECRETS.has(header))
    throw new Error(`The header name ${JSON.stringify(name)} cannot be used here.`);
  return header;
}

/** The header a credential stands in, lower case; null for none. */
export function credentialHeader(settings: CredentialSettings): string | null {
  if (settings.kind === 'none') return null;
  return settings.kind === 'secret-header' ? settings.header.toLowerCase() : 'authorization';
}

function secretHeader(name: string, source: SecretSource, context: CredentialContext): Credential {
  const header = checkedHeaderName(name);
  const secret = createSecret(`${context.system} ${header}`, source, { log: context.log, checkMs: context.fileCheckMs });
  let pair: readonly [string, string] = [header, secret.current()];
  return {
    header() {
      const value = secret.current();
      if (value !== pair[1]) pair = [header, value];
      return pair;
    },
    refused: () => context.log.error('upstream-credential-refused', { system: context.system }),
    close: () => secret.close(),
  };
}

function ownToken(settings: Extract<CredentialSettings, { kind: 'client-credentials' }>, context: CredentialContext): Credential {
  const clientSecret = createSecret(`${context.system} client secret`, settings.clientSecret, {
    log: context.log,
    checkMs: context.fileCheckMs,
  });
  const tokens = createClientCredentials({
    system: context.system,
    tokenEndpoint: settings.tokenEndpoint,
    clientId: settings.clientId,
    clientSecret,
    scope: settings.scope,
    audience: settings.audience,
    style: settings.style ?? 'basic',
    timeoutMs: context.timeoutMs,
    isPlainHttpAccepted: context.isPlainHttpAccepted,
    jsonFetch: context.jsonFetch,
    clock: context.clock,
    log: context.log,
  });
  const asHeader = (token: string): readonly [string, string] => ['authorization', `Bearer ${token}`];
  return {
    header() {
      const token = tokens.current();
      return token === undefined ? tokens.obtain().then(asHeader) : asHeader(token);
    },
    refused: (value) => tokens.refused(value.slice('Bearer '.length)),
    close: () => clientSecret.close(),
  };
}

function forwarded(bearer: string | undefined): readonly [string, string] {
  if (bearer === undefined || !/^[A-Za-z0-9._~+/-]+=*$/.test(bearer))
    throw new GatewayError('internal-fault', 'a call that forwards the token has none');
  return ['authorization', `Bearer ${bearer}`];
}
