/** `#told = () => {}`, which `whenTold(listener)` replaces: a callback that the class itself gives until somebody else does. */
import type { Evaluator } from './evaluator.ts';
import { alternatives, type Ref, type Refs } from '../refs.ts';

/**
 * What the constructor gives a field, and, when that is a callback, the functions that it is set to later; a callback
 * that does nothing only stands in for them.
 * @param later all that is written to the field
 */
export function withLaterCallbacks(evaluate: Evaluator, first: readonly Ref[], later: () => Refs): Refs {
  const isCallback = (ref: Ref): boolean => ref.kind === 'function';
  const set = first.every(isCallback) ? later().filter(ref => isCallback(ref) && !first.includes(ref)) : [];
  if (set.length === 0) return alternatives(evaluate.refs, first);
  const doesNothing = (ref: Ref): boolean =>
    ref.kind === 'function' && evaluate.program.functions.get(ref.fn)?.body.length === 0;
  return alternatives(evaluate.refs, [...first.filter(ref => !doesNothing(ref)), ...set]);
}
