import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** A certificate and its key, PEM. */
export interface MadeCertificate {
  readonly cert: string;
  readonly key: string;
  readonly keyObject: KeyObject;
  readonly name: string;
}

/** Makes a P-256 certificate by Node's own crypto: self-signed authority where no issuer is given. Valid from yesterday for ten days. */
export function makeCertificate(
  name: string,
  options: { readonly issuer?: MadeCertificate; readonly hosts?: readonly string[] } = {},
): MadeCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const isAuthority = options.issuer === undefined;
  const body = der(0x30, [
    der(0xa0, [der(0x02, [Buffer.from([2])])]),
    der(0x02, [Buffer.concat([Buffer.from([1]), randomBytes(8)])]),
    ECDSA_SHA256,
    nameOf(options.issuer?.name ?? name),
    der(0x30, [time(Date.now() - DAY_MS), time(Date.now() + 10 * DAY_MS)]),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, [der(0x30, extensions(isAuthority, options.hosts ?? []))]),
  ]);
  const signature = sign('sha256', body, options.issuer?.keyObject ?? privateKey);
  const whole = der(0x30, [body, ECDSA_SHA256, der(0x03, [Buffer.from([0]), signature])]);
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${(whole.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    keyObject: privateKey,
    name,
  };
}

const DAY_MS = 86_400_000;

function der(tag: number, parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const oid = (...bytes: number[]): Buffer => der(0x06, [Buffer.from(bytes)]);
const ECDSA_SHA256 = der(0x30, [oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)]);
const nameOf = (text: string): Buffer => der(0x30, [der(0x31, [der(0x30, [oid(0x55, 0x04, 0x03), der(0x0c, [Buffer.from(text)])])])]);
const time = (ms: number): Buffer => der(0x17, [Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`)]);

function extensions(isAuthority: boolean, hosts: readonly string[]): Buffer[] {
  const critical = der(0x01, [Buffer.from([0xff])]);
  const basic = der(0x30, [oid(0x55, 0x1d, 0x13), critical, der(0x04, [der(0x30, isAuthority ? [critical] : [])])]);
  if (hosts.length === 0) return [basic];
  const names = hosts.map((host) =>
    /^[\d.]+$/.test(host) ? der(0x87, [Buffer.from(host.split('.').map(Number))]) : der(0x82, [Buffer.from(host)]),
  );
  return [basic, der(0x30, [oid(0x55, 0x1d, 0x11), der(0x04, [der(0x30, names)])])];
}
