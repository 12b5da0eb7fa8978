import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import type { Secret } from './secret';

/**
 * How one setting is read. `schema` takes the value as it stands in casegate.yaml (and is published for editors);
 * `fromText` makes such a value of the text of an environment variable.
 */
export interface Reader<T> {
  readonly expects: string;
  readonly schema: z.ZodType<T>;
  readonly fromText: (text: string) => unknown;
}

const same = (text: string): unknown => text;
const reader = <T>(expects: string, schema: (error: string) => z.ZodType<T>, fromText: (text: string) => unknown = same): Reader<T> => ({
  expects,
  schema: schema(`expected ${expects}`),
  fromText,
});

export const text = reader('text', (error) => z.string({ error }).min(1, { error }));
export const hostName = reader('an IP address or a host name', (error) => z.string({ error }).regex(/^[A-Za-z0-9_.:-]{1,253}$/, { error }));
export const folder = reader('the path of a folder', (error) => z.string({ error }).min(1, { error }));
export const file = reader('the path of a file', (error) => z.string({ error }).min(1, { error }));

export const wholeNumber = (least: number, most: number): Reader<number> =>
  reader(
    `a whole number from ${least} to ${most}`,
    (error) => z.number({ error }).int({ error }).min(least, { error }).max(most, { error }),
    // Text that is no number stays text, so that the message shows what was typed.
    (typed) => (/^-?\d{1,15}$/.test(typed) ? Number(typed) : typed),
  );

export const oneOf = <const W extends readonly [string, ...string[]]>(...words: W): Reader<W[number]> =>
  reader(words.length === 2 ? `${words[0]} or ${words[1]}` : `one of ${words.join(', ')}`, (error) => z.enum(words, { error }));

export const yesOrNo = reader(
  'true or false',
  (error) => z.boolean({ error }),
  (typed) => (typed === 'true' ? true : typed === 'false' ? false : typed),
);

/** In the environment: words with commas between them. */
export const listOf = <T>(item: Reader<T>): Reader<readonly T[]> =>
  reader<readonly T[]>(
    `a list, each ${item.expects}`,
    (error) => z.array(item.schema, { error }),
    (typed) =>
      typed
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== '')
        .map(item.fromText),
  );

export const addressRange = reader('an address range such as 10.0.0.0/8', (error) => z.string({ error }).refine(isAddressRange, { error }));

const MAPPED = new BlockList();
MAPPED.addSubnet('::ffff:0:0', 96, 'ipv6');

function isAddressRange(range: string): boolean {
  const [address = '', bits, ...rest] = range.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0 || bits === undefined || !/^\d{1,3}$/.test(bits)) return false;
  // An IPv4 range written as IPv6 cannot be meant: ::ffff:10.0.0.0/8 would be nearly everybody (HDR-05).
  if (family === 6 && MAPPED.check(address, 'ipv6')) return false;
  // /0 would trust everybody's word about where they are.
  return Number(bits) > 0 && Number(bits) <= (family === 4 ? 32 : 128);
}

const canBe = (protocols: readonly string[]) => (typed: string) => URL.canParse(typed) && protocols.includes(new URL(typed).protocol);
/** An address without user name, password, query and fragment. */
export const webAddress = reader('an http(s) address without user name, query or fragment', (error) =>
  z.string({ error }).refine((typed) => canBe(['http:', 'https:'])(typed) && isPlain(new URL(typed)), { error }),
);
const isPlain = (url: URL): boolean => url.username === '' && url.password === '' && url.search === '' && url.hash === '';

/** Scheme, host and port alone. */
export const origin = reader('an http(s) origin such as https://wf1.example:8443', (error) =>
  z.string({ error }).refine((typed) => canBe(['http:', 'https:'])(typed) && new URL(typed).origin === typed.replace(/\/$/, ''), { error }),
);

/** Where a secret stands; read by `resolveSecrets` after everything else fits. */
export type SecretPlace = { readonly file: string } | { readonly env: string } | { readonly value: string };

const namedPlace = (error: string) =>
  z.union([z.strictObject({ file: z.string().min(1) }), z.strictObject({ env: z.string().regex(/^CASEGATE_SECRET_[A-Z0-9_]+$/) })], {
    error,
  });

/**
 * A secret by file or by environment variable, never in the settings file itself: `{file: /run/secrets/x}` or
 * `{env: CASEGATE_SECRET_X}`. For a setting with a variable of its own, NAME holds the secret and NAME_FILE its file.
 */
export const secret: Reader<Secret> = reader(
  '{file: PATH} or {env: CASEGATE_SECRET_NAME}',
  // The place becomes a Secret when `resolveSecrets` has read it; a PendingSecret never leaves this room.
  (error) => namedPlace(error).transform((place) => new PendingSecret(place) as unknown as Secret),
);

export class PendingSecret {
  constructor(readonly place: SecretPlace) {}
}
