import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { z } from 'zod';
import type { Position } from '../reading/problem';
import { readText } from '../reading/read-text';
import type { YamlFile } from '../reading/read-yaml';
import { readYaml } from '../reading/read-yaml';
import { checkSettings } from './check-settings';
import { PendingSecret, file as fileReader, folder as folderReader } from './readers';
import type { SecretPlace } from './readers';
import { Secret } from './secret';
import type { SettingLeaf, Settings } from './settings-table';
import { SETTINGS_TABLE, settingLeaves } from './settings-table';

/** Where settings come from. */
export interface SettingsSources {
  /** Variables; those that do not begin with CASEGATE_ are not looked at. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of casegate.yaml; undefined takes CASEGATE_CONFIG, then ./casegate.yaml where there is one. */
  readonly configFile?: string | undefined;
  /** The text of casegate.yaml itself, instead of a file; relative paths in it start at `folder`. */
  readonly configText?: string | undefined;
  /** Where relative paths start. */
  readonly folder: string;
  /** demo: demo keys and default secrets are taken. serve: they are refused (SUP-09). */
  readonly mode: 'serve' | 'demo';
}

/** Everything that is wrong with the settings, one line each. No secret stands in a line. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`Cannot start:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/**
 * Reads the settings: environment before casegate.yaml before fallback.
 *
 * Gives   them whole, frozen, paths absolute, secrets read.
 * Fails   SettingsError with every problem at once: unknown variables and keys, values that do not fit, missing ones,
 *         secrets that cannot be read, and settings that do not go together.
 */
export function loadSettings(sources: SettingsSources): Settings {
  const config = readConfig(sources);
  const problems: string[] = [...config.problems, ...unknownVariables(sources.env, config), ...unknownKeys(config)];
  const values = new Map<string, unknown>();
  const origins = new Map<string, string>();
  for (const leaf of settingLeaves()) {
    const key = leaf.path.join('.');
    const read = readLeaf(leaf, sources, config);
    problems.push(...read.problems);
    origins.set(key, read.origin);
    if (read.problems.length === 0) values.set(key, read.value);
  }
  const settings = intoTree(values);
  problems.push(...checkSettings(settings, sources.mode).map(({ key, says }) => `${labelOf(key, origins)}: ${says}`));
  if (problems.length > 0) throw new SettingsError(problems);
  return deepFreeze(settings) as Settings;
}

/** The settings of this process: the only place where `process.env` is read. */
export function loadProcessSettings(options: {
  readonly configFile?: string | undefined;
  readonly configText?: string | undefined;
  readonly mode: 'serve' | 'demo';
}): Settings {
  return loadSettings({ ...options, env: process.env, folder: process.cwd() });
}

interface Config {
  readonly name: string;
  readonly folder: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
  readonly locate: (path: readonly (string | number)[], what?: 'value' | 'key') => Position;
}

function readConfig(sources: SettingsSources): Config {
  const nowhere = { name: 'casegate.yaml', folder: sources.folder, value: {}, locate: () => ({ line: 1, column: 1 }) };
  if (sources.configText !== undefined) return parseConfig(sources.configText, 'casegate.yaml', sources.folder);
  const named = sources.configFile ?? sources.env['CASEGATE_CONFIG'];
  const path = resolve(sources.folder, named ?? 'casegate.yaml');
  if (!existsSync(path)) return { ...nowhere, problems: named === undefined ? [] : [`${named} is not there`] };
  try {
    const { text, problems } = readText(readFileSync(path), named ?? 'casegate.yaml');
    if (problems.length > 0)
      return { ...nowhere, problems: problems.map((fault) => `${fault.file}:${fault.line}:${fault.column} ${fault.message}`) };
    return parseConfig(text, named ?? 'casegate.yaml', dirname(path));
  } catch {
    return { ...nowhere, problems: [`${named ?? 'casegate.yaml'} cannot be read`] };
  }
}

