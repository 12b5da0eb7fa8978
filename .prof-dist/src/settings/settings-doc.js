"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.settingsDoc = settingsDoc;
const settings_schema_1 = require("./settings-schema");
const settings_table_1 = require("./settings-table");
/** docs/configuration.md, grown from the settings table. */
function settingsDoc() {
    const rows = (0, settings_table_1.settingLeaves)().map(tableRow);
    return `${HEAD}
| variable | in casegate.yaml | takes | fallback | meaning |
|---|---|---|---|---|
${rows.join('\n')}

## One entry of \`issuers\`

${structureTable('issuers')}

## One entry of \`systems\`

${structureTable('systems')}
`;
}
const HEAD = `# Settings

Generated from \`src/settings/settings-table.ts\` by \`npm run docs\`; a test keeps it equal. Do not edit.

A setting stands in \`casegate.yaml\` (in the working folder, or where \`--config\` or \`CASEGATE_CONFIG\` says) or in the
environment; the environment wins. \`casegate serve --check\` lists everything that is wrong at once, and starts nothing.
Keys and \`CASEGATE_*\` variables that are not in this table are refused (\`CASEGATE_TEST_*\` belongs to the test suite and is not looked at).
Relative paths start at the folder of \`casegate.yaml\`; those in the environment at the working folder.

A secret never stands in \`casegate.yaml\` itself: there it is \`{file: /run/secrets/name}\` or \`{env: CASEGATE_SECRET_NAME}\`. A secret with
a variable of its own is given as \`NAME\` or as \`NAME_FILE\`, the path of a file. Secrets print as \`(secret)\`.

For editors: \`# yaml-language-server: $schema=./casegate.schema.json\` as the first line.
`;
function tableRow({ path, setting }) {
    const name = setting.isSecret ? `\`${setting.env}\`, \`${setting.env}_FILE\`` : `\`${setting.env}\``;
    const fallback = setting.fallback === undefined ? 'must be set' : setting.fallback === null ? 'not set' : `\`${JSON.stringify(setting.fallback)}\``;
    return cells(name, `\`${path.join('.')}\``, setting.isSecret ? 'a secret' : setting.read.expects, fallback, setting.about);
}
function structureTable(name) {
    const root = (0, settings_schema_1.settingsJsonSchema)()['properties'][name];
    const entry = root?.items ?? (root?.additionalProperties === false ? undefined : root?.additionalProperties);
    return ['| key | takes | fallback | meaning |', '|---|---|---|---|', ...(entry === undefined ? [] : nodeRows(entry, ''))].join('\n');
}
function nodeRows(node, path) {
    return Object.entries(node.properties ?? {}).flatMap(([key, inner]) => {
        const at = path === '' ? key : `${path}.${key}`;
        const isNeeded = node.required?.includes(key) === true && inner.default === undefined;
        const fallback = inner.default !== undefined ? `\`${JSON.stringify(inner.default)}\`` : isNeeded ? 'must be set' : 'not set';
        const row = cells(`\`${at}\``, takes(inner), fallback, inner.description ?? '');
        const choices = (inner.oneOf ?? []).flatMap((choice) => {
            const kind = String(choice.properties?.['kind']?.const ?? '');
            const keys = Object.keys(choice.properties ?? {}).filter((word) => word !== 'kind');
            const needed = keys.map((word) => (choice.required?.includes(word) === true ? `\`${word}\`` : `\`${word}\` (optional)`));
            return [cells(`\`${at}.kind: ${kind}\``, needed.length === 0 ? 'nothing more' : needed.join(', '), '', choice.description ?? '')];
        });
        return [row, ...choices, ...nodeRows(inner, at)];
    });
}
function takes(node) {
    if (node.enum !== undefined)
        return node.enum.map((word) => `\`${String(word)}\``).join(', ');
    if (node.oneOf !== undefined)
        return 'one of the kinds below';
    if (node.anyOf !== undefined)
        return 'a secret';
    if (node.type === 'integer')
        return `${node.minimum ?? ''} to ${node.maximum ?? ''}`;
    if (node.type === 'array')
        return `a list${node.items?.enum === undefined ? '' : ` of ${takes(node.items)}`}`;
    return node.type === 'object' ? 'keys below' : 'text';
}
const cells = (...texts) => `| ${texts.map((text) => text.replace(/\|/g, '\\|')).join(' | ')} |`;
