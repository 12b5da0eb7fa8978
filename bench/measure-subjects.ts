import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from '../demo/start-child';
import type { Child } from '../demo/start-child';
import { microsOfBucket } from './load-generator';
import type { Load, LoadResult } from './load-generator';
import { startLocalIssuer } from './local-issuer';
import { BENCH_LIST_LENGTH, makeBenchList } from './make-list';
import { BENCH_RECORD_ID, BENCH_SHOWN_FIELDS, makeBenchRecord } from './make-record';
import { cpuMicros, peakRssMiB } from './process-figures';
import type { SubjectInput, SubjectReady } from './subjects/listen';
import type { Subject } from './subjects/subjects';

export interface Row {
  readonly scenario: Scenario['name'];
  readonly subject: Subject['name'];
  readonly cpuMicrosPerRequest: number;
  readonly requestsPerSecond: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
  readonly peakRssMiB: number;
}

/** What is asked for, and what the case system answers. */
export interface Scenario {
  readonly name: 'record' | 'list';
  readonly path: string;
  readonly body: () => string;
}

export const RECORD_SCENARIO: Scenario = {
  name: 'record',
  path: `/workforce-one/records/${BENCH_RECORD_ID}`,
  body: () => JSON.stringify(makeBenchRecord()),
};

export const LIST_SCENARIO: Scenario = {
  name: 'list',
  path: `/workforce-one/records?_limit=${BENCH_LIST_LENGTH}`,
  body: () => JSON.stringify(makeBenchList()),
};

export interface Effort {
  readonly secondsPerRound: number;
  readonly rounds: number;
  /** Until so many were answered, so that slow subjects are as warm as quick ones; at most so many seconds. */
  readonly warmUp: { readonly requests: number; readonly seconds: number };
  readonly connections: number;
}

interface Running {
  readonly subject: Subject;
  readonly child: Child<SubjectReady>;
  readonly folder: string;
  readonly rounds: { cpu: number; perSecond: number }[];
  latencies: number[];
}

/**
 * Runs every subject in a process of its own against the same upstream with the same request, round by round in turn,
 * so that a noisy neighbour hits all of them alike. Medians over rounds; latencies over all rounds together.
 * Fails when a subject answers anything but 200, or something it should not have answered.
 */
export async function measureSubjects(
  subjects: readonly Subject[],
  effort: Effort,
  folder: string,
  say: (line: string) => void,
  scenario: Scenario = RECORD_SCENARIO,
): Promise<readonly Row[]> {
  const stops: (() => Promise<void>)[] = [];
  try {
    const body = scenario.body();
    const issuer = await startLocalIssuer();
    stops.push(() => issuer.stop());
    const upstream = await startChild<{ port: number }>(__dirname, 'fixed-upstream', { body });
    stops.push(() => upstream.stop());
    const generator = await startChild<true>(__dirname, 'load-generator', null);
    stops.push(() => generator.stop());

    const running: Running[] = [];
    for (const subject of subjects) {
      const input: SubjectInput = {
        upstreamPort: upstream.ready.port,
        folder: join(folder, `${scenario.name}-${subject.file}`),
        issuer: issuer.issuer,
        jwksUrl: issuer.jwksUrl,
        audience: issuer.audience,
        clientId: issuer.clientId,
        subject: issuer.subject,
        shownFields: BENCH_SHOWN_FIELDS,
        scenario: scenario.name,
      };
      mkdirSync(input.folder, { recursive: true });
      const child = await startChild<SubjectReady>(join(__dirname, 'subjects'), subject.file, input, { env: { NODE_ENV: 'production' } });
      stops.push(() => child.stop());
      running.push({ subject, child, folder: input.folder, rounds: [], latencies: [] });
    }

    const loadOf = (one: Running, seconds: number): Load => ({
      port: one.child.ready.port,
      request: `GET ${scenario.path} HTTP/1.1\r\nHost: 127.0.0.1:${one.child.ready.port}\r\nAuthorization: Bearer ${issuer.token}\r\nAccept: application/json\r\n\r\n`,
      connections: effort.connections,
      seconds,
    });
    for (const one of running) {
      const warm = await generator.ask<LoadResult>({ ...loadOf(one, effort.warmUp.seconds), mostRequests: effort.warmUp.requests });
      refuseFailures(one, warm);
      one.subject.check(warm.lastBody, body);
      say(`${one.subject.name}: warm, ${Math.round(warm.requests / warm.seconds)} requests/s`);
    }
    for (let round = 0; round < effort.rounds; round += 1) {
      for (const one of running) {
        const before = cpuMicros(one.child.pid);
        const result = await generator.ask<LoadResult>(loadOf(one, effort.secondsPerRound));
        const spent = cpuMicros(one.child.pid) - before;
        refuseFailures(one, result);
        one.rounds.push({ cpu: spent / result.requests, perSecond: result.requests / result.seconds });
        one.latencies = result.latencies.map((count, bucket) => count + (one.latencies[bucket] ?? 0));
      }
      say(`round ${round + 1} of ${effort.rounds}`);
    }
    return running.map((one) => rowOf(one, scenario));
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

function refuseFailures(one: Running, result: LoadResult): void {
  if (result.requests === 0) throw new Error(`${one.subject.name} answered nothing. ${one.child.written()}`);
  if (result.failures > 0)
    throw new Error(
      `${one.subject.name}: ${result.failures} of ${result.requests} answers were not 200; last: ${result.lastBody.slice(0, 300)} ${one.child.written()}`,
    );
}

function rowOf(one: Running, scenario: Scenario): Row {
  return {
    scenario: scenario.name,
    subject: one.subject.name,
    cpuMicrosPerRequest: Math.round(median(one.rounds.map((round) => round.cpu)) * 10) / 10,
    requestsPerSecond: Math.round(median(one.rounds.map((round) => round.perSecond))),
    p50Micros: percentile(one.latencies, 0.5),
    p99Micros: percentile(one.latencies, 0.99),
    peakRssMiB: peakRssMiB(one.child.pid),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function percentile(buckets: readonly number[], share: number): number {
  const wanted = buckets.reduce((sum, count) => sum + count, 0) * share;
  let seen = 0;
  for (const [bucket, count] of buckets.entries()) {
    seen += count;
    if (count > 0 && seen >= wanted) return Math.round(microsOfBucket(bucket));
  }
  return 0;
}
