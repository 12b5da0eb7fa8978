"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.SettingsError = void 0;
exports.loadSettings = loadSettings;
exports.loadProcessSettings = loadProcessSettings;
const node_fs_1 = require("node:fs");
const node_path_1 = require("node:path");
const read_text_1 = require("../reading/read-text");
const read_yaml_1 = require("../reading/read-yaml");
const check_settings_1 = require("./check-settings");
const readers_1 = require("./readers");
const secret_1 = require("./secret");
const settings_table_1 = require("./settings-table");
/** Everything that is wrong with the settings, one line each. No secret stands in a line. */
class SettingsError extends Error {
    problems;
    constructor(problems) {
        super(`Cannot start:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
        this.problems = problems;
        this.name = 'SettingsError';
    }
}
exports.SettingsError = SettingsError;
/**
 * Reads the settings: environment before casegate.yaml before fallback.
 *
 * Gives   them whole, frozen, paths absolute, secrets read.
 * Fails   SettingsError with every problem at once: unknown variables and keys, values that do not fit, missing ones,
 *         secrets that cannot be read, and settings that do not go together.
 */
function loadSettings(sources) {
    const config = readConfig(sources);
    const problems = [...config.problems, ...unknownVariables(sources.env, config), ...unknownKeys(config)];
    const values = new Map();
    const origins = new Map();
    for (const leaf of (0, settings_table_1.settingLeaves)()) {
        const key = leaf.path.join('.');
        const read = readLeaf(leaf, sources, config);
        problems.push(...read.problems);
        origins.set(key, read.origin);
        if (read.problems.length === 0)
            values.set(key, read.value);
    }
    const settings = intoTree(values);
    problems.push(...(0, check_settings_1.checkSettings)(settings, sources.mode).map(({ key, says }) => `${labelOf(key, origins)}: ${says}`));
    if (problems.length > 0)
        throw new SettingsError(problems);
    return deepFreeze(settings);
}
/** The settings of this process: the only place where `process.env` is read. */
function loadProcessSettings(options) {
    return loadSettings({ ...options, env: process.env, folder: process.cwd() });
}
function readConfig(sources) {
    const nowhere = { name: 'casegate.yaml', folder: sources.folder, value: {}, locate: () => ({ line: 1, column: 1 }) };
    if (sources.configText !== undefined)
        return parseConfig(sources.configText, 'casegate.yaml', sources.folder);
    const named = sources.configFile ?? sources.env['CASEGATE_CONFIG'];
    const path = (0, node_path_1.resolve)(sources.folder, named ?? 'casegate.yaml');
    if (!(0, node_fs_1.existsSync)(path))
        return { ...nowhere, problems: named === undefined ? [] : [`${named} is not there`] };
    try {
        const { text, problems } = (0, read_text_1.readText)((0, node_fs_1.readFileSync)(path), named ?? 'casegate.yaml');
        if (problems.length > 0)
            return { ...nowhere, problems: problems.map((fault) => `${fault.file}:${fault.line}:${fault.column} ${fault.message}`) };
        return parseConfig(text, named ?? 'casegate.yaml', (0, node_path_1.dirname)(path));
    }
    catch {
        return { ...nowhere, problems: [`${named ?? 'casegate.yaml'} cannot be read`] };
    }
}
function parseConfig(text, name, folder) {
    const yaml = (0, read_yaml_1.readYaml)(text, name);
    const problems = yaml.problems.map((fault) => `${name}:${fault.line}:${fault.column} ${fault.message}`);
    const isEmpty = yaml.value === null || yaml.value === undefined;
    if (!isEmpty && !isRecord(yaml.value))
        problems.push(`${name}:1:1 expected settings by name`);
    return { name, folder, value: isRecord(yaml.value) ? yaml.value : {}, problems, locate: (path, what) => yaml.locate(path, what) };
}
/** CASEGATE_TEST_*: of the test suite. CASEGATE_SECRET_*: known as far as casegate.yaml names them. */
function unknownVariables(env, config) {
    const leaves = (0, settings_table_1.settingLeaves)();
    const known = new Set([
        'CASEGATE_CONFIG',
        ...leaves.map((leaf) => leaf.setting.env),
        ...leaves.filter((leaf) => leaf.setting.isSecret).map((leaf) => `${leaf.setting.env}_FILE`),
    ]);
    const structures = `${JSON.stringify(config.value)} ${env['CASEGATE_SYSTEMS'] ?? ''} ${env['CASEGATE_ISSUERS'] ?? ''}`;
    const isNamed = (name) => name.startsWith('CASEGATE_SECRET_') && structures.includes(`"${name}"`);
    return Object.keys(env)
        .filter((name) => /^CASEGATE_/i.test(name) && !name.startsWith('CASEGATE_TEST_') && env[name] !== undefined)
        .filter((name) => !known.has(name) && !isNamed(name))
        .sort()
        .map((name) => `${name} is not a setting we know`);
}
function unknownKeys(config, table = settings_table_1.SETTINGS_TABLE, value = config.value, path = []) {
    if (!isRecord(value)) {
        return path.length === 0 || value === undefined ? [] : [`${placeIn(config, path)}: expected settings by name, got ${shown(value)}`];
    }
    return Object.entries(value).flatMap(([key, inner]) => {
        const entry = Object.hasOwn(table, key) ? table[key] : undefined;
        if (entry === undefined)
            return [`${placeIn(config, [...path, key], 'key')} is not a setting we know`];
        return 'env' in entry && 'read' in entry ? [] : unknownKeys(config, entry, inner, [...path, key]);
    });
}
function readLeaf(leaf, sources, config) {
    const { setting, path } = leaf;
    const refuse = (origin, says) => ({ value: undefined, origin, problems: [`${origin}${says}`] });
    const inFile = valueAt(config.value, path);
    if (setting.isSecret) {
        const place = secretPlace(leaf, sources.env);
        if (place === 'both')
            return refuse(setting.env, ` and ${setting.env}_FILE are both set: one of them`);
        if (place !== null)
            return resolveSecrets(new readers_1.PendingSecret(place), sources, sources.folder, setting.env, setting.env);
    }
    const typed = setting.isSecret ? undefined : sources.env[setting.env];
    const isFromEnv = typed !== undefined;
    const raw = isFromEnv ? setting.read.fromText(typed) : inFile;
    const origin = isFromEnv ? setting.env : inFile === undefined ? setting.env : placeIn(config, path);
    if (raw === undefined) {
        if (!setting.isOptional)
            return refuse(origin, ` is not set: ${setting.about}`);
        return { value: withAbsolutePath(setting, setting.fallback, sources.folder), origin, problems: [] };
    }
    const parsed = setting.read.schema.safeParse(raw);
    const base = isFromEnv ? sources.folder : config.folder;
    if (parsed.success)
        return resolveSecrets(withAbsolutePath(setting, parsed.data, base), sources, base, origin, setting.env);
    const problems = parsed.error.issues.flatMap((issue) => issueLines(issue, raw, isFromEnv, leaf, config));
    return { value: undefined, origin, problems };
}
function secretPlace(leaf, env) {
    const value = env[leaf.setting.env];
    const file = env[`${leaf.setting.env}_FILE`];
    if (value !== undefined && file !== undefined)
        return 'both';
    return value !== undefined ? { value } : file !== undefined ? { file } : null;
}
/** One line for each thing wrong, with the place in the file, and with the value unless it may be a secret. */
function issueLines(issue, raw, isFromEnv, leaf, config) {
    const inner = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
    const label = (steps, what = 'value') => isFromEnv ? `${leaf.setting.env}${dotted(steps)}` : placeIn(config, [...leaf.path, ...steps], what);
    if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => `${label([...inner, key], 'key')} is not a setting we know`);
    const value = valueAt(raw, inner);
    if (value === undefined)
        return [`${label(inner, 'key')} is not set: ${issue.message}`];
    const maybeSecret = leaf.setting.isSecret || inner.some((step) => /secret|key|value|credential/i.test(String(step)));
    return [`${label(inner)}: ${issue.message}${maybeSecret || typeof value === 'object' ? '' : `, got ${shown(value)}`}`];
}
/** Reads each secret that a value holds, and makes the paths in it absolute. */
function resolveSecrets(value, sources, base, origin, env) {
    const problems = [];
    const walk = (inner, steps) => {
        if (inner instanceof readers_1.PendingSecret)
            return readSecret(inner.place, steps);
        if (Array.isArray(inner))
            return inner.map((item, i) => walk(item, [...steps, i]));
        if (!isRecord(inner))
            return inner;
        return Object.fromEntries(Object.entries(inner).map(([key, item]) => [
            key,
            /File$/.test(key) && typeof item === 'string' ? (0, node_path_1.resolve)(base, item) : walk(item, [...steps, key]),
        ]));
    };
    const readSecret = (place, steps) => {
        const label = `${origin}${dotted(steps)}`;
        if ('value' in place)
            return notEmpty(place.value, null, label);
        if ('env' in place) {
            const found = sources.env[place.env];
            return found === undefined ? refuse(`${label}: ${place.env} is not set`) : notEmpty(found, null, `${label}: ${place.env}`);
        }
        const path = (0, node_path_1.isAbsolute)(place.file) ? place.file : (0, node_path_1.resolve)(base, place.file);
        try {
            return notEmpty((0, node_fs_1.readFileSync)(path, 'utf8').replace(/\r?\n$/, ''), path, `${label}: ${place.file}`);
        }
        catch {
            return refuse(`${label}: the file ${place.file} cannot be read`);
        }
    };
    const notEmpty = (text, file, label) => text === '' ? refuse(`${label} is empty`) : new secret_1.Secret(text, file);
    const refuse = (problem) => void problems.push(problem);
    return { value: walk(value, []), origin: origin === '' ? env : origin, problems };
}
function withAbsolutePath(setting, value, base) {
    const isPath = setting.read === readers_1.folder || setting.read === readers_1.file;
    return isPath && typeof value === 'string' ? (0, node_path_1.resolve)(base, value) : value;
}
function intoTree(values) {
    const tree = {};
    for (const [key, value] of values) {
        const steps = key.split('.');
        let at = tree;
        for (const step of steps.slice(0, -1))
            at = (at[step] ??= {});
        at[steps.at(-1) ?? ''] = value;
    }
    return tree;
}
const labelOf = (key, origins) => {
    const leaf = [...origins.keys()].find((name) => key === name || key.startsWith(`${name}.`) || key.startsWith(`${name}[`));
    return leaf === undefined ? key : `${origins.get(leaf) ?? leaf}${key.slice(leaf.length)}`;
};
const placeIn = (config, path, what = 'value') => {
    const { line, column } = config.locate(path, what);
    return `${config.name}:${line}:${column} ${dotted(path).replace(/^\./, '')}`;
};
const dotted = (steps) => steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
const shown = (value) => {
    const text = JSON.stringify(value) ?? String(value);
    return text.length > 60 ? `${text.slice(0, 60)} …` : text;
};
const isRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof secret_1.Secret);
const valueAt = (value, path) => path.reduce((at, step) => typeof at === 'object' && at !== null && Object.hasOwn(at, step) ? at[step] : undefined, value);
function deepFreeze(value) {
    if (typeof value !== 'object' || value === null || Object.isFrozen(value))
        return value;
    Object.values(value).forEach(deepFreeze);
    return Object.freeze(value);
}
