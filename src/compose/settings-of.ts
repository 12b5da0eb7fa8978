import type { SettingsChoice } from '../cli/services';
import { loadProcessSettings } from '../settings/load-settings';
import type { Settings } from '../settings/settings-table';

/** The settings that a command is to work by. Fails SettingsError with all that is wrong with them. */
export const settingsOf = ({ configFile }: SettingsChoice): Settings => loadProcessSettings({ configFile, mode: 'serve' });
