"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.settingsJsonSchema = settingsJsonSchema;
const zod_1 = require("zod");
const settings_table_1 = require("./settings-table");
/** The JSON Schema (2020-12) of casegate.yaml, for editors: `# yaml-language-server: $schema=./casegate.schema.json`. */
function settingsJsonSchema() {
    const { $schema, ...rest } = zod_1.z.toJSONSchema(groupSchema(settings_table_1.SETTINGS_TABLE), { io: 'input', target: 'draft-2020-12' });
    return { $schema, title: 'casegate.yaml', ...rest };
}
/** Nothing is required: what is not in the file may stand in the environment. */
function groupSchema(table) {
    const shape = Object.entries(table).map(([name, entry]) => {
        if (!('env' in entry && 'read' in entry))
            return [name, groupSchema(entry).optional()];
        const setting = entry;
        const known = setting.fallback === undefined || setting.fallback === null ? {} : { default: setting.fallback };
        return [name, setting.read.schema.optional().meta({ description: `${setting.about} (${setting.env})`, ...known })];
    });
    return zod_1.z.strictObject(Object.fromEntries(shape));
}
