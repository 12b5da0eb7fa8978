import { verifyChains } from '../../src/audit/verify-chain';
import type { ChainFault } from '../../src/audit/verify-chain';
import { openLogReader } from '../../src/storage/log-reader';
import { engines } from '../storage/test-stores';
import type { TestStore } from '../storage/test-stores';
import { fresh, openLog, sampleEntry } from './sample-log';

const ids = Array.from({ length: 6 }, (_, place) => `id-${place + 1}`);

/** Six entries in chain-a and two in chain-b, then the change is made behind the gateway's back. */
async function tamper(make: () => Promise<TestStore>, change: readonly string[]): Promise<readonly (ChainFault | null)[]> {
  const store = await make();
  const logStore = await store.openLogStore();
  for (const [chain, names] of [
    ['chain-a', ids],
    ['chain-b', ['b-1', 'b-2']],
  ] as const) {
    const log = await openLog(logStore, { newChain: () => chain });
    for (const accessId of names) await log.append(sampleEntry({ accessId }), fresh);
    await log.drain();
  }
  await logStore.close();
  if (store.settings.kind === 'sqlite') {
    for (const table of ['access_entry', 'log_chain'])
      for (const act of ['update', 'delete']) await store.sql(`DROP TRIGGER ${table}_no_${act}`);
  }
  for (const sql of change) await store.sql(sql);
  const reader = openLogReader(store.settings);
  const reports = await verifyChains(reader);
  await reader.close();
  await store.dispose();
  return reports.map((report) => report.fault);
}

const in3 = `WHERE chain = 'chain-a' AND seq = 3`;
const changes: readonly (readonly [string, readonly string[], ChainFault | null])[] = [
  ['nothing', [], null],
  [
    'AUD-16 one letter of the bytes',
    [`UPDATE access_entry SET bytes = REPLACE(bytes, 'A17', 'A18') ${in3}`],
    { seq: 3, accessId: 'id-3', problem: 'hash' },
  ],
  ['AUD-16 the hash', [`UPDATE access_entry SET hash = prev_hash ${in3}`], { seq: 3, accessId: 'id-3', problem: 'hash' }],
  [
    'AUD-16 the previous hash',
    [`UPDATE access_entry SET prev_hash = x'${'00'.repeat(32)}' ${in3}`],
    { seq: 3, accessId: 'id-3', problem: 'prev-hash' },
  ],
  ['AUD-16 the access id', [`UPDATE access_entry SET access_id = 'other' ${in3}`], { seq: 3, accessId: 'other', problem: 'access-id' }],
  ['AUD-16 the kind', [`UPDATE access_entry SET kind = 'system' ${in3}`], { seq: 3, accessId: 'id-3', problem: 'kind' }],
  ['AUD-16 the time', [`UPDATE access_entry SET at_ms = at_ms + 1 ${in3}`], { seq: 3, accessId: 'id-3', problem: 'at' }],
  [
    'AUD-17 the first entry removed',
    [`DELETE FROM access_entry WHERE chain = 'chain-a' AND seq = 1`],
    { seq: 1, accessId: null, problem: 'missing' },
  ],
  ['AUD-17 a middle entry removed', [`DELETE FROM access_entry ${in3}`], { seq: 3, accessId: null, problem: 'missing' }],
  [
    'a middle entry removed and the rest moved up',
    [
      `DELETE FROM access_entry ${in3}`,
      ...[4, 5, 6].map((seq) => `UPDATE access_entry SET seq = ${seq - 1} WHERE chain = 'chain-a' AND seq = ${seq}`),
    ],
    { seq: 3, accessId: 'id-4', problem: 'prev-hash' },
  ],
  [
    'two entries swapped',
    [
      `UPDATE access_entry SET seq = 99 ${in3}`,
      `UPDATE access_entry SET seq = 3 WHERE chain = 'chain-a' AND seq = 4`,
      `UPDATE access_entry SET seq = 4 WHERE chain = 'chain-a' AND seq = 99`,
    ],
    { seq: 3, accessId: 'id-4', problem: 'prev-hash' },
  ],
  ['an entry moved to another chain', [`UPDATE access_entry SET chain = 'chain-c' WHERE chain = 'chain-a' AND seq = 6`], null],
  ['the chain forgotten', [`DELETE FROM log_chain WHERE chain = 'chain-a'`], { seq: 0, accessId: null, problem: 'chain-not-opened' }],
];

describe.each(engines)('on %s', (_engine, make) => {
  test.each(changes)('%s', async (what, change, fault) => {
    const faults = await tamper(make, change);
    const moved = what.includes('another chain') ? [{ seq: 1, accessId: null, problem: 'missing' }] : [];
    expect(faults).toEqual([fault, null, ...moved]);
  });
});

test('AUD-23 bytes that are no text, and a number that is none, are named and not stumbled over', async () => {
  const [, make] = engines[0] as (typeof engines)[0];
  expect(await tamper(make, [`UPDATE access_entry SET bytes = CAST(x'7bff00' AS TEXT) ${in3}`])).toEqual([
    { seq: 3, accessId: 'id-3', problem: 'hash' },
    null,
  ]);
  expect(await tamper(make, [`UPDATE access_entry SET hash = 'text' ${in3}`])).toEqual([
    { seq: 3, accessId: 'id-3', problem: 'hash' },
    null,
  ]);
  expect(await tamper(make, [`UPDATE access_entry SET at_ms = 9007199254740993 ${in3}`])).toEqual([
    { seq: 3, accessId: 'id-3', problem: 'at' },
    null,
  ]);
  expect(await tamper(make, [`UPDATE access_entry SET seq = 'many' ${in3}`])).toEqual([
    { seq: 3, accessId: null, problem: 'missing' },
    null,
  ]);
});
