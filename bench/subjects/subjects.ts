import { BENCH_SSN } from '../make-record';

export interface Subject {
  readonly name: 'casegate' | 'http-proxy-middleware bare' | 'fastify-http-proxy bare' | 'undici bare' | 'assembled stack';
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
