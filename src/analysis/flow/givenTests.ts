/**
 * Tests that the caller decides: `options.skipLock` of an activation whose caller passes `{ skipLock: true }`. Only what
 * is given once and never changes counts: arguments, constants, and parts of object literals that nobody writes to.
 */
import type { Condition, Place, ValueId } from '../../model/facts.ts';
import type { Evaluator } from './evaluator.ts';
import { type Frame, type Ref, type Refs, isNothing } from '../refs.ts';
import { decided } from '../steps.ts';

/** Values are followed through this many copies and choices. */
const DEPTH = 6;
const FALSY = new Set(['false', 'null', 'undefined', '0', '""', 'NaN', '-0', '0n']);

/** Whether a constant is truthy. */
export const truthOfText = (text: string): boolean => !FALSY.has(text);

/** Whether the condition holds in every run of the activation; null where its bindings do not tell. */
export const givenTest = (evaluator: Evaluator, frame: Frame, condition: Condition): boolean | null =>
  decided(condition, part => {
    switch (part.kind) {
      case 'truthy':
        return agreed(given(evaluator, frame, part.value).map(truth));
      case 'nullish':
        return agreed(given(evaluator, frame, part.value).map(missing));
      case 'equal':
        return areEqual(given(evaluator, frame, part.left), given(evaluator, frame, part.right));
      default:
        return null;
    }
  });

function agreed(answers: readonly (boolean | null)[]): boolean | null {
  const [first] = answers;
  return first !== undefined && answers.every(answer => answer === first) ? first : null;
}

function truth(ref: Ref): boolean | null {
  if (ref.kind === 'constant') return truthOfText(ref.text);
  if (ref.kind === 'unknown') return ref.made ?? null;
  return ref.kind === 'function' || ref.kind === 'class' || ref.kind === 'made' ? true : null;
}

function missing(ref: Ref): boolean | null {
  if (isNothing(ref)) return true;
  const known = truth(ref);
  return known === null ? null : false;
}

function areEqual(left: Refs, right: Refs): boolean | null {
  const [a, b] = [left[0], right[0]];
  if (left.length !== 1 || right.length !== 1 || a?.kind !== 'constant' || b?.kind !== 'constant') return null;
  if (a.text !== b.text && isNothing(a) && isNothing(b)) return null;
  return a.text === b.text;
}

/** What the value stands for, where it is the same in every run of the activation. */
const given = (evaluator: Evaluator, frame: Frame, value: ValueId): Refs =>
  isGiven(evaluator, frame, value, 0) ? evaluator.evaluate(frame, value) : [];

function isGiven(evaluator: Evaluator, frame: Frame, value: ValueId, depth: number): boolean {
  const facts = frame.fn.values[value];
  if (!facts || depth > DEPTH) return false;
  switch (facts.kind) {
    case 'constant':
    case 'function':
    case 'object':
      return true;
    case 'read':
      return isGivenPlace(evaluator, frame, facts.place, depth);
    case 'from':
      return facts.how === 'copy' && facts.values.every(part => isGiven(evaluator, frame, part, depth + 1));
    case 'choice':
      return facts.values.every(part => isGiven(evaluator, frame, part, depth + 1));
    default:
      return false;
  }
}

function isGivenPlace(evaluator: Evaluator, frame: Frame, place: Place, depth: number): boolean {
  const { root, path } = place;
  const isFixed =
    root.kind === 'parameter' ||
    (root.kind === 'value' && isGiven(evaluator, frame, root.of, depth + 1)) ||
    (root.kind === 'captured' && evaluator.program.functions.get(root.from)?.slots[root.slot]?.assignedAgain === false);
  return isFixed && path.every((_, index) => isLiteralPart(evaluator, frame, place, index));
}

/** A field that a class declares. */
function isFieldOfClass({ program }: Evaluator, { path }: Place): boolean {
  const last = path.at(-1);
  return last !== undefined && 'field' in last && last.of !== undefined && program.types.get(last.of)?.kind === 'class';
}

/** The part belongs to an object literal that nobody writes this field of. */
function isLiteralPart(evaluator: Evaluator, frame: Frame, place: Place, index: number): boolean {
  const step = place.path[index];
  // What a class does with a field of its own is no business of a literal.
  const isWrite = (write: { place: Place }): boolean => !isFieldOfClass(evaluator, write.place);
  if (!step || !('field' in step) || evaluator.writes.toField(step.field).some(isWrite)) return false;
  const owners = evaluator.place(frame, { ...place, path: place.path.slice(0, index) });
  return owners.length > 0 && owners.every(owner => owner.kind === 'made' && 'value' in owner.at);
}
