import { createTokenVerifier, type TokenVerifier, type TokenVerifierOptions } from '../../src/identify/token-verifier';
import type { IssuerSettings } from '../../src/identify/issuer-settings';
import { createJsonFetch } from '../../src/upstream/json-fetch';
import type { TestIssuer } from './issuer';
import { keepLog } from './upstream-call';

/** A verifier that fetches over real sockets, for one or more test issuers. */
export const makeVerifier = (
  issuers: readonly TestIssuer[],
  over: Partial<IssuerSettings> = {},
  options: Partial<TokenVerifierOptions> = {},
): TokenVerifier =>
  createTokenVerifier({
    issuers: issuers.map(({ issuer, jwksUri, audience }) => ({ issuer, jwksUri, audience, ...over })),
    clock: Date.now,
    log: keepLog(),
    fetchJson: createJsonFetch(),
    ...options,
  });

/** 'ok', or code and reason of the refusal. */
export async function verdictOf(verifier: TokenVerifier, token: string): Promise<string> {
  try {
    await verifier.verify(token);
    return 'ok';
  } catch (error) {
    const { code, options } = error as { code: string; options?: { reason?: string } };
    return options?.reason === undefined ? code : `${code} ${options.reason}`;
  }
}
