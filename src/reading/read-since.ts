const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d{1,6})([mhd])$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * A moment of the past, as people write it on a command line.
 *
 * Takes   30d, 12h or 45m before `nowMs`; a date, which is its midnight UTC, as all moments of the log are UTC; or RFC 3339 with its offset.
 * Gives   epoch ms.
 * Fails   Error that says how it is written; for days that do not exist as well.
 */
export function readSince(text: string, nowMs: number): number {
  const [, count, unit] = DURATION.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
  const atMs = DATE.test(text) || MOMENT.test(text) ? Date.parse(text) : NaN;
  // Date.parse takes the 31st of February for the 3rd of March.
  const isReal = !Number.isNaN(atMs) && new Date(Date.parse(text.slice(0, 10))).toISOString().startsWith(text.slice(0, 10));
  if (!isReal)
    throw new Error(`'${text}' is no moment: write 30d, 12h or 45m, a date such as 2026-11-01 (UTC), or 2026-11-01T08:00:00-06:00`);
  return atMs;
}
