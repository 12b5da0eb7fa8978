import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHIPPED_POLICIES } from './gateway';

export interface PolicyCopy {
  readonly folder: string;
  read(system: string, file: string): string;
  /** All policy files, as they are sent to the admin plane. */
  files(): readonly { readonly system: string; readonly file: string; readonly content: string }[];
  /** As an editor that saves in one step. */
  save(system: string, file: string, text: string): void;
  /** Adds lines before the closing row. */
  add(system: string, file: string, ...lines: readonly string[]): void;
  remove(): void;
}

/** The shipped policies in a folder of a test's own. */
export function copyPolicies(): PolicyCopy {
  const folder = mkdtempSync(join(tmpdir(), 'casegate-policies-'));
  cpSync(SHIPPED_POLICIES, folder, { recursive: true });
  const place = (system: string, file: string): string => join(folder, system, file);
  const copy: PolicyCopy = {
    folder,
    read: (system, file) => readFileSync(place(system, file), 'utf8'),
    files: () =>
      readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .flatMap(({ name: system }) =>
          ['record.yaml', 'policy.csv', 'cases.csv', 'holidays.csv']
            .filter((file) => existsSync(place(system, file)))
            .map((file) => ({ system, file, content: copy.read(system, file) })),
        ),
    save: (system, file, text) => {
      writeFileSync(`${place(system, file)}.new`, text);
      renameSync(`${place(system, file)}.new`, place(system, file));
    },
    add: (system, file, ...lines) => copy.save(system, file, copy.read(system, file).replace(/end\n$/, `${lines.join('\n')}\nend\n`)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  return copy;
}

/** Another workgroup that sees basic information: a change that one row and one example make. */
export const RECEPTIONIST = {
  row: 'p, group:receptionist, *, *, always, basic, read, allow',
  case: 'a receptionist sees basic information, group:receptionist, none, private, always, read, basic, basic, not-granted',
};

/** Saves both files so that no state between them is bad: the example first, which alone would fail, comes with the row within one look. */
export function admitReceptionist(copy: PolicyCopy): void {
  copy.add('workforce-one', 'cases.csv', RECEPTIONIST.case);
  copy.add('workforce-one', 'policy.csv', RECEPTIONIST.row);
}
