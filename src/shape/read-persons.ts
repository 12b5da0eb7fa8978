import type { FactReading } from '../vocabulary/access';
import { readFacts } from './read-facts';
import { scalarAt } from './scalar-at';
import {
  PERSON_CLOSED,
  PERSON_FACTS_FROM,
  PERSON_FACTS_TO,
  PERSON_ID,
  PERSON_NUMBER,
  PERSON_OPENS,
  PERSON_STEP,
  type Scan,
} from './scan-record';

/** Somebody who stands inside a record and has a record of their own. */
export interface ReadPerson {
  /** Place in CaseSystem.embedded. */
  readonly number: number;
  /** Where they open on the tape: names them within their body. */
  readonly opens: number;
  /** Of their own record; null where the body gives none of the system's form. */
  readonly id: string | null;
  /** As in ReadReply, of the person. */
  readonly facts: readonly FactReading[];
}

/** The persons between two entries of the tape, in their order. */
export function readPersons(
  body: Buffer,
  { persons, factSpans }: Scan,
  from: number,
  to: number,
  factCount: number,
  identifier: RegExp,
): readonly ReadPerson[] {
  if (persons.length === 0) return NOBODY;
  const found: ReadPerson[] = [];
  for (let at = 0; at < persons.length; at += PERSON_STEP) {
    const opens = persons[at + PERSON_OPENS] as number;
    if (opens < from || (persons[at + PERSON_CLOSED] as number) > to) continue;
    const number = persons[at + PERSON_NUMBER] as number;
    const start = persons[at + PERSON_ID] as number;
    const said = start < 0 ? null : scalarAt(body, start, persons[at + PERSON_ID + 1] as number, persons[at + PERSON_ID + 2] as number);
    const id = typeof said === 'string' && RECORD_ID.test(said) && identifier.test(said) ? said : null;
    const [first, last] = [persons[at + PERSON_FACTS_FROM] as number, persons[at + PERSON_FACTS_TO] as number];
    found.push({ number, opens, id, facts: readFacts(body, factSpans, first, last, factCount, (number + 1) * factCount) });
  }
  return found;
}

const NOBODY: readonly ReadPerson[] = [];
const RECORD_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
