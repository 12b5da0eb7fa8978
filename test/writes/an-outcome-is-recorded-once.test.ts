import { createReconciler } from '../../src/pipeline/write/create-reconciler';
import type { AccessEntry } from '../../src/vocabulary/access-entry';
import { newAccessId, sampleEntry } from '../audit/sample-log';

test('where the store of keys fails behind the entry, the key is settled later and the entry stands once', async () => {
  const entries: AccessEntry[] = [];
  const faults: unknown[] = [];
  let fails = 2;
  const answer = newAccessId();
  const entry = sampleEntry({
    kind: 'intent',
    details: { write: { answer, fields: [], rights: {}, proof: { kind: 'gone' }, key: 'k' } },
  });
  const settled = await new Promise<unknown>((tell) => {
    const reconciler = createReconciler({
      readAgain: async () => null,
      isShownBy: () => true,
      append: async (one) => void entries.push(one),
      keys: {
        find: async () => null,
        claim: async () => true,
        settle: async ({ key, accessId }, status) => {
          if ((fails -= 1) >= 0) throw new Error('down');
          tell([key, accessId, status]);
        },
        release: async () => undefined,
        trim: async () => undefined,
      },
      newAccessId,
      nowMs: Date.now,
      onFault: (_intent, cause) => faults.push(cause),
      waitsMs: [0],
    });
    reconciler.reconcile({ entry, bearer: undefined });
  });
  expect(settled).toEqual(['k', answer, 200]);
  expect(faults).toHaveLength(2);
  expect(entries.map(({ kind, outcome, details }) => [kind, outcome.reasons, details])).toEqual([
    ['outcome', ['write-applied'], { write: { intent: entry.accessId } }],
  ]);
});