function parseConfig(text: string, name: string, folder: string): Config {
  const yaml: YamlFile = readYaml(text, name);
  const problems = yaml.problems.map((fault) => `${name}:${fault.line}:${fault.column} ${fault.message}`);
  const isEmpty = yaml.value === null || yaml.value === undefined;
  if (!isEmpty && !isRecord(yaml.value)) problems.push(`${name}:1:1 expected settings by name`);
  return { name, folder, value: isRecord(yaml.value) ? yaml.value : {}, problems, locate: (path, what) => yaml.locate(path, what) };
}

/** CASEGATE_TEST_*: of the test suite. CASEGATE_SECRET_*: known as far as casegate.yaml names them. */
function unknownVariables(env: SettingsSources['env'], config: Config): readonly string[] {
  const leaves = settingLeaves();
  const known = new Set([
    'CASEGATE_CONFIG',
    ...leaves.map((leaf) => leaf.setting.env),
    ...leaves.filter((leaf) => leaf.setting.isSecret).map((leaf) => `${leaf.setting.env}_FILE`),
  ]);
  const structures = `${JSON.stringify(config.value)} ${env['CASEGATE_SYSTEMS'] ?? ''} ${env['CASEGATE_ISSUERS'] ?? ''}`;
  const isNamed = (name: string): boolean => name.startsWith('CASEGATE_SECRET_') && structures.includes(`"${name}"`);
  return Object.keys(env)
    .filter((name) => /^CASEGATE_/i.test(name) && !name.startsWith('CASEGATE_TEST_') && env[name] !== undefined)
    .filter((name) => !known.has(name) && !isNamed(name))
    .sort()
    .map((name) => `${name} is not a setting we know`);
}

function unknownKeys(
  config: Config,
  table: object = SETTINGS_TABLE,
  value: unknown = config.value,
  path: readonly string[] = [],
): readonly string[] {
  if (!isRecord(value)) {
    return path.length === 0 || value === undefined ? [] : [`${placeIn(config, path)}: expected settings by name, got ${shown(value)}`];
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    const entry = Object.hasOwn(table, key) ? (table as Record<string, object>)[key] : undefined;
    if (entry === undefined) return [`${placeIn(config, [...path, key], 'key')} is not a setting we know`];
    return 'env' in entry && 'read' in entry ? [] : unknownKeys(config, entry, inner, [...path, key]);
  });
}

interface LeafReading {
  readonly value: unknown;
  readonly origin: string;
  readonly problems: readonly string[];
}

function readLeaf(leaf: SettingLeaf, sources: SettingsSources, config: Config): LeafReading {
  const { setting, path } = leaf;
  const refuse = (origin: string, says: string): LeafReading => ({ value: undefined, origin, problems: [`${origin}${says}`] });
  const inFile = valueAt(config.value, path);
  if (setting.isSecret) {
    const place = secretPlace(leaf, sources.env);
    if (place === 'both') return refuse(setting.env, ` and ${setting.env}_FILE are both set: one of them`);
    if (place !== null) return resolveSecrets(new PendingSecret(place), sources, sources.folder, setting.env, setting.env);
  }
  const typed = setting.isSecret ? undefined : sources.env[setting.env];
  const isFromEnv = typed !== undefined;
  const raw = isFromEnv ? setting.read.fromText(typed) : inFile;
  const origin = isFromEnv ? setting.env : inFile === undefined ? setting.env : placeIn(config, path);
  if (raw === undefined) {
    if (!setting.isOptional) return refuse(origin, ` is not set: ${setting.about}`);
    return { value: withAbsolutePath(setting, setting.fallback, sources.folder), origin, problems: [] };
  }
  const parsed = setting.read.schema.safeParse(raw);
  const base = isFromEnv ? sources.folder : config.folder;
  if (parsed.success) return resolveSecrets(withAbsolutePath(setting, parsed.data, base), sources, base, origin, setting.env);
  const problems = parsed.error.issues.flatMap((issue) => issueLines(issue, raw, isFromEnv, leaf, config));
  return { value: undefined, origin, problems };
}

function secretPlace(leaf: SettingLeaf, env: SettingsSources['env']): SecretPlace | 'both' | null {
  const value = env[leaf.setting.env];
  const file = env[`${leaf.setting.env}_FILE`];
  if (value !== undefined && file !== undefined) return 'both';
  return value !== undefined ? { value } : file !== undefined ? { file } : null;
}

