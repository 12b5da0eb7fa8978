import { EACH, type CaseSystem, type Place } from '../../vocabulary/case-system';
import { toPointer } from '../../vocabulary/to-pointer';

/** What record.yaml expects at a place. `ssn`: a value that is neither true nor false. `anything`: read as a fact or an id, shown never. */
export type ExpectedShape = 'value' | 'ssn' | 'object' | 'list' | 'anything';

/** Gives what a case system's record.yaml expects, by place as a pointer; a place that is missing is not classified. */
export function expectedShapes(system: CaseSystem): ReadonlyMap<string, ExpectedShape> {
  let shapes = remembered.get(system);
  if (shapes === undefined) remembered.set(system, (shapes = shapesOf(system)));
  return shapes;
}

const remembered = new WeakMap<CaseSystem, ReadonlyMap<string, ExpectedShape>>();

function shapesOf(system: CaseSystem): ReadonlyMap<string, ExpectedShape> {
  const shapes = new Map<string, ExpectedShape>();
  const grow = (place: Place, leaf: ExpectedShape): void => {
    place.forEach((_, depth) => {
      if (depth > 0) shapes.set(toPointer(place.slice(0, depth)), place[depth] === EACH ? 'list' : 'object');
    });
    const pointer = toPointer(place);
    // A fact may stand in a field, or around fields.
    if (leaf !== 'anything' || !shapes.has(pointer)) shapes.set(pointer, leaf);
  };
  for (const { place, kind } of system.fields) grow(place, kind === 'ssn' || kind === 'ssn-last4' ? 'ssn' : 'value');
  for (const { place } of system.facts) if (place !== null) grow(place, 'anything');
  for (const { idPlace } of system.routes) grow(idPlace, 'anything');
  return shapes;
}
