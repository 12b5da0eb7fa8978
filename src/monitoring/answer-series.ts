import type { Metric, Registry } from 'prom-client';

const BUCKETS_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5] as const;

/** One answer kind: a system, route, code and view. Plain numbers, because every request counts here. */
export interface AnswerCell {
  readonly labels: { readonly system: string; readonly route: string; readonly code: string; readonly view: string };
  count: number;
  seconds: number;
  /** By bucket, the last one for what is slower than all. */
  readonly slots: number[];
}

/**
 * Counts and durations of answers. prom-client hashes the labels anew at every observation, which costs more than the observation;
 * here a cell is found by its words and prom-client only prints.
 */
export class AnswerSeries {
  readonly #cells = new Map<string, Map<string, Map<string, Map<string, AnswerCell>>>>();
  readonly #all: AnswerCell[] = [];
  readonly #word: (label: string) => string;

  constructor(registry: Registry, word: (label: string) => string) {
    this.#word = word;
    register(registry, 'casegate_requests_total', 'Answers by route, code and view.', 'counter', () =>
      this.#all.map(({ labels, count }) => ({ labels, value: count })),
    );
    register(registry, 'casegate_request_duration_seconds', 'From the request to its answer.', 'histogram', () =>
      this.#byRoute().flatMap(durations),
    );
  }

  answered(system: string, route: string, code: string, view: string, seconds: number): void {
    const cell = this.#cells.get(system)?.get(route)?.get(code)?.get(view) ?? this.#newCell(system, route, code, view);
    cell.count += 1;
    cell.seconds += seconds;
    let slot = 0;
    while (slot < BUCKETS_SECONDS.length && seconds > (BUCKETS_SECONDS[slot] as number)) slot += 1;
    cell.slots[slot] = (cell.slots[slot] as number) + 1;
  }

  #newCell(system: string, route: string, code: string, view: string): AnswerCell {
    const labels = { system: this.#word(system), route: this.#word(route), code: this.#word(code), view: this.#word(view) };
    const isSame = (one: AnswerCell) => Object.entries(labels).every(([name, label]) => one.labels[name as keyof typeof labels] === label);
    let cell = this.#all.find(isSame);
    if (cell === undefined) this.#all.push((cell = { labels, count: 0, seconds: 0, slots: BUCKETS_SECONDS.map(() => 0).concat(0) }));
    // Words that are none of ours end in one cell; only ours are remembered, so memory stays bounded.
    if (isSame({ ...cell, labels: { system, route, code, view } })) {
      inner(inner(inner(this.#cells, system), route), code).set(view, cell);
    }
    return cell;
  }

  #byRoute(): readonly AnswerCell[] {
    const sums: AnswerCell[] = [];
    for (const cell of this.#all) {
      const { system, route } = cell.labels;
      let sum = sums.find((one) => one.labels.system === system && one.labels.route === route);
      if (sum === undefined) sums.push((sum = { labels: cell.labels, count: 0, seconds: 0, slots: cell.slots.map(() => 0) }));
      sum.count += cell.count;
      sum.seconds += cell.seconds;
      for (const [slot, n] of cell.slots.entries()) sum.slots[slot] = (sum.slots[slot] as number) + n;
    }
    return sums;
  }
}

const inner = <V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> => {
  let found = map.get(key);
  if (found === undefined) map.set(key, (found = new Map()));
  return found;
};

interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName?: string;
}

function durations({ labels: { system, route }, count, seconds, slots }: AnswerCell): Sample[] {
  const name = 'casegate_request_duration_seconds';
  let upTo = 0;
  const buckets = [...BUCKETS_SECONDS, '+Inf'].map((le, slot) => {
    upTo += slots[slot] as number;
    return { metricName: `${name}_bucket`, labels: { le, system, route }, value: upTo };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: { system, route }, value: seconds },
    { metricName: `${name}_count`, labels: { system, route }, value: count },
  ];
}

/** A metric whose samples are made when it is printed. */
function register(registry: Registry, name: string, help: string, type: 'counter' | 'histogram', values: () => readonly Sample[]): void {
  const metric = {
    name,
    help,
    type,
    aggregator: 'sum',
    get: () => Promise.resolve({ name, help, type, aggregator: 'sum', values: values() }),
  };
  registry.registerMetric(metric as unknown as Metric);
}
