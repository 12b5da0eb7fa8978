import { createMetrics } from '../../src/monitoring/create-metrics';
import type { MetricReadings } from '../../src/monitoring/create-metrics';

const READINGS: MetricReadings = {
  log: () => ({ healthy: true, waiting: 3, lastDurableAtMs: 1_000 }),
  policies: () => [
    { system: 'workforce-one', version: 'a'.repeat(64), isAlarmed: true },
    { system: 'trackone', version: null, isAlarmed: false },
  ],
  limiters: () => [
    { name: 'address', store: 'down' },
    { name: 'caller', store: 'shared' },
  ],
  upstreams: () => [{ system: 'workforce-one', breaker: 'open', calls: 2 }],
  versions: () => ({ directory: 7, registry: 9 }),
  diskUsed: () => 0.75,
};
const metrics = () => createMetrics({ readings: READINGS, clock: () => 3_000, withProcess: false });
const linesOf = async (of: ReturnType<typeof metrics>, name: string) =>
  (await of.text()).split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

test('an answer is counted by system, route, code and view', async () => {
  const all = metrics();
  const answer = { system: 'workforce-one', route: 'record', code: 'ok', view: 'full', durationMs: 3, unclassifiedFields: 2 };
  all.answered(answer);
  all.answered({ ...answer, unclassifiedFields: 0 });
  expect(await linesOf(all, 'casegate_requests_total')).toEqual([
    'casegate_requests_total{system="workforce-one",route="record",code="ok",view="full"} 2',
  ]);
  expect(await linesOf(all, 'casegate_unclassified_fields_total')).toEqual([
    'casegate_unclassified_fields_total{system="workforce-one"} 2',
  ]);
  expect(await linesOf(all, 'casegate_unclassified_fields')).toEqual(['casegate_unclassified_fields{system="workforce-one"} 0']);
  expect(await linesOf(all, 'casegate_request_duration_seconds_count')).toEqual([
    'casegate_request_duration_seconds_count{system="workforce-one",route="record"} 2',
  ]);
});

test('a label that is no word of ours is counted as other', async () => {
  const all = metrics();
  for (const reason of ['219-09-9987', 'a219099987', 'Ann Case', 'x"} 1', '', 'a'.repeat(65)])
    all.refusedEarly({ code: 'token-invalid', reason });
  expect(await linesOf(all, 'casegate_early_refusals_total')).toEqual([
    'casegate_early_refusals_total{code="token-invalid",reason="other"} 6',
  ]);
});

test('the state of the rooms is read at each scrape', async () => {
  const text = await metrics().text();
  for (const line of [
    'casegate_log_healthy 1',
    'casegate_log_waiting 3',
    'casegate_log_last_durable_age_seconds 2',
    'casegate_policy_alarm{system="workforce-one"} 1',
    'casegate_policy_alarm{system="trackone"} 1',
    'casegate_policy_info{system="workforce-one",version="aaaaaaaaaaaa"} 1',
    'casegate_rate_limit_store_down{limiter="address"} 1',
    'casegate_rate_limit_store_down{limiter="caller"} 0',
    'casegate_upstream_open{system="workforce-one"} 1',
    'casegate_store_disk_used_ratio{store="embedded"} 0.75',
    'casegate_directory_version 7',
    'casegate_registry_version 9',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
});

test('two gateways in one process keep their own counts', async () => {
  const [one, other] = [metrics(), metrics()];
  one.logFlushed({ entries: 8, durationMs: 1, outcome: 'durable' });
  expect(await linesOf(one, 'casegate_log_flushes_total')).toEqual(['casegate_log_flushes_total{outcome="durable"} 1']);
  expect(await linesOf(other, 'casegate_log_flushes_total')).toEqual([]);
});
