import type { GovernanceStore } from './open-data-source';

const MOST_SKEW_MS = 60_000;

/**
 * Proves at start that our clock and that of the database server agree to a minute: standings and entries are dated by ours, and every
 * other gateway on the same store has its own (TOK-26, STO-17). The embedded store has no clock.
 *
 * Fails   Error that says by how much.
 */
export async function demandClockInStep(store: GovernanceStore, clock: () => number): Promise<void> {
  if (store.engine === 'sqlite') return;
  const beforeMs = clock();
  // Sessions of ours run in UTC.
  const [row] = await store.dataSource.query<Record<string, unknown>[]>('SELECT UNIX_TIMESTAMP(UTC_TIMESTAMP(3)) * 1000 AS epochMs');
  const serverMs = Number(row?.['epochMs'] ?? NaN);
  const isInStep = serverMs >= beforeMs - MOST_SKEW_MS && serverMs <= clock() + MOST_SKEW_MS;
  if (isInStep) return;
  const seconds = Math.round((serverMs - beforeMs) / 1000);
  throw new Error(`The clock of the database server differs from ours by ${seconds} s. Set both by NTP; up to 60 s is taken.`);
}
