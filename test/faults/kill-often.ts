import { getBytes, startLoad } from '../support/load';
import { servedGateways, type Surroundings } from '../support/served-gateway';

const CALLERS = 24;

interface Tally {
  answered: number;
  /** Entries whose answer never came. */
  unanswered: number;
  kills: number;
}

/** Starts the gateway as it was left, loads it, kills it at a moment nobody chose, and compares what was answered with what stands in the log. */
async function killUnderLoad(around: Surroundings, requests: readonly string[], known: Set<string>, tally: Tally): Promise<void> {
  const gateway = await around.start();
  let turn = 0;
  // Without a token: fewer than GW-03 begins to tally, so that each has an entry of its own.
  let strangers = 15;
  const load = startLoad(gateway.dataPort, CALLERS, () => {
    turn += 1;
    if (turn % 7 === 0 && (strangers -= 1) >= 0) return getBytes('/workforce-one/records/P1', null);
    return requests[turn % requests.length] as string;
  });
  await load.answered(1 + Math.floor(Math.random() * 20));
  await new Promise((moment) => setTimeout(moment, Math.random() * 120));
  await gateway.end('SIGKILL');
  await load.over();
  const entries = (await around.entries()).filter((entry) => !known.has(entry.accessId));
  const own = new Set(entries.filter(({ kind }) => kind === 'access' || kind === 'refusal').map(({ accessId }) => accessId));
  const answered = load.answers.map(({ accessId }) => accessId);
  expect(answered.filter((accessId) => !own.has(accessId))).toEqual([]);
  expect(load.answers.filter(({ status }) => ![200, 401, 404].includes(status))).toEqual([]);
  expect(new Set(answered).size).toBe(answered.length);
  expect(own.size - answered.length).toBeLessThanOrEqual(load.unanswered());
  for (const { accessId } of entries) known.add(accessId);
  tally.kills += 1;
  tally.answered += answered.length;
  tally.unanswered += own.size - answered.length;
  const reports = await around.verify();
  expect(reports.map(({ fault }) => fault)).toEqual(Array(tally.kills).fill(null));
}

/** So many kills on one store: every answered request is in the log, every chain is whole, and it serves again without a hand. */
export async function killOften(databaseUrl: string | undefined, kills: number): Promise<Tally> {
  const around = await servedGateways(databaseUrl === undefined ? {} : { databaseUrl });
  try {
    const path = (record: string) => `/workforce-one/records/${record}`;
    const requests = await Promise.all(
      [['counselor', 'P1'] as const, ['other-counselor', 'P1'] as const, ['monitor', 'P0'] as const, ['counselor', 'P999'] as const].map(
        async ([person, record]) => getBytes(path(record), await around.token(person)),
      ),
    );
    const tally: Tally = { answered: 0, unanswered: 0, kills: 0 };
    const known = new Set<string>();
    for (let kill = 0; kill < kills; kill += 1) await killUnderLoad(around, requests, known, tally);
    // Nothing was mended by hand, and it serves.
    const gateway = await around.start();
    const reply = await gateway.get(path('P1'), 'counselor');
    expect([reply.status, reply.headers['casegate-view']]).toEqual([200, 'full']);
    expect(await gateway.end('SIGTERM')).toEqual({ code: 0, signal: null });
    if (process.env['CASEGATE_TEST_FIGURES'] !== undefined) process.stdout.write(`${JSON.stringify(tally)}\n`);
    return tally;
  } finally {
    await around.close();
  }
}
