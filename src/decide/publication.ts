import type { Finding } from './finding';
import type { PolicyAct } from './policy-store';
import type { PolicyFolder } from './read-policy-folder';

/** A wish to have a policy in force, by hand. */
export interface Publication {
  /** The desk's own folder, files that were sent, or a version that was kept. */
  readonly source:
    | { readonly kind: 'folder' }
    | { readonly kind: 'files'; readonly folder: PolicyFolder }
    | { readonly kind: 'version'; readonly version: string };
  /** The change that whoever asks has seen; another one in force refuses (POL-21). */
  readonly from: number | null;
  /** Systems in force that may end by it. Any other that is missing refuses. */
  readonly ends?: readonly string[];
  readonly act: PolicyAct;
}

/** What became of it. */
export type Published =
  | { readonly kind: 'in-force'; readonly version: string; readonly number: number; readonly changed: readonly string[] }
  | { readonly kind: 'unchanged'; readonly version: string; readonly number: number }
  /** So many more people must vouch for it. */
  | { readonly kind: 'waiting'; readonly version: string; readonly number: number; readonly lacking: number }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] }
  /** Another change came first. */
  | { readonly kind: 'moved'; readonly number: number }
  /** This person had vouched for it before. */
  | { readonly kind: 'vouched' }
  /** No such version is kept, or none waits. */
  | { readonly kind: 'unknown' };
