import { z } from 'zod';
import { jsonOrText } from './issuer-reader';
import type { Reader } from './readers';
import { file, origin, secret, text, webAddress, wholeNumber, yesOrNo } from './readers';

const credentialSchema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('none') }).describe('The case system knows the gateway by its network or its certificate (tls).'),
    z
      .strictObject({ kind: z.literal('secret-header'), header: text.schema, secret: secret.schema })
      .describe('One secret header; the secret is the whole value. Read again when its file changes.'),
    z
      .strictObject({
        kind: z.literal('client-credentials'),
        tokenEndpoint: webAddress.schema,
        clientId: text.schema,
        clientSecret: secret.schema,
        scope: text.schema.optional(),
        audience: text.schema.optional(),
        style: z.enum(['basic', 'post'], { error: 'expected basic or post' }).optional(),
      })
      .describe('An OAuth 2 token that the gateway fetches for itself.'),
    z
      .strictObject({ kind: z.literal('forward-bearer') })
      .describe("The caller's own token is passed on; only where the case system is an audience of it."),
  ],
  { error: 'expected a credential: kind none, secret-header, client-credentials or forward-bearer' },
);

const assertionSchema = z.strictObject({
  header: text.schema.describe('Header that carries it.'),
  audience: text.schema.describe('Its audience: the case system.'),
  issuer: text.schema.describe('Its issuer: this gateway.'),
  key: secret.schema.describe('Private signing key, PKCS#8 PEM: P-256 for ES256, Ed25519 for EdDSA.'),
  algorithm: z.enum(['ES256', 'EdDSA'], { error: 'expected ES256 or EdDSA' }).default('ES256').describe('Signature.'),
  lifetimeSeconds: wholeNumber(5, 60).schema.default(30).describe('How long it is good, seconds.'),
});

const tlsSchema = z.strictObject({
  caFile: file.schema.optional().describe("Roots that vouch for the case system, instead of Node's own list."),
  certFile: file.schema.optional().describe('Our own certificate (mTLS), PEM.'),
  keyFile: file.schema.optional().describe('Its private key, PEM.'),
  serverName: text.schema.optional().describe('The name its certificate must carry, where it is not the host of the origin.'),
});

const limitsSchema = z.strictObject({
  deadlineMs: wholeNumber(100, 60_000).schema.default(5_000).describe('Longest wait for a whole answer, milliseconds.'),
  connectMs: wholeNumber(100, 60_000).schema.default(2_000).describe('Longest wait for a connection, milliseconds.'),
  connections: wholeNumber(1, 1_000).schema.default(64).describe('Most connections to it.'),
  mostCalls: wholeNumber(1, 100_000).schema.default(1_024).describe('Most calls under way or waiting; more are refused at once.'),
  maxBodyBytes: wholeNumber(1_024, 268_435_456)
    .schema.default(16_777_216)
    .describe('No answer may be larger, whatever a route says; bytes after decoding.'),
});

const systemSchema = z.strictObject(
  {
    origin: origin.schema.describe('Where the case system listens.'),
    isPlainHttpAccepted: yesOrNo.schema
      .default(false)
      .describe('true takes a plain http origin that is not on loopback: only where the network itself is closed.'),
    basePath: z
      .string({ error: 'expected a path such as /api/v2' })
      .regex(/^(\/[A-Za-z0-9._~-]+)*$/, { error: 'expected a path such as /api/v2' })
      .default('')
      .describe('Path before those of its routes.'),
    credential: credentialSchema.describe('How the gateway shows itself to the case system.'),
    assertion: assertionSchema.optional().describe('A short-lived signed statement of who asks, for case systems that want it.'),
    tells: z
      .strictObject({ accessId: yesOrNo.schema.default(false), traceparent: yesOrNo.schema.default(false) })
      .default({ accessId: false, traceparent: false })
      .describe('Whether the access id and a checked traceparent go along.'),
    tls: tlsSchema.optional().describe('Certificates.'),
    limits: limitsSchema.prefault({}).describe('How long and how much.'),
  },
  { error: 'expected a case system: origin, credential …' },
);

export type SystemSettings = z.output<typeof systemSchema>;

const SYSTEM_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export const systems: Reader<Readonly<Record<string, SystemSettings>>> = {
  expects: 'case systems by name',
  schema: z
    .record(z.string().regex(SYSTEM_NAME, { error: 'expected a name such as workforce-one' }), systemSchema, {
      error: 'expected case systems by name',
    })
    .refine((found) => Object.keys(found).length > 0, { error: 'expected at least one case system' }),
  fromText: (typed) => jsonOrText(typed),
};
