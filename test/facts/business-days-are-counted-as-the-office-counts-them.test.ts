import fc from 'fast-check';
import { isWithinBusinessDays } from '../../src/facts/is-within-business-days';
import { relate } from '../../src/facts/relate';
import type { Membership } from '../../src/vocabulary/access';
import type { CaseSystem } from '../../src/vocabulary/case-system';

const HOLIDAYS = ['2024-12-25', '2025-01-01', '2025-05-26', '2025-07-04', '2025-11-11', '2025-11-27', '2025-11-28'];
const systems = new Map<string, CaseSystem>();
/** One object a zone, as a compiled record.yaml is one: what was reckoned for it is remembered. */
function systemIn(timeZone: string): CaseSystem {
  const known = systems.get(timeZone) ?? ({ timeZone, holidays: HOLIDAYS } as unknown as CaseSystem);
  systems.set(timeZone, known);
  return known;
}

const table = `
  what is asked                                         | zone                         | now                       | days | service                             | may
  TO-02 Friday's service on the Monday after            | America/Indiana/Indianapolis | 2025-03-10T09:00:00-04:00 | 3    | 2025-03-07                          | yes
  TO-02 Friday's service on the Wednesday after         | America/Indiana/Indianapolis | 2025-03-12T23:59:59-04:00 | 3    | 2025-03-07                          | yes
  TO-02 Friday's service on the Thursday after          | America/Indiana/Indianapolis | 2025-03-13T00:00:00-04:00 | 3    | 2025-03-07                          | no
  Saturday's service on the Wednesday after             | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2025-03-08                          | yes
  Saturday's service on the Thursday after              | America/Chicago              | 2025-03-13T12:00:00-05:00 | 3    | 2025-03-08                          | no
  Monday's service on the Thursday                      | America/Chicago              | 2025-03-13T12:00:00-05:00 | 3    | 2025-03-10                          | yes
  Tuesday's service on the Friday                       | America/Chicago              | 2025-03-14T12:00:00-05:00 | 3    | 2025-03-11                          | yes
  Tuesday's service on the Saturday: Friday was last    | America/Chicago              | 2025-03-15T12:00:00-05:00 | 3    | 2025-03-11                          | no
  Wednesday's service on the Sunday                     | America/Chicago              | 2025-03-16T12:00:00-05:00 | 3    | 2025-03-12                          | yes
  Wednesday's service on the Monday                     | America/Chicago              | 2025-03-17T12:00:00-05:00 | 3    | 2025-03-12                          | yes
  today's service                                       | America/Chicago              | 2025-03-12T12:00:00-05:00 | 1    | 2025-03-12                          | yes
  yesterday's with one day                              | America/Chicago              | 2025-03-12T12:00:00-05:00 | 1    | 2025-03-11                          | yes
  the day before that                                   | America/Chicago              | 2025-03-12T12:00:00-05:00 | 1    | 2025-03-10                          | no
  Friday's on Monday with one day                       | America/Chicago              | 2025-03-10T12:00:00-05:00 | 1    | 2025-03-07                          | yes
  thirty business days are six weeks                    | America/Chicago              | 2025-04-21T12:00:00-05:00 | 30   | 2025-03-10                          | yes
  and not a day more                                    | America/Chicago              | 2025-04-21T12:00:00-05:00 | 30   | 2025-03-09                          | no
  a holiday on Monday is no business day                | America/Chicago              | 2025-05-29T12:00:00-05:00 | 3    | 2025-05-23                          | yes
  and the day after it ends                             | America/Chicago              | 2025-05-30T12:00:00-05:00 | 3    | 2025-05-23                          | no
  on the holiday itself                                 | America/Chicago              | 2025-05-26T12:00:00-05:00 | 3    | 2025-05-21                          | yes
  on the holiday itself, one day earlier                | America/Chicago              | 2025-05-26T12:00:00-05:00 | 3    | 2025-05-20                          | no
  service on a holiday                                  | America/Chicago              | 2025-05-29T12:00:00-05:00 | 3    | 2025-05-26                          | yes
  two holidays beside a week-end                        | America/Chicago              | 2025-12-03T12:00:00-06:00 | 3    | 2025-11-26                          | yes
  two holidays beside a week-end, a day later           | America/Chicago              | 2025-12-04T12:00:00-06:00 | 3    | 2025-11-26                          | no
  over the end of a year                                | America/Chicago              | 2025-01-03T12:00:00-06:00 | 3    | 2024-12-30                          | yes
  over the end of a year, a day more                    | America/Chicago              | 2025-01-03T12:00:00-06:00 | 3    | 2024-12-29                          | no
  over Christmas and New Year                           | America/Chicago              | 2025-01-02T12:00:00-06:00 | 5    | 2024-12-23                          | no
  over Christmas and New Year, one later                | America/Chicago              | 2025-01-02T12:00:00-06:00 | 5    | 2024-12-24                          | yes
  a leap day                                            | America/Chicago              | 2024-03-05T12:00:00-06:00 | 3    | 2024-02-29                          | yes
  a leap day, a day later                               | America/Chicago              | 2024-03-06T12:00:00-06:00 | 3    | 2024-02-29                          | no
  a year without that day                               | America/Chicago              | 2025-03-04T12:00:00-06:00 | 3    | 2025-02-29                          | no
  late in the evening it is still Wednesday here        | America/Los_Angeles          | 2025-03-13T06:59:59Z      | 3    | 2025-03-07                          | yes
  and a second later Thursday                           | America/Los_Angeles          | 2025-03-13T07:00:00Z      | 3    | 2025-03-07                          | no
  where it is Thursday already                          | Pacific/Auckland             | 2025-03-12T12:00:00Z      | 3    | 2025-03-07                          | no
  half an hour's zone                                   | Asia/Kolkata                 | 2025-03-12T18:29:59Z      | 3    | 2025-03-07                          | yes
  half an hour's zone, midnight                         | Asia/Kolkata                 | 2025-03-12T18:30:00Z      | 3    | 2025-03-07                          | no
  the day clocks go forward: 23 hours                   | America/Chicago              | 2025-03-09T23:30:00-05:00 | 3    | 2025-03-05                          | yes
  the day clocks go forward, before and after 02:00     | America/Chicago              | 2025-03-09T01:30:00-06:00 | 3    | 2025-03-04                          | no
  the day clocks go back: the hour that comes twice     | America/Chicago              | 2025-11-02T01:30:00-06:00 | 3    | 2025-10-29                          | yes
  the day clocks go back, its last second               | America/Chicago              | 2025-11-02T23:59:59-06:00 | 3    | 2025-10-28                          | no
  a zone whose midnight is left out that day            | America/Asuncion             | 2024-10-06T12:00:00-03:00 | 3    | 2024-10-02                          | yes
  a zone without daylight saving in its state           | America/Phoenix              | 2025-03-13T06:59:59Z      | 3    | 2025-03-07                          | yes
  tomorrow is not back-dated                            | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2025-03-13                          | yes
  neither is next year                                  | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2026-12-31                          | yes
  an instant: Friday 23:59 here, Saturday in UTC        | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2025-03-08T05:59:59Z                | yes
  an instant: Friday 00:00 here                         | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2025-03-07T06:00:00Z                | yes
  an instant: Thursday's last second here               | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2025-03-07T05:59:59.999Z            | no
  an instant with another zone's offset                 | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2025-03-07T14:59:59+09:00           | no
  the second before the first day, in a zone far south   | America/Asuncion             | 2024-10-09T12:00:00-03:00 | 2    | 2024-10-07T02:59:59Z                | no
  an instant to come                                    | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2025-04-01T00:00:00-05:00           | yes
  several, all within                                   | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2025-03-07 2025-03-12               | yes
  several, one of them too old                          | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2025-03-07 2025-03-06               | no
  several, one of them unreadable                       | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2025-03-07 today                    | no
  no date at all                                        | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    |                                     | no
  another way to write it                               | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 03/12/2025                          | no
  no such month                                         | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2025-13-01                          | no
  no such day                                           | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2025-04-31                          | no
  a date with a blank                                   | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2025-3-12                           | no
  a number                                              | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 1741800000                          | no
  a time without an offset                              | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2025-03-12T10:00:00                 | no
  an instant on no day                                  | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2026-02-30T10:00:00Z                | no
  an hour that is none                                  | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2025-03-12T24:00:00Z                | no
  an offset that is none                                | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2025-03-12T10:00:00+25:00           | no
  more than a date                                      | America/Chicago              | 2025-03-12T12:00:00-05:00 | 3    | 2025-03-12T10:00:00-05:00[UTC]      | no
`
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('|').map((cell) => cell.trim()));

