/** Notes expressions that are used as plain values and may be a promise. */
import type { ts } from 'ts-morph';
import type { PlainUse, ValueId } from '../../model/facts.ts';
import { bare, type FunctionContext } from './context.ts';

/**
 * Notes one use, unless the value cannot be a promise. `isDropped`: nothing else is done with it, so that
 * an optional call (`if (acl?.allows(id))`) is no test for whether there is a promise to wait for.
 */
export function notePlain(
  fn: FunctionContext,
  expression: ts.Expression,
  value: ValueId,
  as: PlainUse['as'],
  isDropped = false,
): void {
  if (!mayBePromise(fn, value, 4)) return;
  const told = fn.questions.promiseIn(expression, isDropped);
  if (told === 'value' || (as === 'condition' && fn.questions.mayHoldNothing(expression))) return;
  if (told === 'unknown' && !isMade(fn, value, 4)) return;
  // Where a place is only tested for holding anything, a promise is as good as its absence.
  if (told === 'or-value' && as !== 'condition') return;
  (fn.builder.facts.plainUses ??= []).push({
    at: fn.at(bare(expression)),
    value,
    as,
    ...(told === 'unknown' ? {} : { gives: told }),
  });
}

/** Notes both sides of a comparison, each unless the other may be a promise or nothing. */
export function noteCompared(
  fn: FunctionContext,
  node: { left: ts.Expression; right: ts.Expression },
  values: { left: ValueId; right: ValueId },
): void {
  if (isPlain(fn, node.right, values.right)) notePlain(fn, node.left, values.left, 'compared');
  else if (isPlain(fn, node.left, values.left)) notePlain(fn, node.right, values.right, 'compared');
}

/** Certainly a plain value that is there. */
function isPlain(fn: FunctionContext, node: ts.Expression, value: ValueId): boolean {
  const { kind } = fn.builder.valueAt(value);
  if (kind === 'constant' || kind === 'template') return true;
  return fn.questions.promiseIn(node) === 'value' && fn.questions.isThere(node);
}

/** By how it was made; types are not asked. */
function mayBePromise(fn: FunctionContext, value: ValueId, depth: number): boolean {
  const made = fn.builder.valueAt(value);
  switch (made.kind) {
    case 'result': {
      const step = fn.builder.stepAt(made.of);
      if (step?.kind === 'chain') return true;
      if (step?.kind !== 'call' || step.gives === 'value' || step.gives === 'safe') return false;
      if (step.newOf !== undefined) return step.newOf === 'lib#Promise';
      return !(
        step.target.kind === 'external' &&
        step.target.name.startsWith('lib#') &&
        step.gives === undefined &&
        step.known?.outside === undefined
      );
    }
    case 'combined':
    case 'read':
    case 'element':
      return true;
    case 'choice':
      return depth > 0 && made.values.some(part => mayBePromise(fn, part, depth - 1));
    case 'from':
      return made.how === 'copy' && depth > 0 && made.values.some(part => mayBePromise(fn, part, depth - 1));
    default:
      return false;
  }
}

/** Made by something that can be followed, not merely read from a place. */
function isMade(fn: FunctionContext, value: ValueId, depth: number): boolean {
  const made = fn.builder.valueAt(value);
  switch (made.kind) {
    case 'result':
    case 'combined':
    case 'element':
      return true;
    case 'read':
      return (
        made.place.path.length === 0 &&
        (made.place.root.kind === 'captured' || made.place.root.kind === 'module' || made.place.root.kind === 'value')
      );
    case 'choice':
      return depth > 0 && made.values.every(part => isMade(fn, part, depth - 1));
    case 'from':
      return made.how === 'copy' && depth > 0 && made.values.every(part => isMade(fn, part, depth - 1));
    default:
      return false;
  }
}
