import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { watchDisk, type DiskWatch } from '../../src/monitoring/watch-disk';
import { startTestGateway, STORES, type GatewayOptions } from '../support/gateway';

describe('AUD-03 the watch', () => {
  let watch: DiskWatch;
  afterEach(() => watch.stop());

  test('says once that the disk fills, that it has room again, and that it cannot be read', async () => {
    const lines: unknown[] = [];
    const log = {
      warn: (event: string, fields?: object) => void lines.push(['warn', event, fields]),
      info: (event: string, fields?: object) => void lines.push(['info', event, fields]),
    };
    const fault = Object.assign(new Error('no such folder'), { code: 'ENOENT' });
    const readings = [0.7999, 0.8, 0.95, fault, fault, 0.81, 0.79, 0.8];
    const states: unknown[] = [];
    await new Promise<void>((done) => {
      watch = watchDisk({
        everyMs: 1,
        log,
        read: async () => {
          states.push(watch?.state());
          const next = readings.shift();
          if (next === undefined) done();
          if (next instanceof Error) throw next;
          return next ?? 0.8;
        },
      });
    });
    expect(lines).toEqual([
      ['warn', 'store-disk-filling', { usedPercent: 80 }],
      ['warn', 'store-disk-unreadable', { cause: fault }],
      ['info', 'store-disk-has-room', { usedPercent: 79 }],
      ['warn', 'store-disk-filling', { usedPercent: 80 }],
    ]);
    expect(states.slice(1)).toEqual([
      { used: 0.7999, isFilling: false },
      { used: 0.8, isFilling: true },
      { used: 0.95, isFilling: true },
      { used: null, isFilling: true },
      { used: null, isFilling: true },
      { used: 0.81, isFilling: true },
      { used: 0.79, isFilling: false },
      { used: 0.8, isFilling: true },
    ]);
  });
});

/** What a gateway says of its disk: whether it is ready, its readiness, the metric, and the lines. */
async function toldBy(options: GatewayOptions) {
  const gateway = await startTestGateway(options);
  try {
    const readiness = (await gateway.admin('GET', '/api/v1/readiness', 'auditor')).json as { ready: boolean; disk: unknown };
    const metrics = (await gateway.admin('GET', '/metrics', 'auditor')).text;
    const lines = gateway.lines().filter((line) => line.includes('store-disk'));
    const ratio = /^casegate_store_disk_used_ratio\{store="embedded"\} (\S+)$/m.exec(metrics)?.[1];
    return { ready: readiness.ready, disk: readiness.disk, ratio, lines: lines.map((line) => JSON.parse(line) as unknown) };
  } finally {
    await gateway.stop();
  }
}

describe.each(STORES)('AUD-03 a gateway on %s', (store) => {
  const isOurs = store === 'sqlite';

  test('warns at 80 % in its readiness, its metrics and its lines, and serves', async () => {
    const line = { at: expect.any(String) as unknown, level: 'warn', event: 'store-disk-filling', usedPercent: 80 };
    expect(await toldBy({ store, readDiskUse: () => Promise.resolve(0.8) })).toEqual({
      ready: true,
      disk: isOurs ? { used: 0.8, isFilling: true } : null,
      ratio: isOurs ? '0.8' : undefined,
      lines: isOurs ? [line] : [],
    });
  });

  test('reads the real disk', async () => {
    const { disk, ratio } = await toldBy({ store });
    const { blocks, bfree, bavail } = statfsSync(tmpdir());
    const used = (blocks - bfree) / (blocks - bfree + bavail);
    // Others write to it meanwhile.
    const seen = expect.closeTo(used, 1) as unknown;
    expect([disk, ratio === undefined ? null : Number(ratio)]).toEqual(
      isOurs ? [{ used: seen, isFilling: expect.any(Boolean) as unknown }, seen] : [null, null],
    );
  });
});
