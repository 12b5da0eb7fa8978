import { importDirectory, startGateway } from '../../src/compose';
import { runDemo } from '../../demo/run-demo';
import { runAsChild } from '../../demo/start-child';
import { readEntries } from '../../src/audit/read-entries';
import { openLogReader } from '../../src/storage/log-reader';

/**
 * The demo as `casegate demo` runs it, in a process of its own: free ports, a folder that the parent names. Its terminal goes to stderr,
 * where the parent reads it. Asked anything, it stops and answers when it has.
 */
runAsChild<{ readonly folder: string }, null>(async ({ folder }) => {
  const terminal = process.stderr.write.bind(process.stderr);
  process.stdout.write = terminal as typeof process.stdout.write;
  let stop = (): void => undefined;
  const stopped = new Promise<void>((go) => (stop = go));
  let isUp = (): void => undefined;
  const up = new Promise<void>((go) => (isUp = go));
  const ended = runDemo({
    once: false,
    folder,
    ports: { data: 0, admin: 0, identityProvider: 0, workforceOne: 0, trackOne: 0 },
    print: (line) => {
      terminal(`${line}\n`);
      if (line === 'Ctrl-C stops it.') isUp();
    },
    untilStopped: () => stopped,
    startGateway,
    importDirectory: async (settings, files) => {
      const report = await importDirectory(settings, files);
      if (report.outcome !== 'applied') throw new Error(`the directory was refused: ${report.problems[0]?.reason}`);
    },
    findEntry: async (settings, accessId) => {
      if (settings.store.kind !== 'sqlite') throw new Error('the demo stands on SQLite');
      const reader = openLogReader({ kind: 'sqlite', folder: settings.store.folder });
      try {
        return (await readEntries(reader, { accessId }, { limit: 1 })).entries[0]?.entry;
      } finally {
        await reader.close();
      }
    },
  });
  await Promise.race([up, ended]);
  return {
    ready: null,
    answer: async () => {
      stop();
      await ended;
      return 'stopped';
    },
  };
});
