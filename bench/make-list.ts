import { makeBenchRecord } from './make-record';

export const BENCH_LIST_LENGTH = 100;

/** The list that every subject carries: 100 records of 2 KB, each with a number and an SSN of its own, in a field and in free text. */
export function makeBenchList(): readonly Readonly<Record<string, unknown>>[] {
  const record = JSON.stringify(makeBenchRecord());
  return Array.from({ length: BENCH_LIST_LENGTH }, (_, at) => {
    const own = String(at).padStart(2, '0');
    const text = record
      .replaceAll('WF1-1000042', `WF1-10000${own}`)
      .replaceAll('219-09-9987', `219-${own}-9987`)
      .replaceAll('219.09.9987', `219.${own}.9987`)
      .replaceAll('219\u201309\u20139987', `219\u2013${own}\u20139987`)
      .replaceAll('219099987', `219${own}9987`)
      .replaceAll('666123456', `666${own}3456`)
      .replaceAll('666-12-3456', `666-${own}-3456`);
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  });
}