test.each(table)('%s (%s, %s, %s days: %s)', (_what, zone, now, days, service, may) => {
  const codes = service === '' ? [] : service!.split(' ');
  expect(isWithinBusinessDays(systemIn(zone!), Number(days), codes, Date.parse(now!))).toBe(may === 'yes');
});

test('the answer does not depend on what was asked before: days pass, and clocks may go back', () => {
  const system = systemIn('America/Chicago');
  for (const [now, may] of [
    ['2025-03-12T12:00:00-05:00', true],
    ['2025-03-13T12:00:00-05:00', false],
    ['2025-03-12T23:59:59-05:00', true],
  ] as const) {
    expect(isWithinBusinessDays(system, 3, ['2025-03-07'], Date.parse(now))).toBe(may);
    expect(isWithinBusinessDays(system, 30, ['2025-03-07'], Date.parse(now))).toBe(true);
  }
});

test('TO-02 what may be entered is what lies no farther back than its own deadline, whatever the day, the calendar and the zone', () => {
  const DAY = 86_400_000;
  const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  // The oracle walks forward from the service to its deadline, in UTC days; the code walks back from today to its first day.
  const deadline = (serviceMs: number, days: number, holidays: readonly string[]): string => {
    let at = serviceMs;
    for (let left = days; left > 0;) {
      at += DAY;
      if (![0, 6].includes(new Date(at).getUTCDay()) && !holidays.includes(iso(at))) left -= 1;
    }
    return iso(at);
  };
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4_000 }),
      fc.integer({ min: -5, max: 60 }),
      fc.integer({ min: 1, max: 30 }),
      fc.array(fc.integer({ min: -10, max: 70 }), { maxLength: 12 }),
      fc.constantFrom('America/Chicago', 'America/Indiana/Indianapolis', 'Pacific/Auckland', 'America/St_Johns', 'UTC'),
      fc.integer({ min: 0, max: 86_399 }),
      (day, back, days, off, timeZone, second) => {
        const todayMs = Date.UTC(2020, 0, 1) + day * DAY;
        const holidays = off.map((one) => iso(todayMs - one * DAY)).sort();
        const serviceMs = todayMs - back * DAY;
        // A moment that is on that day in the zone: found by its own clock, not by ours.
        const clock = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
        const atMs = [-14, -7, 0, 7, 13]
          .map((h) => todayMs + h * 3_600_000 + second * 1_000)
          .find((ms) => clock.format(ms) === iso(todayMs));
        fc.pre(atMs !== undefined);
        const system = { timeZone, holidays } as unknown as CaseSystem;
        expect(isWithinBusinessDays(system, days, [iso(serviceMs)], atMs!)).toBe(iso(todayMs) <= deadline(serviceMs, days, holidays));
      },
    ),
    { numRuns: 2_000 },
  );
});

