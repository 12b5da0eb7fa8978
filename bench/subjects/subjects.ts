import { BENCH_LIST_LENGTH } from '../make-list';
import { BENCH_SSN } from '../make-record';

export interface Subject {
  readonly name:
    'casegate' | 'http-proxy-middleware bare' | 'fastify-http-proxy bare' | 'undici bare' | 'assembled stack' | 'responseInterceptor mask';
  /** The file in this folder that is its process. */
  readonly file: string;
  /** What its answer must be like before it is measured; the error says what is wrong with it. */
  readonly check: (body: string, sent: string) => void;
}

const untouched = (body: string, sent: string): void => {
  if (body !== sent) throw new Error('a bare pass-through changed the record');
};

const enforced = (body: string): void => {
  const record = JSON.parse(body) as Record<string, unknown>;
  if (body.includes(BENCH_SSN) || body.includes(BENCH_SSN.replaceAll('-', ''))) throw new Error('an SSN came through');
  if (record['ssn'] !== `XXX-XX-${BENCH_SSN.slice(-4)}`) throw new Error('the SSN field is not masked');
  for (const left of ['relatives', 'activities', 'assessments', 'employmentPlans']) {
    if (left in record) throw new Error(`${left} should have been left out`);
  }
  for (const shown of ['recordId', 'contact', 'demographics', 'caseNotes', 'documents']) {
    if (!(shown in record)) throw new Error(`${shown} should be shown`);
  }
};

export const SUBJECTS: readonly Subject[] = [
  { name: 'casegate', file: 'casegate', check: enforced },
  { name: 'http-proxy-middleware bare', file: 'http-proxy-middleware-bare', check: untouched },
  { name: 'fastify-http-proxy bare', file: 'fastify-http-proxy-bare', check: untouched },
  { name: 'undici bare', file: 'undici-bare', check: untouched },
  { name: 'assembled stack', file: 'assembled-stack', check: enforced },
];

const masked = (body: string): void => {
  const records = JSON.parse(body) as Record<string, unknown>[];
  if (records.length !== BENCH_LIST_LENGTH) throw new Error(`${records.length} records came through`);
  if (/(?:219|666)[-.\u2013]?\d{2}[-.\u2013]?(?:9987|3456)/.test(body)) throw new Error('an SSN came through');
  for (const record of records) {
    if (!/^XXX-XX-\d{4}$/.test(String(record['ssn']))) throw new Error('an SSN field is not masked');
    for (const shown of ['recordId', 'contact', 'relatives', 'caseNotes', 'documents'])
      if (!(shown in record)) throw new Error(`${shown} should be shown`);
  }
};

/** Who carries a list of 100 records, 200 KB: the enforcing ones show all of it, with SSNs masked. */
export const LIST_SUBJECTS: readonly Subject[] = [
  { name: 'casegate', file: 'casegate', check: masked },
  { name: 'responseInterceptor mask', file: 'response-interceptor-mask', check: masked },
  { name: 'http-proxy-middleware bare', file: 'http-proxy-middleware-bare', check: untouched },
  { name: 'undici bare', file: 'undici-bare', check: untouched },
];
