import { statfs } from 'node:fs/promises';

/** How full the disk is on which the folder lies, from 0 to 1, as an account without privileges finds it (what is kept for root is not free). */
export async function readDiskUse(folder: string): Promise<number> {
  const { blocks, bfree, bavail } = await statfs(folder);
  const used = blocks - bfree;
  return used + bavail === 0 ? 0 : used / (used + bavail);
}
