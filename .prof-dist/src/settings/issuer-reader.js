"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.issuers = void 0;
exports.jsonOrText = jsonOrText;
const zod_1 = require("zod");
const readers_1 = require("./readers");
const SIGNATURES = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const issuerSchema = zod_1.z.strictObject({
    issuer: readers_1.webAddress.schema.describe('The `iss` of its tokens, exact.'),
    jwksUri: readers_1.webAddress.schema.describe('Where its public keys stand.'),
    audience: readers_1.text.schema.describe('The audience that tokens for the record APIs must carry.'),
    adminAudience: readers_1.text.schema
        .optional()
        .describe('The audience that tokens for the admin plane must carry. Without it this issuer opens nothing there.'),
    algorithms: (0, readers_1.listOf)((0, readers_1.oneOf)(...SIGNATURES))
        .schema.default([...SIGNATURES])
        .describe('Signatures that are accepted.'),
    typ: readers_1.text.schema.default('at+jwt').describe('The `typ` of its access tokens (RFC 9068: at+jwt).'),
    idClaim: readers_1.text.schema.default('sub').describe("The claim that is the person's subject in the directory."),
    clientClaim: (0, readers_1.oneOf)('client_id', 'azp').schema.default('client_id').describe('The claim that names the calling application.'),
    allowedClients: (0, readers_1.listOf)(readers_1.text).schema.default([]).describe('Clients whose tokens may name other audiences beside ours.'),
    clockToleranceSeconds: (0, readers_1.wholeNumber)(0, 30).schema.default(30).describe('How far its clock may be from ours, seconds.'),
    maxLifetimeSeconds: (0, readers_1.wholeNumber)(60, 86_400).schema.default(3_600).describe('Longest time a token may live, seconds.'),
    isAudienceForGatewayOnly: readers_1.yesOrNo.schema
        .default(false)
        .describe('Your word that no other API uses the audience. Another typ or idClaim, or a lifetime above 3600, needs it.'),
}, { error: 'expected an issuer: issuer, jwksUri, audience …' });
exports.issuers = {
    expects: 'a list of issuers',
    schema: zod_1.z.array(issuerSchema, { error: 'expected a list of issuers' }).min(1, { error: 'expected at least one issuer' }),
    fromText: (typed) => jsonOrText(typed),
};
/** In the environment a structure is written as JSON; what is no JSON stays text and is refused by the schema. */
function jsonOrText(typed) {
    try {
        return JSON.parse(typed);
    }
    catch {
        return typed;
    }
}
