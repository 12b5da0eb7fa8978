import type { SettingsChoice } from '../cli/services';
import type { DirectoryStore } from '../governance/directory/directory-store';
import { createDirectory } from '../governance/directory/create-directory';
import type { LiveDirectory } from '../governance/directory/directory';
import { parseMoment } from '../governance/parse-moment';
import type { RegistryStore } from '../governance/registry/registry-store';
import { createDirectoryStore } from '../storage/directory-store';
import { openDataSource } from '../storage/open-data-source';
import { createPolicyStore } from '../storage/policy-store';
import { createRegistryStore } from '../storage/registry-store';
import type { Application, Environment } from '../vocabulary/access';
import type { AccountFile } from '../vocabulary/directory-rows';
import { storeSettings } from './open-stores';
import { type NamedPolicy, policyFilesOf } from './policy-files-of';
import { settingsOf } from './settings-of';

/** The directory and registry as a gateway on this store knows them, and the policy to ask; read-only. */
export interface People {
  readonly environment: Environment;
  readonly atMs: number;
  readonly directory: LiveDirectory;
  readonly registry: Pick<RegistryStore, 'records'>;
  /** Of the environment, whatever their standing. */
  readonly applications: readonly Application[];
  readonly policy: NamedPolicy;
  /** Every account of every environment, in the order of ids. */
  accounts(): AsyncGenerator<AccountFile>;
  accountsById(ids: readonly string[]): Promise<readonly AccountFile[]>;
  close(): Promise<void>;
}

const PAGE = 500;

/**
 * Opens what questions about people stand on.
 *
 * Takes   at: RFC 3339; undefined is now. policies: a folder or kept version; undefined is the policy in force, else the folder of the settings.
 * Fails   Error for people where the moment, the store or the policy cannot be read.
 */
export async function openPeople(
  { at, policies }: { readonly at: string | undefined; readonly policies: string | undefined },
  choice: SettingsChoice,
): Promise<People> {
  const settings = settingsOf(choice);
  const atMs = at === undefined ? Date.now() : parseMoment(at, null);
  if (atMs === undefined) throw new Error(`${at} is no moment; write it like 2026-11-22T15:00:00-06:00`);
  const governance = await openDataSource(storeSettings(settings), { readOnly: true });
  try {
    const named = policies ?? (await createPolicyStore(governance).inForce()).version ?? settings.policies.folder;
    const policy = await policyFilesOf(named, choice);
    const store: DirectoryStore = createDirectoryStore(governance);
    const directory = createDirectory(store, Date.now);
    await directory.start();
    const { isLoaded, lastFault } = directory.state();
    if (!isLoaded) throw new Error(`the directory cannot be read: ${lastFault ?? 'not loaded'}`);
    const applications = await store.applications(null);
    return {
      environment: settings.environment,
      atMs,
      directory,
      registry: createRegistryStore(governance),
      applications: applications.filter((one) => one.environment === settings.environment),
      policy,
      accounts: () => everyAccount(store),
      accountsById: (ids) => store.accounts(ids),
      close: () => governance.close(),
    };
  } catch (fault) {
    await governance.close();
    throw fault;
  }
}

async function* everyAccount(store: DirectoryStore): AsyncGenerator<AccountFile> {
  for (let after: string | null = null; ;) {
    const page: readonly AccountFile[] = await store.accountPage(after, PAGE);
    yield* page;
    after = page.at(-1)?.account.id ?? null;
    if (page.length < PAGE || after === null) return;
  }
}
