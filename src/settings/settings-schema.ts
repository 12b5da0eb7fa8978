import { z } from 'zod';
import type { Setting } from './settings-table';
import { SETTINGS_TABLE } from './settings-table';

/** The JSON Schema (2020-12) of casegate.yaml, for editors: `# yaml-language-server: $schema=./casegate.schema.json`. */
export function settingsJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(groupSchema(SETTINGS_TABLE), { io: 'input', target: 'draft-2020-12' });
  return { $schema, title: 'casegate.yaml', ...rest };
}

/** Nothing is required: what is not in the file may stand in the environment. */
function groupSchema(table: object): z.ZodType {
  const shape = Object.entries(table).map(([name, entry]: [string, object]) => {
    if (!('env' in entry && 'read' in entry)) return [name, groupSchema(entry).optional()] as const;
    const setting = entry as Setting<unknown>;
    const known = setting.fallback === undefined || setting.fallback === null ? {} : { default: setting.fallback };
    return [name, setting.read.schema.optional().meta({ description: `${setting.about} (${setting.env})`, ...known })] as const;
  });
  return z.strictObject(Object.fromEntries(shape));
}
