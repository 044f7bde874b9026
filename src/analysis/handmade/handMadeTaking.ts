/**
 * What marks a hand-made lock with waiters as taken: a flag that is set (or, when it tells "free", cleared), an owner
 * that is written down, a counter that is changed, a ticket that is drawn (ticket lock: Reed and Kanodia 1979).
 */
import type { Access, Place, ValueId } from '../../model/facts.ts';
import { comparedWith } from '../steps.ts';
import { isOfInstance } from '../valueParts.ts';
import { type FunctionIndex, isCount, placeKey, placesRead, readsPlace, TRUE_LIKE } from './handMadeIndex.ts';
import {
  accessesTo,
  frees,
  hasCallingSibling,
  type ModuleIndex,
  type PlacedAccess,
  testsPlace,
} from './handMadeModule.ts';

/** The mark, and how many it lets in. */
export interface Taking {
  readonly key: string;
  readonly place: Place;
  readonly mode: 'exclusive' | 'permit';
}

/**
 * The mark that one of these functions leaves and one of them looks at. A helper that tells nothing decides nothing for
 * who calls it: what it looks at counts only where it leaves the mark itself.
 */
export function takingIn(
  module: ModuleIndex,
  inside: readonly FunctionIndex[],
  helpers: readonly FunctionIndex[] = [],
): Taking | null {
  const deciding = [...inside, ...helpers.filter(tells)];
  for (const inner of [...inside, ...helpers])
    for (const { step } of inner.accesses()) {
      const key = placeKey(inner.fn, step.place);
      if (key === null || ![inner, ...deciding].some(one => testsPlace(one, key))) continue;
      if (isCount(inner, step)) return { key, place: step.place, mode: 'permit' };
      if (isMark(module, inner, step, key)) return { key, place: step.place, mode: 'exclusive' };
    }
  return null;
}

const tells = (index: FunctionIndex): boolean =>
  index.list.some(({ step }) => step.kind === 'exit' && step.how === 'return' && step.value !== undefined);

function isMark(module: ModuleIndex, index: FunctionIndex, { mode, value }: Access, key: string): boolean {
  if (mode !== 'write') return false;
  if (index.isConstant(value, TRUE_LIKE)) return true;
  if (isOwner(index, value)) return frees(module, key).some(({ step }) => step.mode === 'write');
  // The flag tells that it is free: it is set again only where nobody waits.
  return index.isConstant(value, ['false']) && accessesTo(module, key).some(isSetBack);
}

const isSetBack = (placed: PlacedAccess): boolean =>
  placed.step.mode === 'write' && placed.home.isConstant(placed.step.value, ['true']) && hasCallingSibling(placed);

/** Something made for this one acquisition: `Symbol()`, an object. */
const isOwner = (index: FunctionIndex, value: ValueId | undefined): boolean =>
  index.alternatives(value).some(id => {
    const made = index.resultOf(id);
    if (made?.kind !== 'call') return index.value(id)?.kind === 'object';
    return made.target.kind === 'external' && made.target.name === 'lib#Symbol';
  });

/**
 * The ticket that one of these functions draws: the counter's number is compared with another counter, which whoever
 * leaves moves on (`wakers`).
 */
export function ticketIn(inside: readonly FunctionIndex[], wakers: readonly FunctionIndex[]): Taking | null {
  for (const inner of inside)
    for (const { step } of inner.accesses()) {
      const key = isCount(inner, step) ? placeKey(inner.fn, step.place) : null;
      if (key !== null && inside.some(one => servedPlaces(one, key).some(served => isMovedOn(wakers, served, key))))
        return { key, place: step.place, mode: 'exclusive' };
    }
  return null;
}

const isMovedOn = (wakers: readonly FunctionIndex[], served: string, key: string): boolean =>
  served !== key &&
  wakers.some(waker =>
    waker.accesses().some(({ step }) => isCount(waker, step) && placeKey(waker.fn, step.place) === served),
  );

/** The places that a number drawn from the counter is compared with. */
const servedPlaces = (index: FunctionIndex, key: string): string[] =>
  index.list.flatMap(({ step }) =>
    step.kind === 'branch'
      ? comparedWith(step.condition, value => isDrawn(index, value, key)).flatMap(other => placesRead(index, other))
      : [],
  );

/** What the counter held, or what it became. */
const isDrawn = (index: FunctionIndex, value: ValueId, key: string): boolean =>
  index.alternatives(value).some(id => {
    const facts = index.value(id);
    const parts = facts?.kind === 'from' && facts.how === 'compute' ? facts.values : [id];
    return parts.some(part => readsPlace(index, part, key));
  });

/** A place of the object as every method of it reaches it. */
export const asOwn = (place: Place): Place => (isOfInstance(place.root) ? { ...place, root: { kind: 'self' } } : place);
