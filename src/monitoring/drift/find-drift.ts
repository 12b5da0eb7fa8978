import type { CaseSystem } from '../../vocabulary/case-system';
import type { DriftField, DriftRow } from '../../vocabulary/drift';
import { expectedShapes, type ExpectedShape } from './expected-shapes';

/** Says why the policy in force leaves out the fields of a row; null where it does not, or not any more. */
export function findDrift(
  { place, holds }: Pick<DriftRow, 'place' | 'holds'>,
  system: CaseSystem,
): Pick<DriftField, 'problem' | 'expected'> | null {
  if (place === '') return { problem: 'beyond-the-list', expected: null };
  const expected = expectedShapes(system).get(place);
  if (expected === undefined) return { problem: 'unclassified', expected: null };
  if (expected === 'anything' || FITS[expected].includes(holds)) return null;
  return { problem: 'another-shape', expected: expected === 'ssn' ? 'value' : expected };
}

const FITS: Readonly<Record<Exclude<ExpectedShape, 'anything'>, readonly DriftRow['holds'][]>> = {
  value: ['value', 'flag'],
  ssn: ['value'],
  object: ['object'],
  list: ['list'],
};
