/** What calls call, beyond the functions of the project: releasers. */
import type { Call } from '../../model/facts.ts';
import type { Evaluator } from './evaluator.ts';
import type { Frame, Refs } from '../refs.ts';

/** The value that a call names, or the releaser that an object literal has as the method: `{ number, clear: release }`. */
export function calledValues(evaluate: Evaluator, frame: Frame, { target, receiver }: Call): Refs {
  if (target.kind === 'value') return evaluate.evaluate(frame, target.of);
  if (target.kind !== 'method' || receiver === undefined) return [];
  return evaluate
    .evaluate(frame, receiver)
    .filter(ref => ref.kind === 'made' && 'value' in ref.at)
    .flatMap(ref => evaluate.field(ref, target.name, null).filter(part => part.kind === 'token'));
}
