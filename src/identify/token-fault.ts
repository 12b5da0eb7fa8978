import { GatewayError } from '../vocabulary/errors';

export type TokenReason =
  | 'token-malformed'
  | 'token-algorithm'
  | 'token-issuer'
  | 'token-audience'
  | 'token-type'
  | 'token-signature'
  | 'token-expired'
  | 'token-not-yet-valid'
  | 'token-claims';

/** The refusal of a token: always 401 token-invalid; the reason is for the access log. The message names no value of the token. */
export const tokenFault = (reason: TokenReason, message: string): GatewayError => new GatewayError('token-invalid', message, { reason });
