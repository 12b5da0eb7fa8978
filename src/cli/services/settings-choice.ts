/** Which settings a command runs under. */
export interface SettingsChoice {
  /** Path of casegate.yaml, from --config. */
  readonly configFile: string | undefined;
}
