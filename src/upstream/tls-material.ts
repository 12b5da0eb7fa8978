import { readFileSync } from 'node:fs';

/** Certificates and keys by file. With `pfx`, or `cert` and `key`, we show a certificate of our own (mTLS). */
export interface TlsFiles {
  /** Roots that vouch for the case system, instead of the system's own list. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly pfxFile?: string;
  readonly passphrase?: string;
  /** The name the certificate must carry, where it is not the host of the origin. */
  readonly serverName?: string;
}

export interface TlsMaterial {
  readonly rejectUnauthorized: true;
  readonly minVersion: 'TLSv1.2';
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly pfx?: Buffer;
  readonly passphrase?: string;
  readonly servername?: string;
}

/** Reads the files. Fails with the file system's error when one cannot be read. */
export function readTlsMaterial(files: TlsFiles = {}): TlsMaterial {
  if ((files.certFile === undefined) !== (files.keyFile === undefined))
    throw new Error('A client certificate needs both certFile and keyFile.');
  return {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(files.caFile === undefined ? {} : { ca: readFileSync(files.caFile) }),
    ...(files.certFile === undefined ? {} : { cert: readFileSync(files.certFile) }),
    ...(files.keyFile === undefined ? {} : { key: readFileSync(files.keyFile) }),
    ...(files.pfxFile === undefined ? {} : { pfx: readFileSync(files.pfxFile) }),
    ...(files.passphrase === undefined ? {} : { passphrase: files.passphrase }),
    ...(files.serverName === undefined ? {} : { servername: files.serverName }),
  };
}

export const tlsFilePaths = (files: TlsFiles = {}): string[] =>
  [files.caFile, files.certFile, files.keyFile, files.pfxFile].filter((path) => path !== undefined);
