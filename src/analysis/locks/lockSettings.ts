/** What a lock was made with: how many it lets in, whether it lets its holder in again. */
import type { LockKind } from '../../model/facts.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import type { Ref, Refs } from '../refs.ts';

type Argument = number | { argument: number; option: string };

/** Permits: `Infinity` when nothing bounds them, null when not known. */
export function capacityOf(evaluator: Evaluator, ref: Ref, kind: LockKind): number | null {
  const given = kind.capacityArgument === undefined ? [] : argumentOf(evaluator, ref, kind.capacityArgument);
  if (given === null) return null;
  if (given.length === 0) {
    if (kind.capacity.kind === 'exactly') return kind.capacity.n;
    return kind.capacity.kind === 'unbounded' ? Infinity : null;
  }
  const numbers = given.map(numberOf);
  // Several possible sizes: the smallest is the one that runs out first.
  return numbers.every(number => number !== null) ? Math.min(...numbers) : null;
}

function numberOf(value: Ref): number | null {
  if (value.kind !== 'constant') return null;
  if (value.text === 'Infinity') return Infinity;
  return /^\d+$/.test(value.text) ? Number(value.text) : null;
}

/** Whether taking it again in the same task succeeds. */
export function isReentrant(evaluator: Evaluator, ref: Ref, kind: LockKind): boolean {
  if (kind.reentrant !== 'no') return true;
  if (kind.reentrantArgument === undefined) return false;
  const given = argumentOf(evaluator, ref, kind.reentrantArgument) ?? [];
  return given.some(value => value.kind === 'constant' && value.text === 'true');
}

/** What the constructor got for an argument or option: empty when nothing, null when nobody knows. */
function argumentOf(evaluator: Evaluator, ref: Ref, argument: Argument): Refs | null {
  if (ref.kind !== 'made' || !('step' in ref.at)) return null;
  const step = evaluator.program.steps(ref.frame.fn.id).get(ref.at.step);
  const given =
    step?.kind === 'call' ? step.args[typeof argument === 'number' ? argument : argument.argument] : undefined;
  if (given === undefined) return [];
  const values = evaluator.evaluate(ref.frame, given);
  if (typeof argument === 'number') return values;
  const options = values.map(value => [...evaluator.field(value, argument.option, null)]);
  // A literal that does not have the option leaves it out; any other object may have it.
  const known = values.every((value, index) => value.kind === 'made' || options[index]?.[0]?.kind !== 'field');
  if (!known) return null;
  return options.flat().filter(value => value.kind !== 'field');
}

/** A timeout that its constructor was given bounds every wait for it. */
export function isBounded(evaluator: Evaluator, ref: Ref, kind: LockKind): boolean | null {
  if (kind.timeoutArgument === undefined) return false;
  const given = argumentOf(evaluator, ref, kind.timeoutArgument);
  if (given === null) return null;
  return given.length > 0 && !given.every(isNone);
}

/** It was made to try for ever. */
export function isEndless(evaluator: Evaluator, ref: Ref, { endlessWhen }: LockKind): boolean {
  const given = endlessWhen === undefined ? [] : (argumentOf(evaluator, ref, endlessWhen) ?? []);
  return given.some(value => value.kind === 'constant' && value.text === endlessWhen?.equals);
}

/** A timeout that is none. */
const isNone = (value: Ref): boolean => value.kind === 'constant' && ['0', 'undefined', 'null'].includes(value.text);
