import { openDataSource } from '../../src/storage/open-data-source';
import { createWriteKeyStore } from '../../src/storage/write-key-store';
import { engines } from '../storage/test-stores';

test.each(engines)('on %s what is found out late about one write does not let go the key of the next', async (_engine, make) => {
  const store = await make();
  const governance = await openDataSource(store.settings);
  const keys = createWriteKeyStore(governance);
  const first = { key: 'a'.repeat(64), request: 'b'.repeat(64), accessId: '01900000-0000-7000-8000-000000000001', status: null, atMs: 1 };
  const next = { ...first, accessId: '01900000-0000-7000-8000-000000000002', atMs: 2 };
  expect([await keys.claim(first), await keys.claim(next)]).toEqual([true, false]);
  await keys.release(first);
  expect(await keys.claim(next)).toBe(true);
  await keys.release(first);
  await keys.settle(first, 200);
  expect(await keys.find(next.key)).toMatchObject({ accessId: next.accessId, status: null });
  await keys.settle(next, 201);
  expect(await keys.find(next.key)).toMatchObject({ accessId: next.accessId, status: 201 });
  await governance.close();
  await store.dispose();
});
