import { Temporal } from 'temporal-polyfill';
import { isCalendarDate } from '../reading/is-calendar-date';
import type { CaseSystem } from '../vocabulary/case-system';

/**
 * Whether something may still be entered that was done on these days.
 *
 * Takes   codes: YYYY-MM-DD, or an RFC 3339 instant, taken in the system's time zone. days: business days, from 1.
 * Gives   true if there is a code, and today in that zone is, for every one, no later than the last of so many business days
 *         after it: with 3, what was done on a Friday may be entered until the Wednesday after. A date to come is not back-dated.
 *         false for no code, and for any that cannot be read.
 * Fails   never.
 * Source  TO-02: "prohibit the back-dating of service delivery records greater than three (3) business days from the current date".
 */
export function isWithinBusinessDays(system: CaseSystem, days: number, codes: readonly string[], atMs: number): boolean {
  if (codes.length === 0) return false;
  const first = firstDayOf(dayOf(system, atMs), system, days);
  for (const code of codes) if (!liesFrom(first, code)) return false;
  return true;
}

/** The earliest day that is not too far back. */
interface FirstDay {
  readonly date: string;
  readonly startsAtMs: number;
}

interface Day {
  readonly fromMs: number;
  readonly toMs: number;
  readonly date: Temporal.PlainDate;
  readonly firstDays: Map<number, FirstDay>;
}

/** The day on which each system was asked last: reckoning with zones is dear, and all of a day's answers are the same. */
const today = new WeakMap<CaseSystem, Day>();

function dayOf(system: CaseSystem, atMs: number): Day {
  const known = today.get(system);
  if (known !== undefined && atMs >= known.fromMs && atMs < known.toMs) return known;
  const date = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(system.timeZone).toPlainDate();
  const startOf = (one: Temporal.PlainDate): number => one.toZonedDateTime(system.timeZone).epochMilliseconds;
  const day: Day = { fromMs: startOf(date), toMs: startOf(date.add({ days: 1 })), date, firstDays: new Map() };
  today.set(system, day);
  return day;
}

function firstDayOf({ date: todaysDate, firstDays }: Day, { holidays, timeZone }: CaseSystem, days: number): FirstDay {
  const known = firstDays.get(days);
  if (known !== undefined) return known;
  let date = todaysDate;
  for (let left = days; left > 0;) {
    date = date.subtract({ days: 1 });
    if (date.dayOfWeek <= 5 && !holidays.includes(date.toString())) left -= 1;
  }
  const first: FirstDay = { date: date.toString(), startsAtMs: date.toZonedDateTime(timeZone).epochMilliseconds };
  firstDays.set(days, first);
  return first;
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

function liesFrom(first: FirstDay, code: string): boolean {
  if (code.length === 10) return isCalendarDate(code) && code >= first.date;
  return RFC_3339.test(code) && isCalendarDate(code.slice(0, 10)) && Date.parse(code) >= first.startsAtMs;
}