test('TO-02 a clause over business days joins the others: all must hold', () => {
  const SERVICE = 0;
  const system = {
    ...systemIn('America/Chicago'),
    relations: [],
    conditions: [
      {
        word: 'within-three-business-days',
        clauses: [
          { test: 'workgroup', workgroups: ['team-member'] },
          { test: 'fact-within-business-days', fact: SERVICE, days: 3 },
        ],
      },
    ],
  } as unknown as CaseSystem;
  const conditions = (workgroup: string, dates: readonly string[], now: string): number =>
    relate({
      system,
      membership: { workgroup, environment: 'training' } as unknown as Membership,
      facts: { known: true, isPrivate: false, codes: [dates] },
      applicationClass: 'case-work',
      supervision: { supervises: () => false },
      atMs: Date.parse(now),
    }).conditions;
  expect(conditions('team-member', ['2025-03-07'], '2025-03-12T12:00:00-05:00')).toBe(1);
  expect(conditions('team-member', ['2025-03-07'], '2025-03-13T12:00:00-05:00')).toBe(0);
  expect(conditions('team-member', [], '2025-03-12T12:00:00-05:00')).toBe(0);
  expect(conditions('state-staff', ['2025-03-07'], '2025-03-12T12:00:00-05:00')).toBe(0);
});

test('a remembered day costs next to nothing', () => {
  const system = systemIn('America/Chicago');
  const atMs = Date.parse('2025-03-12T12:00:00-05:00');
  const codes = ['2025-03-12T10:00:00-05:00', '2025-03-11'];
  for (let i = 0; i < 20_000; i++) isWithinBusinessDays(system, 3, codes, atMs);
  const since = process.cpuUsage();
  for (let i = 0; i < 50_000; i++) isWithinBusinessDays(system, 3, codes, atMs);
  const { user, system: kernel } = process.cpuUsage(since);
  expect((user + kernel) / 50_000).toBeLessThan(20);
});