/** One line for each thing wrong, with the place in the file, and with the value unless it may be a secret. */
function issueLines(issue: z.core.$ZodIssue, raw: unknown, isFromEnv: boolean, leaf: SettingLeaf, config: Config): readonly string[] {
  const inner = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  const label = (steps: readonly (string | number)[], what: 'value' | 'key' = 'value'): string =>
    isFromEnv ? `${leaf.setting.env}${dotted(steps)}` : placeIn(config, [...leaf.path, ...steps], what);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${label([...inner, key], 'key')} is not a setting we know`);
  const value = valueAt(raw, inner);
  if (value === undefined) return [`${label(inner, 'key')} is not set: ${issue.message}`];
  const maybeSecret = leaf.setting.isSecret || inner.some((step) => /secret|key|value|credential/i.test(String(step)));
  return [`${label(inner)}: ${issue.message}${maybeSecret || typeof value === 'object' ? '' : `, got ${shown(value)}`}`];
}

/** Reads each secret that a value holds, and makes the paths in it absolute. */
function resolveSecrets(value: unknown, sources: SettingsSources, base: string, origin: string, env: string): LeafReading {
  const problems: string[] = [];
  const walk = (inner: unknown, steps: readonly (string | number)[]): unknown => {
    if (inner instanceof PendingSecret) return readSecret(inner.place, steps);
    if (Array.isArray(inner)) return inner.map((item, i) => walk(item, [...steps, i]));
    if (!isRecord(inner)) return inner;
    return Object.fromEntries(
      Object.entries(inner).map(([key, item]) => [
        key,
        /File$/.test(key) && typeof item === 'string' ? resolve(base, item) : walk(item, [...steps, key]),
      ]),
    );
  };
  const readSecret = (place: SecretPlace, steps: readonly (string | number)[]): Secret | undefined => {
    const label = `${origin}${dotted(steps)}`;
    if ('value' in place) return notEmpty(place.value, null, label);
    if ('env' in place) {
      const found = sources.env[place.env];
      return found === undefined ? refuse(`${label}: ${place.env} is not set`) : notEmpty(found, null, `${label}: ${place.env}`);
    }
    const path = isAbsolute(place.file) ? place.file : resolve(base, place.file);
    try {
      return notEmpty(readFileSync(path, 'utf8').replace(/\r?\n$/, ''), path, `${label}: ${place.file}`);
    } catch {
      return refuse(`${label}: the file ${place.file} cannot be read`);
    }
  };
  const notEmpty = (text: string, file: string | null, label: string): Secret | undefined =>
    text === '' ? refuse(`${label} is empty`) : new Secret(text, file);
  const refuse = (problem: string): undefined => void problems.push(problem);
  return { value: walk(value, []), origin: origin === '' ? env : origin, problems };
}

function withAbsolutePath(setting: { readonly read: unknown }, value: unknown, base: string): unknown {
  const isPath = setting.read === folderReader || setting.read === fileReader;
  return isPath && typeof value === 'string' ? resolve(base, value) : value;
}

function intoTree(values: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const tree: Record<string, unknown> = {};
  for (const [key, value] of values) {
    const steps = key.split('.');
    let at = tree;
    for (const step of steps.slice(0, -1)) at = (at[step] ??= {}) as Record<string, unknown>;
    at[steps.at(-1) ?? ''] = value;
  }
  return tree;
}

const labelOf = (key: string, origins: ReadonlyMap<string, string>): string => {
  const leaf = [...origins.keys()].find((name) => key === name || key.startsWith(`${name}.`) || key.startsWith(`${name}[`));
  return leaf === undefined ? key : `${origins.get(leaf) ?? leaf}${key.slice(leaf.length)}`;
};
const placeIn = (config: Config, path: readonly (string | number)[], what: 'value' | 'key' = 'value'): string => {
  const { line, column } = config.locate(path, what);
  return `${config.name}:${line}:${column} ${dotted(path).replace(/^\./, '')}`;
};
const dotted = (steps: readonly (string | number)[]): string =>
  steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)} …` : text;
};
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Secret);
const valueAt = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (at, step) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, step) ? (at as Record<string | number, unknown>)[step] : undefined,
    value,
  );

function deepFreeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
