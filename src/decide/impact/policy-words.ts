import type { CaseSystem } from '../../vocabulary/case-system';
import type { PolicyRow } from '../policy-row';

/** The words that policies of some versions use for what, for whom and how related. */
export interface PolicyWords {
  readonly sections: ReadonlySet<string>;
  readonly relations: ReadonlySet<string>;
  /** Without their namespace. */
  readonly workgroups: ReadonlySet<string>;
}

/** All words of these policies together. */
export function policyWords(policies: readonly { readonly system: CaseSystem; readonly rows: readonly PolicyRow[] }[]): PolicyWords {
  return {
    sections: new Set(policies.flatMap(({ system }) => system.sections)),
    relations: new Set(policies.flatMap(({ system }) => system.relations.map((test) => test.word))),
    workgroups: new Set(
      policies
        .flatMap(({ rows }) => rows.map((row) => row.workgroup).filter((word) => word !== '*'))
        .map((word) => word.slice('group:'.length)),
    ),
  };
}
