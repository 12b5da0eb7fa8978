import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What every subject is told. */
export interface SubjectInput {
  readonly upstreamPort: number;
  /** A fresh folder of its own for what it writes. */
  readonly folder: string;
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  readonly clientId: string;
  readonly subject: string;
  /** Top-level fields that the caller may see: for the subject that decides per field in its own way. */
  readonly shownFields: readonly string[];
  readonly scenario: 'record' | 'list';
}

export interface SubjectReady {
  readonly port: number;
}

/** Listens on a free loopback port and gives it. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}
