/** The promises that a reference holds, through combinators, chains and arrays. */
import type { Evaluator } from '../flow/evaluator.ts';
import { promiseParts } from './promiseParts.ts';
import { type Ref, type Refs, wholeList } from '../refs.ts';

const LIMIT = 60;

/** The reference itself and all promises that waiting for it waits for. */
export function joinedWith(evaluator: Evaluator, ref: Ref): Ref[] {
  const found = new Set<Ref>();
  const queue: Ref[] = [ref];
  for (let next = queue.pop(); next && found.size < LIMIT; next = queue.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    if (next.kind === 'pick') queue.push(next.yes, next.no);
    for (const part of promiseParts(evaluator, next)) queue.push(part.ref);
  }
  return [...found];
}

/** What wins the race ends the wait. */
export function isRace(ref: Ref & { kind: 'combined' }): boolean {
  const value = ref.frame.fn.values[ref.value];
  return value?.kind === 'combined' && (value.until === 'first' || value.until === 'any');
}

/** Promises that have settled, for certain, after a wait for one of these. */
export function endedWith(evaluator: Evaluator, refs: Refs): Ref[] {
  const [only] = refs;
  if (!only || refs.length > 1) return [];
  if (only.kind !== 'combined') return [only];
  return isRace(only) ? [] : promiseParts(evaluator, only).map(({ ref }) => ref);
}

/** Promises in an array or object that is handed on whole. */
export function heldIn(evaluator: Evaluator, ref: Ref): Ref[] {
  const list = wholeList(ref);
  if (list.kind === 'made' && list.type === 'lib#Array')
    return evaluator.elements(list).flatMap(one => joinedWith(evaluator, one));
  return joinedWith(evaluator, ref);
}
