import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { openAccessLog } from '../audit/access-log';
import { ownEntry } from '../audit/own-entry';
import { uuidV7Maker } from '../audit/uuid-v7';
import type { PolicyPublication, PolicyVersionList, PolicyVersionServices, ShadowReport } from '../cli/services/policy-versions';
import { checkPolicyFolder } from '../decide/check-policy-folder';
import { createPolicyDesk } from '../decide/policy-desk';
import type { Publication, Published } from '../decide/publication';
import { readPolicyFolder } from '../decide/read-policy-folder';
import type { Settings } from '../settings/settings-table';
import { createPolicyStore } from '../storage/policy-store';
import { storeHolder } from '../storage/store-lock';
import type { AccessEntry } from '../vocabulary/access-entry';
import { toMoment } from '../vocabulary/moment';
import { askAdminPlane, type AdminAnswer } from './ask-admin-plane';
import { openStores } from './open-stores';
import { readGovernance } from './read-governance';
import { settingsOf } from './settings-of';

/** Fulfils what the commands ask about policy versions. */
export const policyVersionServices: PolicyVersionServices = {
  publishPolicy: async (source, options, choice) => {
    const settings = settingsOf(choice);
    const { store } = settings;
    // The embedded store has one process: the running gateway, or this one.
    const isOurs = store.kind === 'sqlite' && storeHolder(store.folder) === undefined;
    return isOurs ? publishHere(settings, source, options) : publishThere(settings, source, options);
  },
  approvePolicy: async (version, choice) =>
    publicationOf(await askAdminPlane(settingsOf(choice), 'POST', '/api/v1/policy/approvals', { version })),
  startShadow: async (source, choice) => {
    const sent = await sendable(source);
    if ('findings' in sent) return { version: null, findings: sent.findings };
    const { version, findings } = publicationOf(await askAdminPlane(settingsOf(choice), 'POST', '/api/v1/policy/shadow/start', sent));
    return { version, findings };
  },
  stopShadow: async (choice) => {
    const { version } = publicationOf(await askAdminPlane(settingsOf(choice), 'POST', '/api/v1/policy/shadow/stop', {}));
    return { version };
  },
  reportShadow: async (choice) => {
    const { status, json } = await askAdminPlane(settingsOf(choice), 'GET', '/api/v1/policy/shadow');
    if (status !== 200) throw refusal(status, json as Said);
    return json as ShadowReport;
  },
  listPolicyVersions: (limit, choice) => listVersions(settingsOf(choice), limit),
};

type Options = Parameters<PolicyVersionServices['publishPolicy']>[1];

const isVersion = (source: string): boolean => /^[0-9a-f]{12,64}$/.test(source);

async function publishThere(settings: Settings, source: string | undefined, { from, ends, reason }: Options): Promise<PolicyPublication> {
  const sent = await sendable(source ?? settings.policies.folder);
  if ('findings' in sent) return refusedBy(sent.findings);
  const body = {
    ...sent,
    ...(from === null ? {} : { from }),
    ...(ends.length === 0 ? {} : { ends }),
    ...(reason === '' ? {} : { reason }),
  };
  return publicationOf(await askAdminPlane(settings, 'POST', '/api/v1/policy/publications', body));
}

type Sendable =
  | { readonly version: string }
  | { readonly files: readonly { readonly system: string; readonly file: string; readonly content: string }[] }
  | { readonly findings: PolicyPublication['findings'] };

/**
 * A version or the files of a folder, as the admin plane takes them. What `policy check` finds here is not sent: the model, folders with
 * strange names and bytes that are no text would not arrive as they are.
 */
async function sendable(source: string): Promise<Sendable> {
  if (isVersion(source)) return { version: source };
  const { findings, systems } = await checkPolicyFolder(resolve(source));
  if (findings.length > 0) return { findings };
  const files = systems.flatMap(({ name, files: own }) =>
    Object.entries(own).flatMap(([file, bytes]) => (bytes === null ? [] : [{ system: name, file, content: bytes.toString('utf8') }])),
  );
  return { files };
}

