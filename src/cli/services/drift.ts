import type { DriftField } from '../../vocabulary/drift';
import type { SettingsChoice } from './settings-choice';

/** What the gateways of one store have left out because nobody classified it. */
export interface DriftServices {
  /** Fails where the store cannot be opened for reading. */
  listDrift(
    question: { readonly system: string | undefined },
    choice: SettingsChoice,
  ): Promise<{
    readonly fields: readonly DriftField[];
    /** Systems that the policy in force does not have: with what was left out there, nothing can be compared. */
    readonly notCompared: readonly string[];
  }>;
}
