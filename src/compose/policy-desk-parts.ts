import { hostname } from 'node:os';
import type { PolicyDeskParts, SentFile } from '../admin-api/policy-desk-parts';
import { folderOfFiles } from '../decide/kept-files';
import type { PolicyDesk } from '../decide/policy-desk';
import type { PolicyFiles, PolicyStore } from '../decide/policy-store';
import type { ShadowDesk } from '../decide/shadow/shadow-desk';
import type { Clock } from '../vocabulary/clock';

/** Joins the admin plane to the policy desk. */
export function policyDeskParts(desk: PolicyDesk, shadow: ShadowDesk, store: PolicyStore, clock: Clock): PolicyDeskParts {
  /** The one version that begins so; undefined where there is none, or more than one. */
  const wholeName = async (start: string): Promise<string | undefined> => {
    const [first, second] = await store.versionsLike(start);
    return second === undefined ? first : undefined;
  };
  return {
    async publish(source, { from, ends, reason }, { account }) {
      const act = { origin: 'publish', account: account.id, person: account.person, host: hostname(), reason, atMs: clock() } as const;
      if (source === 'folder') return desk.publish({ source: { kind: 'folder' }, from, ends, act });
      if ('files' in source)
        return desk.publish({ source: { kind: 'files', folder: folderOfFiles(filesBySystem(source.files)) }, from, ends, act });
      const version = await wholeName(source.version);
      return version === undefined ? { kind: 'unknown' } : desk.publish({ source: { kind: 'version', version }, from, ends, act });
    },
    async approve(start, { account }) {
      const version = await wholeName(start);
      if (version === undefined) return { kind: 'unknown' };
      return desk.approve(version, { account: account.id, person: account.person, atMs: clock() });
    },
    async startShadow(source, { account }) {
      if ('files' in source) return shadow.start(filesBySystem(source.files), account.id);
      const version = await wholeName(source.version);
      return version === undefined ? { kind: 'unknown' } : shadow.start(version, account.id);
    },
    stopShadow: ({ account }) => shadow.stop(account.id),
    shadowReport: () => shadow.report(),
    changes: async (before, limit) => (await store.history(before, limit)).map(({ act, ...change }) => ({ ...change, ...act })),
    waiting: async () =>
      (await store.waiting()).map(({ act, approvals, ...proposal }) => ({
        ...proposal,
        ...act,
        approvals: approvals.map(({ account, atMs }) => ({ account, atMs })),
      })),
  };
}

function filesBySystem(files: readonly SentFile[]): PolicyFiles {
  const bySystem = new Map<string, Record<string, Buffer>>();
  for (const { system, file, content } of files) {
    const own = bySystem.get(system) ?? {};
    own[file] = Buffer.from(content, 'utf8');
    bySystem.set(system, own);
  }
  return bySystem;
}
