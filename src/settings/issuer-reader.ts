import { z } from 'zod';
import type { Reader } from './readers';
import { listOf, oneOf, text, webAddress, wholeNumber, yesOrNo } from './readers';

const SIGNATURES = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

const issuerSchema = z.strictObject(
  {
    issuer: webAddress.schema.describe('The `iss` of its tokens, exact.'),
    jwksUri: webAddress.schema.describe('Where its public keys stand.'),
    audience: text.schema.describe('The audience that tokens for the record APIs must carry.'),
    adminAudience: text.schema
      .optional()
      .describe('The audience that tokens for the admin plane must carry. Without it this issuer opens nothing there.'),
    algorithms: listOf(oneOf(...SIGNATURES))
      .schema.default([...SIGNATURES])
      .describe('Signatures that are accepted.'),
    typ: text.schema.default('at+jwt').describe('The `typ` of its access tokens (RFC 9068: at+jwt).'),
    idClaim: text.schema.default('sub').describe("The claim that is the person's subject in the directory."),
    clientClaim: oneOf('client_id', 'azp').schema.default('client_id').describe('The claim that names the calling application.'),
    allowedClients: listOf(text).schema.default([]).describe('Clients whose tokens may name other audiences beside ours.'),
    clockToleranceSeconds: wholeNumber(0, 30).schema.default(30).describe('How far its clock may be from ours, seconds.'),
    maxLifetimeSeconds: wholeNumber(60, 86_400).schema.default(3_600).describe('Longest time a token may live, seconds.'),
    isAudienceForGatewayOnly: yesOrNo.schema
      .default(false)
      .describe('Your word that no other API uses the audience. Another typ or idClaim, or a lifetime above 3600, needs it.'),
  },
  { error: 'expected an issuer: issuer, jwksUri, audience …' },
);

export type IssuerSettings = z.output<typeof issuerSchema>;

export const issuers: Reader<readonly IssuerSettings[]> = {
  expects: 'a list of issuers',
  schema: z.array(issuerSchema, { error: 'expected a list of issuers' }).min(1, { error: 'expected at least one issuer' }),
  fromText: (typed) => jsonOrText(typed),
};

/** In the environment a structure is written as JSON; what is no JSON stays text and is refused by the schema. */
export function jsonOrText(typed: string): unknown {
  try {
    return JSON.parse(typed) as unknown;
  } catch {
    return typed;
  }
}
