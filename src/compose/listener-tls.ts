import { readFileSync } from 'node:fs';
import type { Settings } from '../settings/settings-table';

type Plane = Pick<Settings['dataPlane'], 'host' | 'tls' | 'tlsCertificateFile' | 'tlsKeyFile'>;

/** Certificate and key of a listener that speaks TLS itself; null where something in front does, or on loopback. */
export function listenerTls({ tls, tlsCertificateFile, tlsKeyFile }: Plane): { readonly cert: string; readonly key: string } | null {
  if (tls !== 'certificate') return null;
  if (tlsCertificateFile === null || tlsKeyFile === null) throw new Error('tls: certificate needs tlsCertificateFile and tlsKeyFile');
  return { cert: readFileSync(tlsCertificateFile, 'utf8'), key: readFileSync(tlsKeyFile, 'utf8') };
}

export function urlOf({ host, tls }: Plane, port: number): string {
  return `${tls === 'certificate' ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
