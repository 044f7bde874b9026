/** Fields that keep their value: an order by one of them stays the same for everybody. */
import type { Place, TypeId } from '../../model/facts.ts';
import type { Evaluator } from '../flow/evaluator.ts';

/**
 * Whether nobody but constructors writes the field of an object of this type. Without a type any write to a field of
 * the name counts; with one only a write to what may be such an object does.
 */
export function isKeptField(evaluator: Evaluator, type: TypeId | null, field: string): boolean {
  return evaluator.writes.toField(field).every(write => {
    if (evaluator.types.isConstructor(write.fn.id)) return true;
    const written = writtenType(write.place);
    return type !== null && written !== null && !mayBeOne(evaluator, written, type);
  });
}

/** The type of the object that is written to, as far as the place tells it. */
function writtenType(place: Place): TypeId | null {
  const last = place.path[place.path.length - 1];
  if (last !== undefined && 'field' in last && last.of !== undefined) return last.of;
  return place.path.length === 1 ? place.type : null;
}

/** One object may have both types: they are kin, or one is an interface and the other has all that it asks for. */
function mayBeOne(evaluator: Evaluator, a: TypeId, b: TypeId): boolean {
  return evaluator.types.related(a, b) || hasShapeOf(evaluator, a, b) || hasShapeOf(evaluator, b, a);
}

function hasShapeOf({ program, types }: Evaluator, type: TypeId, asked: TypeId): boolean {
  const shape = program.types.get(asked);
  if (shape === undefined || !program.types.has(type)) return true;
  if (shape.kind !== 'interface') return false;
  const fields = types.ancestors(asked).flatMap(id => Object.keys(program.types.get(id)?.fields ?? {}));
  return fields.every(
    name =>
      types.declaring(type, name) !== undefined ||
      types.methodOf(type, name) !== undefined ||
      types.methodOf(type, `get ${name}`) !== undefined,
  );
}
