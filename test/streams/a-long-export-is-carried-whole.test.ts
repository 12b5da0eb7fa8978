import type { TestGateway } from '../support/gateway';
import { ChunkedAnswer, entriesOfStream, Reading, startStreamGateway } from './stream-gateway';

let gateway: TestGateway;
beforeAll(async () => {
  // Sender, gateway and reader share one process: its deadlines are not what is asked here.
  const slow = { limits: { deadlineMs: 60_000 } };
  gateway = await startStreamGateway({ caseSystem: slow, config: { log: { deadlineMs: 30_000 }, limits: { slowReaderMs: 60_000 } } });
});
afterAll(() => gateway?.stop());

const RECORDS = 100_000;
const MIB = 2 ** 20;

const recordOf = (n: number): string =>
  JSON.stringify({
    recordId: `L${n}`,
    ssn: '219-09-9987',
    privacy: { indicator: true },
    assignment: { staffId: 'S1001', agency: 'AG-NORTH', county: '62' },
    caseNotes: [{ noteId: `N${n}`, text: `of 219-09-9987 ${'x'.repeat(700)}` }],
  });

test('BOD-27 100,000 records, 95 MB: every record leaves and is named', async () => {
  const answer = new ChunkedAnswer(gateway, 'application/x-ndjson');
  const opening = Reading.open(gateway, 'counselor', 'application/x-ndjson', { isPaused: true });
  const sending = (async () => {
    for (let n = 0; n < RECORDS; n += 100) {
      await answer.send(`${Array.from({ length: 100 }, (_, i) => recordOf(n + i)).join('\n')}\n`);
    }
    answer.end();
  })();
  const reading = await opening;
  let lines = 0;
  let bytes = 0;
  for await (const chunk of reading.message as AsyncIterable<Buffer>) {
    for (const byte of chunk) if (byte === 0x0a) lines += 1;
    bytes += chunk.length;
  }
  await sending;
  expect([lines, reading.message.complete]).toEqual([RECORDS, true]);
  expect(bytes).toBeGreaterThan(80 * MIB);
  const entries = await entriesOfStream(gateway, reading.accessId);
  expect(entries.reduce((sum, entry) => sum + entry.records.length, 0)).toBe(RECORDS);
  expect(entries.at(-1)?.details).toMatchObject({ records: RECORDS, leftOut: 0 });
}, 120_000);
