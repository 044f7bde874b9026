/** How the objects of an interface are made, as far as object literals tell. */
import type { Evaluator } from './evaluator.ts';
import { matches } from './objects.ts';
import type { Ref, Refs } from '../refs.ts';

/** More literals than this tell nothing. */
const LITERALS = 12;

/**
 * What object literals of its interface give for a field: how such objects are made, not which of them this is. Nothing
 * for any other reference, where there are many literals, or something else is written to the field.
 */
export function givenInLiterals(evaluate: Evaluator, ref: Ref): Refs {
  if (ref.kind !== 'field' || ref.of === null) return [];
  const { name, of } = ref;
  if (evaluate.program.types.get(of)?.kind !== 'interface') return [];
  const literals = evaluate.writes.inLiterals(name).filter(({ type }) => type === of);
  const isWritten = evaluate.writes.toField(name).some(({ place }) => matches(place, of, evaluate));
  if (literals.length > LITERALS || isWritten) return [];
  return literals.flatMap(({ fn, value }) => [...evaluate.evaluate(evaluate.symbolicFrame(fn), value)]);
}
