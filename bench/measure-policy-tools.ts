import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { treeRoot } from '../demo/tree-root';

/** One command over the shipped policies, run by itself as an administrator or CI runs it; one request is one run. */
export interface ToolRow {
  readonly scenario: 'policy-tools';
  readonly subject: 'policy check' | 'policy test' | 'policy matrix' | 'check, test and matrix';
  readonly systems: number;
  readonly wallMs: number;
  readonly cpuMicrosPerRequest: number;
}

const COMMANDS = ['check', 'test', 'matrix'] as const;
const RUNS = 3;

/** Medians of three runs of each, with the start of Node. Fails where a command does not answer yes. */
export async function measurePolicyTools(say: (line: string) => void): Promise<readonly ToolRow[]> {
  const folder = join(treeRoot(), 'policies');
  const rows: ToolRow[] = [];
  for (const command of COMMANDS) {
    const runs: Run[] = [];
    for (let i = 0; i < RUNS; i += 1) runs.push(await run(command, folder));
    const { wallMs, cpuMicros } = middle(runs);
    rows.push({
      scenario: 'policy-tools',
      subject: `policy ${command}`,
      systems: systemsIn(runs[0]?.out ?? '{}'),
      wallMs: Math.round(wallMs),
      cpuMicrosPerRequest: cpuMicros,
    });
    say(`policy ${command}: ${Math.round(wallMs)} ms`);
  }
  const sum = (part: (row: ToolRow) => number): number => rows.reduce((all, row) => all + part(row), 0);
  const together = { wallMs: sum((row) => row.wallMs), cpuMicrosPerRequest: sum((row) => row.cpuMicrosPerRequest) };
  return [...rows, { scenario: 'policy-tools', subject: 'check, test and matrix', systems: rows[0]?.systems ?? 0, ...together }];
}

interface Run {
  readonly out: string;
  readonly wallMs: number;
  readonly cpuMicros: number;
}

async function run(command: string, folder: string): Promise<Run> {
  const since = performance.now();
  const before = childrenMicros();
  const child = spawn(process.execPath, [join(treeRoot(), 'bin', 'casegate.js'), 'policy', command, folder, '--json'], {
    cwd: treeRoot(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`policy ${command} ended with ${code}: ${out.slice(0, 300)}`);
  return { out, wallMs: performance.now() - since, cpuMicros: childrenMicros() - before };
}

const middle = (runs: readonly Run[]): Run => [...runs].sort((a, b) => a.wallMs - b.wallMs)[Math.floor(runs.length / 2)] as Run;

function systemsIn(out: string): number {
  const { systems } = JSON.parse(out) as { systems?: readonly unknown[] };
  return systems?.length ?? 0;
}

/** CPU of all children of this process that have ended, user and system, microseconds. */
function childrenMicros(): number {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10_000;
}

export function toolTable(rows: readonly ToolRow[]): readonly (readonly string[])[] {
  const head = [`policy tools, ${rows[0]?.systems ?? 0} systems`, 'wall ms', 'CPU ms'];
  return [head, ...rows.map((row) => [row.subject, String(row.wallMs), String(Math.round(row.cpuMicrosPerRequest / 1_000))])];
}
