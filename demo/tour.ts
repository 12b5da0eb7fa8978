import type { AccessEntry } from '../src/vocabulary/access-entry';
import { fetchDemoToken } from './fetch-demo-token';
import type { DemoPerson } from './people';
import { TOUR_RECORD_ID } from './tour-record';

/** Who looks at the private record, in this order. */
export const TOUR_PEOPLE: readonly DemoPerson[] = ['counselor', 'supervisor', 'data-specialist', 'other-counselor', 'monitor'];

interface Look {
  readonly person: DemoPerson;
  readonly accessId: string;
  readonly status: number;
  readonly view: string;
  readonly withheld: readonly string[];
  readonly line: string;
}

export interface TourNeeds {
  readonly identityProvider: string;
  readonly dataUrl: string;
  /** The log's entry of this access id, read back from the store. */
  readonly findEntry: (accessId: string) => Promise<AccessEntry | undefined>;
  readonly print: (line: string) => void;
}

/** Shows one private record as five people see it, then what the log says of those five looks. Fails when an entry is not there. */
export async function showTour({ identityProvider, dataUrl, findEntry, print }: TourNeeds): Promise<void> {
  const looks: Look[] = [];
  for (const person of TOUR_PEOPLE) looks.push(await lookAs(person, identityProvider, dataUrl));
  const entries = await Promise.all(looks.map((look) => findEntry(look.accessId)));

  print(`One private record, ${TOUR_RECORD_ID}, as five people see it:`);
  print('');
  printTable(
    print,
    ['who', 'status', 'view', 'sections', 'withheld', 'a line of it'],
    looks.map((look, at) => [
      look.person,
      String(look.status),
      look.view,
      String(Object.keys(entries[at]?.records[0]?.disclosed ?? {}).length),
      shorten(look.withheld.length === 0 ? '-' : look.withheld.join(', '), 34),
      shorten(look.line, 46),
    ]),
  );
  print('');
  print('What the access log keeps of it (each entry was on disk before its answer left):');
  print('');
  printTable(
    print,
    ['access id', 'who', 'workgroup', 'relations', 'disclosure', 'reasons'],
    looks.map((look, at) => {
      const entry = entries[at];
      if (entry === undefined) throw new Error(`The log has no entry ${look.accessId}.`);
      const record = entry.records[0];
      const key = record?.keys[0];
      return [
        look.accessId,
        entry.who?.account ?? '-',
        key?.workgroup ?? '-',
        key === undefined || key.relations.length === 0 ? '-' : key.relations.join(' '),
        record?.disclosure ?? 'none',
        entry.outcome.reasons.join(' '),
      ];
    }),
  );
}

async function lookAs(person: DemoPerson, identityProvider: string, dataUrl: string): Promise<Look> {
  const token = await fetchDemoToken(identityProvider, person);
  const answer = await fetch(`${dataUrl}/workforce-one/records/${TOUR_RECORD_ID}`, { headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  return {
    person,
    accessId: answer.headers.get('casegate-access-id') ?? '',
    status: answer.status,
    view: answer.headers.get('casegate-view') ?? '-',
    withheld: sectionsOf(answer.headers.get('casegate-withheld')),
    line: answer.ok ? maskedLine(JSON.parse(text) as Record<string, unknown>) : text,
  };
}

/** `contact=not-granted, documents=not-granted` -> the names alone. */
const sectionsOf = (header: string | null): string[] =>
  [...(header ?? '').matchAll(/(?:^|,)\s*([a-z][a-z-]*)/g)].map((match) => match[1] ?? '');

/** The first case note where notes are shown, otherwise the SSN as it left. */
function maskedLine(record: Record<string, unknown>): string {
  const notes = record['caseNotes'] as readonly { text?: string }[] | undefined;
  const note = notes?.[0]?.text;
  return note === undefined ? `ssn: ${String(record['ssn'])}` : `note: ${note}`;
}

function printTable(print: (line: string) => void, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const lineOf = (cells: readonly string[]) => `  ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd();
  print(lineOf(head));
  print(lineOf(widths.map((width) => '-'.repeat(width))));
  for (const row of rows) print(lineOf(row));
}

const shorten = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
