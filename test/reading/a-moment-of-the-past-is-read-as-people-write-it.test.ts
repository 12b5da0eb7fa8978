import { readSince } from '../../src/reading/read-since';

const NOW_MS = Date.UTC(2026, 10, 25, 12);

test.each([
  ['30d', '2026-10-26T12:00:00.000Z'],
  ['12h', '2026-11-25T00:00:00.000Z'],
  ['45m', '2026-11-25T11:15:00.000Z'],
  ['2026-11-01', '2026-11-01T00:00:00.000Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ['2026-11-01T08:00:00-06:00', '2026-11-01T14:00:00.000Z'],
  ['2026-11-01T08:00Z', '2026-11-01T08:00:00.000Z'],
])('%s is %s', (text, moment) => {
  expect(new Date(readSince(text, NOW_MS)).toISOString()).toBe(moment);
});

test.each(['30', '30 d', '-1d', '1w', '2026-02-30', '2026-02-29', '2026-13-01', '11/01/2026', '2026-11-01T08:00:00', 'yesterday', ''])(
  '%j is refused, and how it is written is said',
  (text) => {
    expect(() => readSince(text, NOW_MS)).toThrow(
      `'${text}' is no moment: write 30d, 12h or 45m, a date such as 2026-11-01 (UTC), or 2026-11-01T08:00:00-06:00`,
    );
  },
);
