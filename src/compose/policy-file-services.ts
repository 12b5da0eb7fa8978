import { resolve } from 'node:path';
import type { SettingsChoice } from '../cli/services';
import type { PolicyCheck, PolicyFileServices, PolicyTest } from '../cli/services/policy-files';
import { checkPolicyFolder, type CheckedFolder } from '../decide/check-policy-folder';
import { SettingsError } from '../settings/load-settings';
import { settingsOf } from './settings-of';

/** Fulfils what the commands ask of policy files in a folder. */
export const policyFileServices: PolicyFileServices = {
  checkPolicies: async (folder, choice) => {
    const place = policyFolder(folder, choice);
    return checkOf(place, await checkPolicyFolder(place));
  },
  testPolicies: async (folder, choice) => {
    const place = policyFolder(folder, choice);
    return testOf(place, await checkPolicyFolder(place));
  },
};

/** What `policy test` tells of a checked folder. */
export const testOf = (folder: string, checked: CheckedFolder): PolicyTest => ({
  ...checkOf(folder, checked),
  cases: checked.systems.flatMap(({ name, results }) =>
    results.map(({ case: one, isPassed }) => ({ system: name, line: one.line, name: one.name, isPassed })),
  ),
});

/** The folder that was named, that of the settings, or ./policies where there are no settings. */
export function policyFolder(folder: string | undefined, choice: SettingsChoice): string {
  if (folder !== undefined) return resolve(folder);
  try {
    return settingsOf(choice).policies.folder;
  } catch (fault) {
    // Policies can be checked where no gateway is set up; settings that were named must be good.
    if (fault instanceof SettingsError && choice.configFile === undefined) return resolve('policies');
    throw fault;
  }
}

/** What `policy check` tells of a checked folder. */
export const checkOf = (folder: string, { findings, warnings, version, systems }: CheckedFolder): PolicyCheck => ({
  folder,
  version,
  systems: systems.map((one) => one.name),
  findings,
  warnings,
});
