import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MODEL_TEXT } from './model-text';

export const SYSTEM_FILES = ['record.yaml', 'policy.csv', 'cases.csv', 'holidays.csv', 'exceptions.csv'] as const;
export type SystemFile = (typeof SYSTEM_FILES)[number];

/** A system may do without them, unless record.yaml counts business days: then it needs the holidays. */
export const OPTIONAL_FILES: readonly SystemFile[] = ['holidays.csv', 'exceptions.csv'];

/** The bytes of one system folder; null where a file is missing or larger than MOST_BYTES. */
export type SystemFiles = Readonly<Record<SystemFile, Buffer | null>>;

/** A policy folder as it stood at one moment. */
export interface PolicyFolder {
  readonly model: Buffer | null;
  readonly systems: ReadonlyMap<string, SystemFiles>;
  /** Changes whenever a file was written, replaced, added or taken away. */
  readonly signature: string;
}

const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Reads a policy folder whole, again where it changed while it was read.
 * Fails   rejects where the folder itself cannot be read, or does not hold still.
 */
export async function readPolicyFolder(folder: string): Promise<PolicyFolder> {
  for (let tries = 0; tries < 5; tries++) {
    const signature = await folderSignature(folder);
    const systems = new Map<string, SystemFiles>();
    for (const name of await systemNames(folder)) {
      const read = await Promise.all(SYSTEM_FILES.map(async (file) => [file, await readOne(join(folder, name, file))] as const));
      systems.set(name, Object.fromEntries(read) as SystemFiles);
    }
    const model = await readOne(join(folder, 'model.conf'));
    if ((await folderSignature(folder)) === signature) return { model, systems, signature };
  }
  throw new Error('the policy folder keeps changing while it is read');
}

/** Name, size, times and inode of every file that counts: cheap, and no write escapes it (a change of content moves ctime). */
export async function folderSignature(folder: string): Promise<string> {
  const names = await systemNames(folder);
  const files = ['model.conf', ...names.flatMap((name) => SYSTEM_FILES.map((file) => join(name, file)))];
  const stats = await Promise.all(files.map((file) => statOne(join(folder, file))));
  return JSON.stringify(files.map((file, i) => [file, stats[i]]));
}

/** sha-256 hex over the model and all files of these systems. */
export function versionOf(systems: ReadonlyMap<string, SystemFiles>): string {
  const hash = createHash('sha256');
  const add = (name: string, bytes: Buffer | null): void => {
    hash.update(JSON.stringify([name, bytes?.length ?? -1]));
    if (bytes) hash.update(bytes);
  };
  // The model in force is always the shipped one; its file may say so with other comments and line ends.
  add('model.conf', Buffer.from(MODEL_TEXT));
  for (const name of [...systems.keys()].sort()) {
    for (const file of SYSTEM_FILES) {
      const bytes = systems.get(name)?.[file] ?? null;
      // A system without it has the same version as before there was such a file.
      if (bytes !== null || !OPTIONAL_FILES.includes(file)) add(`${name}/${file}`, bytes);
    }
  }
  return hash.digest('hex');
}

async function systemNames(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    // A folder may be reached by a link, as container volumes are mounted.
    const isFolder =
      entry.isDirectory() || (entry.isSymbolicLink() && (await stat(join(folder, entry.name)).catch(() => null))?.isDirectory() === true);
    if (isFolder) names.push(entry.name);
  }
  return names.sort();
}

async function statOne(path: string): Promise<readonly string[] | null> {
  try {
    const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true });
    return [size, mtimeNs, ctimeNs, ino].map(String);
  } catch (error) {
    return isMissing(error) ? null : [String((error as NodeJS.ErrnoException).code)];
  }
}

/** null: there is no regular file of acceptable size that can be read. One such file refuses its own system and no other. */
async function readOne(path: string): Promise<Buffer | null> {
  try {
    const found = await stat(path);
    if (!found.isFile() || found.size > MOST_BYTES) return null;
    const bytes = await readFile(path);
    return bytes.length > MOST_BYTES ? null : bytes;
  } catch {
    return null;
  }
}

const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code));