/** The entry comes first, as on the admin plane: a change that nobody could write down is not made. */
async function publishHere(settings: Settings, source: string | undefined, { from, ends, reason }: Options): Promise<PolicyPublication> {
  const stores = await openStores(settings);
  const clock = Date.now;
  const newAccessId = uuidV7Maker(clock);
  const log = await openAccessLog({
    store: stores.log,
    freshness: null,
    clock,
    newAccessId,
    newChain: randomUUID,
    deadlineMs: settings.log.deadlineMs,
    mostWaiting: settings.log.mostWaiting,
  });
  const tell = async (details: Readonly<Record<string, unknown>>, version: string | null): Promise<void> => {
    const outcome = { status: 200, code: 'ok', reasons: [] };
    const entry: AccessEntry = { ...ownEntry('system', newAccessId(), clock(), details), outcome, policyVersion: version };
    await log.append(entry, { reply: null, isStale: () => false });
  };
  try {
    const store = createPolicyStore(stores.governance);
    const host = hostname();
    await tell({ event: 'policy-publish', phase: 'intent', host }, (await store.inForce()).version);
    const quiet = { info: () => undefined, error: () => undefined };
    const desk = await createPolicyDesk({
      folder: settings.policies.folder,
      store,
      approvalsNeeded: settings.policies.approval === 'two-people' ? 2 : 0,
      host,
      log: quiet,
      clock,
      isWatching: false,
    });
    try {
      const wanted = await sourceOf(source, store);
      const act = { origin: 'publish', account: null, person: null, host, reason, atMs: clock() } as const;
      const published: Published = wanted === null ? { kind: 'unknown' } : await desk.publish({ source: wanted, from, ends, act });
      await tell({ event: 'policy-publish', phase: 'done', outcome: published.kind, number: desk.number, host }, desk.version || null);
      return said(published);
    } finally {
      await desk.close();
    }
  } finally {
    await log.drain();
    await stores.close();
  }
}

async function sourceOf(source: string | undefined, store: ReturnType<typeof createPolicyStore>): Promise<Publication['source'] | null> {
  if (source === undefined) return { kind: 'folder' };
  if (!isVersion(source)) return { kind: 'files', folder: await readPolicyFolder(resolve(source)) };
  const [version, other] = await store.versionsLike(source);
  return version === undefined || other !== undefined ? null : { kind: 'version', version };
}

const NOTHING = { version: null, number: null, changed: [], lacking: 0, findings: [] };
const refusedBy = (findings: PolicyPublication['findings']): PolicyPublication => ({ ...NOTHING, outcome: 'refused', findings });

function said(published: Published): PolicyPublication {
  switch (published.kind) {
    case 'in-force':
    case 'unchanged':
    case 'waiting': {
      const { kind, ...rest } = published;
      return { ...NOTHING, ...rest, outcome: kind };
    }
    case 'refused':
      return refusedBy(published.findings);
    case 'moved':
      return { ...NOTHING, outcome: 'moved', number: published.number };
    case 'vouched':
    case 'unknown':
      throw new Error(UNKNOWN);
  }
}

const UNKNOWN = 'No policy version of that name is kept here, or none waits for approval. See: casegate policy versions';

interface Said {
  readonly outcome?: PolicyPublication['outcome'];
  readonly version?: string;
  readonly number?: number;
  readonly changed?: readonly string[];
  readonly lacking?: number;
  readonly code?: string;
  readonly detail?: string;
  readonly problem?: string;
  readonly problems?: PolicyPublication['findings'];
}

/** The admin plane's answer as the command says it. Fails with an Error for people where the request itself was refused. */
function publicationOf({ status, json }: AdminAnswer): PolicyPublication {
  const { outcome, version = null, number = null, changed = [], lacking = 0, code, problem, problems } = json as Said;
  const rest = { version, number, changed, lacking, findings: [] };
  if (status < 300) return { ...rest, outcome: outcome ?? 'in-force' };
  const isOfFiles = Array.isArray(problems) && problems.every((one) => typeof one.rule === 'string');
  if (code === 'input-invalid' && isOfFiles) return { ...rest, outcome: 'refused', findings: problems };
  if (code === 'conflict' && problem === undefined) return { ...rest, outcome: 'moved' };
  if (code === 'version-unknown') throw new Error(UNKNOWN);
  throw refusal(status, json as Said);
}

const refusal = (status: number, { code, detail, problem }: Said): Error =>
  new Error(`the gateway refused: ${problem ?? detail ?? 'no reason given'} (${code ?? status})`);

function listVersions(settings: Settings, limit: number): Promise<PolicyVersionList> {
  return readGovernance(settings, async (governance) => {
    const store = createPolicyStore(governance);
    const [changes, waiting] = [await store.history(null, limit), await store.waiting()];
    return {
      changes: changes.map(({ number, version, changed, approvedBy, act: { atMs, account, origin, host, reason } }) => {
        return { number, version, at: toMoment(atMs), account, origin, host, reason, changed, approvedBy };
      }),
      waiting: waiting.map(({ version, from, changed, approvals, act: { atMs, account, origin } }) => {
        return { version, from, at: toMoment(atMs), account, origin, changed, approvals: approvals.map((one) => one.account) };
      }),
    };
  });
}
