import type { Account, Application, VerifiedToken } from '../vocabulary/access';

/** The token that this account would bring through this application, for questions about what it would see: nobody signed it. */
export const assumedToken = ({ issuer, subject }: Account, { clientId }: Application): VerifiedToken => ({
  issuer,
  subject,
  clientId,
  actor: undefined,
  expiresAtMs: Infinity,
  acr: undefined,
  digest: '',
});
