import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '../vocabulary/clock';
import { AnswerSeries } from './answer-series';

/** What the rooms say of themselves when the metrics are read. Each is asked at every scrape, so it must be cheap. */
export interface MetricReadings {
  log(): { readonly healthy: boolean; readonly waiting: number; readonly lastDurableAtMs: number | null };
  /** `isAlarmed`: a newer version of the files was refused. */
  policies(): readonly { readonly system: string; readonly version: string | null; readonly isAlarmed: boolean }[];
  limiters(): readonly { readonly name: string; readonly store: 'local' | 'shared' | 'down' }[];
  upstreams(): readonly { readonly system: string; readonly breaker: 'closed' | 'open' | 'probing'; readonly calls: number }[];
  versions(): { readonly directory: number; readonly registry: number };
  /** How full the store's disk is, from 0 to 1; null where that is not known. */
  diskUsed(): number | null;
}

export interface Metrics {
  answered(answer: {
    readonly system: string;
    readonly route: string;
    readonly code: string;
    readonly view: string;
    readonly durationMs: number;
    readonly unclassifiedFields: number;
  }): void;
  refusedEarly(refusal: { readonly code: string; readonly reason: string }): void;
  fault(code: string): void;
  logFlushed(flush: { readonly entries: number; readonly durationMs: number; readonly outcome: 'durable' | 'behind' | 'failed' }): void;
  policySwapped(swap: { readonly system: string; readonly outcome: 'in-force' | 'refused' }): void;
  /** Text for Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}

/**
 * The counters of one gateway process.
 *
 * Labels are words of closed lists (system, route, code, view, reason); what is not such a word is counted as 'other'. No person,
 * record, address or organization is ever a label.
 */
export function createMetrics(options: {
  readonly readings: MetricReadings;
  readonly clock: Clock;
  readonly withProcess?: boolean;
}): Metrics {
  const { readings, clock } = options;
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  if (options.withProcess !== false) collectDefaultMetrics({ register: registry });

  const answers = new AnswerSeries(registry, word);
  const early = new Counter({
    name: 'casegate_early_refusals_total',
    help: 'Refused before a caller was known.',
    labelNames: ['code', 'reason'],
    registers,
  });
  const faults = new Counter({ name: 'casegate_faults_total', help: 'Faults by problem code.', labelNames: ['code'], registers });
  const drift = new Counter({
    name: 'casegate_unclassified_fields_total',
    help: 'Fields left out because record.yaml does not name them.',
    labelNames: ['system'],
    registers,
  });
  const latestDrift = new Map<string, number>();
  new Gauge({
    name: 'casegate_unclassified_fields',
    help: 'The same, in the latest answer.',
    labelNames: ['system'],
    registers,
    collect() {
      for (const [system, count] of latestDrift) this.set({ system: word(system) }, count);
    },
  });
  const flushes = new Counter({
    name: 'casegate_log_flushes_total',
    help: 'Flushes of the access log by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const flushSize = new Histogram({
    name: 'casegate_log_flush_entries',
    help: 'Entries in one flush.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
    registers,
  });
  const flushSeconds = new Histogram({
    name: 'casegate_log_flush_seconds',
    help: 'Duration of one flush.',
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2],
    registers,
  });
  const swaps = new Counter({
    name: 'casegate_policy_swaps_total',
    help: 'New policy files: in force or refused.',
    labelNames: ['system', 'outcome'],
    registers,
  });
  addReadings(registers, readings, clock);

  return {
    answered: ({ system, route, code, view, durationMs, unclassifiedFields }) => {
      answers.answered(system, route, code, view, durationMs / 1000);
      if (unclassifiedFields > 0) drift.inc({ system: word(system) }, unclassifiedFields);
      latestDrift.set(system, unclassifiedFields);
    },
    refusedEarly: ({ code, reason }) => early.inc({ code: word(code), reason: word(reason) }),
    fault: (code) => faults.inc({ code: word(code) }),
    logFlushed: ({ entries, durationMs, outcome }) => {
      flushes.inc({ outcome });
      flushSize.observe(entries);
      flushSeconds.observe(durationMs / 1000);
    },
    policySwapped: ({ system, outcome }) => swaps.inc({ system: word(system), outcome }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** A label that is no word of ours would be somebody's data, or one series more for each value of it. */
const word = (label: string): string =>
  /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/.test(label) && label.length <= 64 && !/\d{4}/.test(label) ? label : 'other';

function addReadings(registers: Registry[], readings: MetricReadings, clock: Clock): void {
  const gauge = (
    name: string,
    help: string,
    labelNames: readonly string[],
    read: (set: (labels: Record<string, string>, value: number) => void) => void,
  ): void => {
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers,
      collect() {
        this.reset();
        read((labels, value) => this.set(labels, value));
      },
    });
  };
  gauge('casegate_log_healthy', 'Whether the access log takes entries.', [], (set) => set({}, readings.log().healthy ? 1 : 0));
  gauge('casegate_log_waiting', 'Entries that wait to be durable.', [], (set) => set({}, readings.log().waiting));
  gauge('casegate_log_last_durable_age_seconds', 'Since the last durable entry; missing before the first.', [], (set) => {
    const at = readings.log().lastDurableAtMs;
    if (at !== null) set({}, Math.max(0, (clock() - at) / 1000));
  });
  gauge('casegate_policy_alarm', '1 where a newer policy version was refused, or none is in force.', ['system'], (set) => {
    for (const policy of readings.policies()) set({ system: word(policy.system) }, policy.isAlarmed || policy.version === null ? 1 : 0);
  });
  gauge('casegate_policy_info', 'The version in force, first 12 characters.', ['system', 'version'], (set) => {
    for (const policy of readings.policies())
      if (policy.version !== null) set({ system: word(policy.system), version: policy.version.slice(0, 12) }, 1);
  });
  gauge(
    'casegate_rate_limit_store_down',
    '1 where the shared counts are gone and each process limits by itself at half the rate.',
    ['limiter'],
    (set) => {
      for (const limiter of readings.limiters()) set({ limiter: word(limiter.name) }, limiter.store === 'down' ? 1 : 0);
    },
  );
  gauge('casegate_upstream_open', '1 where a case system is not called because it could not be reached.', ['system'], (set) => {
    for (const upstream of readings.upstreams()) set({ system: word(upstream.system) }, upstream.breaker === 'closed' ? 0 : 1);
  });
  gauge('casegate_upstream_calls', 'Calls under way.', ['system'], (set) => {
    for (const upstream of readings.upstreams()) set({ system: word(upstream.system) }, upstream.calls);
  });
  gauge('casegate_store_disk_used_ratio', "How full the store's disk is, from 0 to 1; missing where unknown.", ['store'], (set) => {
    const used = readings.diskUsed();
    if (used !== null) set({ store: 'embedded' }, used);
  });
  gauge('casegate_directory_version', 'Version of the directory in memory.', [], (set) => set({}, readings.versions().directory));
  gauge('casegate_registry_version', 'Version of the record registry in memory.', [], (set) => set({}, readings.versions().registry));
}
