import type { PolicyRow } from '../../src/decide/policy-row';
import type { CaseSystem } from '../../src/vocabulary/case-system';
import { openCasbin, openCasbinSync } from './casbin';
import { openCasegate } from './casegate';
import { openCasl } from './casl';
import { openCedar } from './cedar';
import type { Decider } from './decider';

export interface DecidingSubject {
  readonly name: 'casegate cold' | 'casegate remembered' | 'casbin enforce' | 'casbin enforceSync' | 'cedar' | 'casl';
  readonly open: (system: CaseSystem, rows: readonly PolicyRow[]) => Promise<Decider>;
}

const remembering = async (system: CaseSystem, rows: readonly PolicyRow[]): Promise<Decider> => {
  const { decide } = await openCasegate(system, rows);
  return { decide };
};

export const DECIDING_SUBJECTS: readonly DecidingSubject[] = [
  { name: 'casegate cold', open: openCasegate },
  { name: 'casegate remembered', open: remembering },
  { name: 'casbin enforce', open: openCasbin },
  { name: 'casbin enforceSync', open: openCasbinSync },
  { name: 'cedar', open: openCedar },
  { name: 'casl', open: openCasl },
];
