"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.systems = void 0;
const zod_1 = require("zod");
const issuer_reader_1 = require("./issuer-reader");
const readers_1 = require("./readers");
const credentialSchema = zod_1.z.discriminatedUnion('kind', [
    zod_1.z.strictObject({ kind: zod_1.z.literal('none') }).describe('The case system knows the gateway by its network or its certificate (tls).'),
    zod_1.z
        .strictObject({ kind: zod_1.z.literal('secret-header'), header: readers_1.text.schema, secret: readers_1.secret.schema })
        .describe('One secret header; the secret is the whole value. Read again when its file changes.'),
    zod_1.z
        .strictObject({
        kind: zod_1.z.literal('client-credentials'),
        tokenEndpoint: readers_1.webAddress.schema,
        clientId: readers_1.text.schema,
        clientSecret: readers_1.secret.schema,
        scope: readers_1.text.schema.optional(),
        audience: readers_1.text.schema.optional(),
        style: zod_1.z.enum(['basic', 'post'], { error: 'expected basic or post' }).optional(),
    })
        .describe('An OAuth 2 token that the gateway fetches for itself.'),
    zod_1.z
        .strictObject({ kind: zod_1.z.literal('forward-bearer') })
        .describe("The caller's own token is passed on; only where the case system is an audience of it."),
], { error: 'expected a credential: kind none, secret-header, client-credentials or forward-bearer' });
const assertionSchema = zod_1.z.strictObject({
    header: readers_1.text.schema.describe('Header that carries it.'),
    audience: readers_1.text.schema.describe('Its audience: the case system.'),
    issuer: readers_1.text.schema.describe('Its issuer: this gateway.'),
    key: readers_1.secret.schema.describe('Private signing key, PKCS#8 PEM: P-256 for ES256, Ed25519 for EdDSA.'),
    algorithm: zod_1.z.enum(['ES256', 'EdDSA'], { error: 'expected ES256 or EdDSA' }).default('ES256').describe('Signature.'),
    lifetimeSeconds: (0, readers_1.wholeNumber)(5, 60).schema.default(30).describe('How long it is good, seconds.'),
});
const tlsSchema = zod_1.z.strictObject({
    caFile: readers_1.file.schema.optional().describe("Roots that vouch for the case system, instead of Node's own list."),
    certFile: readers_1.file.schema.optional().describe('Our own certificate (mTLS), PEM.'),
    keyFile: readers_1.file.schema.optional().describe('Its private key, PEM.'),
    serverName: readers_1.text.schema.optional().describe('The name its certificate must carry, where it is not the host of the origin.'),
});
const limitsSchema = zod_1.z.strictObject({
    deadlineMs: (0, readers_1.wholeNumber)(100, 60_000).schema.default(5_000).describe('Longest wait for a whole answer, milliseconds.'),
    connectMs: (0, readers_1.wholeNumber)(100, 60_000).schema.default(2_000).describe('Longest wait for a connection, milliseconds.'),
    connections: (0, readers_1.wholeNumber)(1, 1_000).schema.default(64).describe('Most connections to it.'),
    mostCalls: (0, readers_1.wholeNumber)(1, 100_000).schema.default(1_024).describe('Most calls under way or waiting; more are refused at once.'),
    maxBodyBytes: (0, readers_1.wholeNumber)(1_024, 268_435_456)
        .schema.default(16_777_216)
        .describe('No answer may be larger, whatever a route says; bytes after decoding.'),
});
const systemSchema = zod_1.z.strictObject({
    origin: readers_1.origin.schema.describe('Where the case system listens.'),
    isPlainHttpAccepted: readers_1.yesOrNo.schema
        .default(false)
        .describe('true takes a plain http origin that is not on loopback: only where the network itself is closed.'),
    basePath: zod_1.z
        .string({ error: 'expected a path such as /api/v2' })
        .regex(/^(\/[A-Za-z0-9._~-]+)*$/, { error: 'expected a path such as /api/v2' })
        .default('')
        .describe('Path before those of its routes.'),
    credential: credentialSchema.describe('How the gateway shows itself to the case system.'),
    assertion: assertionSchema.optional().describe('A short-lived signed statement of who asks, for case systems that want it.'),
    tells: zod_1.z
        .strictObject({ accessId: readers_1.yesOrNo.schema.default(false), traceparent: readers_1.yesOrNo.schema.default(false) })
        .default({ accessId: false, traceparent: false })
        .describe('Whether the access id and a checked traceparent go along.'),
    tls: tlsSchema.optional().describe('Certificates.'),
    limits: limitsSchema.prefault({}).describe('How long and how much.'),
}, { error: 'expected a case system: origin, credential …' });
const SYSTEM_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
exports.systems = {
    expects: 'case systems by name',
    schema: zod_1.z
        .record(zod_1.z.string().regex(SYSTEM_NAME, { error: 'expected a name such as workforce-one' }), systemSchema, {
        error: 'expected case systems by name',
    })
        .refine((found) => Object.keys(found).length > 0, { error: 'expected at least one case system' }),
    fromText: (typed) => (0, issuer_reader_1.jsonOrText)(typed),
};
