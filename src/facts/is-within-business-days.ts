import { Temporal } from 'temporal-polyfill';
import { isCalendarDate } from '../reading/is-calendar-date';
import type { CaseSystem } from '../vocabulary/case-system';

/**
 * Whether something may still be entered that was done on these days.
 *
 * Takes   codes: YYYY-MM-DD, or an RFC 3339 instant, taken in the system's time zone. days: business days, from 1.
 * Gives   true if there is a code, and today in that zone is, for every one, no later than the last of so many business days
 *         after it: with 3, what was done on a Friday may be entered until the Wednesday after. A date to come is not back-dated.
 *         false for no code, and for any that cannot be read. places: codes under which an exception of the system counts; null: none does.
 * Fails   never.
 * Source  TO-02: "prohibit the back-dating of service delivery records greater than three (3) business days from the current date".
 */
export function isWithinBusinessDays(
  system: CaseSystem,
  days: number,
  codes: readonly string[],
  atMs: number,
  places: readonly string[] | null = null,
): boolean {
  if (codes.length === 0) return false;
  const day = dayOf(system, atMs);
  const first = firstDayOf(day, system, days);
  for (const code of codes) if (!liesFrom(first, code) && !isExcepted(system, days, code, day.date, places)) return false;
  return true;
}

/**
 * TO-03: what was done while an exception lasted, or was still in its window when it began, may be entered until as many business days
 * after restoration as the window has.
 */
function isExcepted(system: CaseSystem, days: number, code: string, today: Temporal.PlainDate, places: readonly string[] | null): boolean {
  if (places === null || system.exceptions === undefined) return false;
  const date = localDateOf(code, system);
  if (date === null) return false;
  return system.exceptions.some(({ where, from, restored }) => {
    if (where !== '*' && !places.includes(where)) return false;
    const isOver = restored !== null && today.toString() > businessDay(Temporal.PlainDate.from(restored), days, system).toString();
    const earliest = businessDay(Temporal.PlainDate.from(from), -days, system).toString();
    return !isOver && date >= earliest && (restored === null || date <= restored);
  });
}

/** The day in the system's zone; null for what is no date. */
function localDateOf(code: string, { timeZone }: CaseSystem): string | null {
  if (code.length === 10) return isCalendarDate(code) ? code : null;
  if (!RFC_3339.test(code) || !isCalendarDate(code.slice(0, 10))) return null;
  return Temporal.Instant.fromEpochMilliseconds(Date.parse(code)).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/** So many business days after a day, or before it. */
function businessDay(from: Temporal.PlainDate, days: number, { holidays }: CaseSystem): Temporal.PlainDate {
  let date = from;
  for (let left = Math.abs(days); left > 0;) {
    date = date.add({ days: Math.sign(days) });
    if (date.dayOfWeek <= 5 && !holidays.includes(date.toString())) left -= 1;
  }
  return date;
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

function firstDayOf({ date: todaysDate, firstDays }: Day, system: CaseSystem, days: number): FirstDay {
  const known = firstDays.get(days);
  if (known !== undefined) return known;
  const date = businessDay(todaysDate, -days, system);
  const first: FirstDay = { date: date.toString(), startsAtMs: date.toZonedDateTime(system.timeZone).epochMilliseconds };
  firstDays.set(days, first);
  return first;
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

function liesFrom(first: FirstDay, code: string): boolean {
  if (code.length === 10) return isCalendarDate(code) && code >= first.date;
  return RFC_3339.test(code) && isCalendarDate(code.slice(0, 10)) && Date.parse(code) >= first.startsAtMs;
}
