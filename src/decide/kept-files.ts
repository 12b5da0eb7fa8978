import type { Loaded } from './policy-set';
import type { PolicyFiles } from './policy-store';
import { MODEL_TEXT } from './model-text';
import { type PolicyFolder, SYSTEM_FILES, type SystemFiles } from './read-policy-folder';

/** The files of a set as the store keeps them: those that are there. */
export function keptFiles(loaded: ReadonlyMap<string, Pick<Loaded, 'files'>>): PolicyFiles {
  const kept = new Map<string, Record<string, Buffer>>();
  for (const [system, { files }] of loaded) {
    const own: Record<string, Buffer> = {};
    for (const file of SYSTEM_FILES) {
      const bytes = files[file];
      if (bytes !== null) own[file] = bytes;
    }
    kept.set(system, own);
  }
  return kept;
}

/** Kept or sent files as a folder would hold them; the model is that of this release. */
export const folderOfFiles = (kept: PolicyFiles): PolicyFolder => ({
  model: Buffer.from(MODEL_TEXT),
  systems: systemFilesOf(kept),
  signature: '',
});

/** Kept files as if they had been read from folders. */
export function systemFilesOf(kept: PolicyFiles): ReadonlyMap<string, SystemFiles> {
  const read = new Map<string, SystemFiles>();
  for (const [system, own] of kept) {
    const files = SYSTEM_FILES.map((file) => [file, own[file] ?? null] as const);
    read.set(system, Object.fromEntries(files) as unknown as SystemFiles);
  }
  return read;
}
