/**
 * What orders two locks (ALGORITHMS 2.5): sorted arrays, `a.id < b.id ? [a, b] : [b, a]`, an early exit or swap on
 * `a.id > b.id`. The order counts only over keys that are never reassigned.
 */
import type { TypeId } from '../../model/facts.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import type { Lock } from './locks.ts';
import { listGoneThrough } from './restRecursion.ts';
import { isKeptField } from './stableKeys.ts';
import { LATER, madeList, type Ref, typeOf } from '../refs.ts';

/**
 * `before`: `left < right` (or `<=`: an order all the same) is known to hold; `differs`: `left !== right`; `empty`: the
 * task-local store `left` holds nothing; the lock `left` is free, as long as the turn lasts.
 */
export interface OrderFact {
  kind: 'before' | 'differs' | 'empty' | 'free';
  left: Ref;
  right: Ref;
}

/** The name of an order in which `held` comes before `asked`; null when nothing says so. */
export function orderOf(evaluator: Evaluator, held: Lock, asked: Lock, facts: readonly OrderFact[]): string | null {
  if (held.site !== asked.site) return null;
  for (const [before, after] of allSubjects(held, asked)) {
    const found =
      upwards(before, after) ??
      sorted(evaluator, before, after, ownerType(held, before)) ??
      nextSorted(evaluator, before, after, ownerType(held, before)) ??
      picked(evaluator, before, after) ??
      compared(evaluator, before, after, facts);
    if (found !== null) return found;
  }
  return null;
}

/** Whether a test has excluded that the two are one lock; of a list that is gone through, nothing says that it names one twice. */
export function areApart(evaluator: Evaluator, held: Lock, asked: Lock, facts: readonly OrderFact[]): boolean {
  return allSubjects(held, asked).some(([a, b]) => isApart(evaluator, a, b, facts));
}

function isApart(evaluator: Evaluator, a: Ref, b: Ref, facts: readonly OrderFact[]): boolean {
  if (listGoneThrough(evaluator, a, b) || areDifferentEntries(evaluator, a, b)) return true;
  const members = (ref: Ref): Ref[] =>
    ref.kind === 'pick' ? [ref.yes, ref.no] : ref.kind === 'element' && ref.base.kind === 'ordered' ? [] : [ref];
  // A pair sorted or picked from two is apart when the two are.
  if (isPicked(a) && isPicked(b)) return facts.some(fact => fact.kind === 'differs');
  return facts.some(({ kind, left, right }) => {
    if (kind !== 'differs') return false;
    const [x, y] = [keyPath(left, a), keyPath(right, b)];
    const [u, v] = [keyPath(left, b), keyPath(right, a)];
    return (
      (x !== null && x === y) || (u !== null && u === v) || (members(a).includes(left) && members(b).includes(right))
    );
  });
}

/** Two elements of what a set was spread into, or of a list behind those that are told apart. */
function areDifferentEntries(evaluator: Evaluator, a: Ref, b: Ref): boolean {
  if (a.kind !== 'element' || b.kind !== 'element' || a.base !== b.base) return false;
  if (a === b) return a.of === LATER;
  const list = madeList(a.base);
  const array = list && 'value' in list.at ? list.frame.fn.values[list.at.value] : undefined;
  const [spread] =
    array?.kind === 'array' && array.spreads.length === 1 && array.values.length === 1 ? array.values : [];
  if (!list || spread === undefined || typeof a.of !== 'string' || typeof b.of !== 'string') return false;
  return evaluator.evaluate(list.frame, spread).every(source => typeOf(source) === 'lib#Set');
}

const isPicked = (ref: Ref): boolean => ref.kind === 'pick' || (ref.kind === 'element' && ref.base.kind === 'ordered');

/** What tells the two apart: of entries of one name in two parts of one family, which parts those are. */
function subjects(held: Lock, asked: Lock): [Ref | null, Ref | null] {
  const [before, after] = [held.ref, asked.ref];
  const isOneName = held.entry !== null && held.entry === asked.entry && before !== after;
  return (isOneName ? keysInOne(before, after) : null) ?? [subject(held), subject(asked)];
}

/** What tells the two apart; of locks that are a part of what a map keeps (`locks.get(key).mutex`), the keys do so, too. */
function allSubjects(held: Lock, asked: Lock): [Ref, Ref][] {
  const keys = held.entry === null && asked.entry === null ? keysInOne(held.owner, asked.owner) : null;
  return [subjects(held, asked), ...(keys ? [keys] : [])].flatMap(([before, after]): [Ref, Ref][] =>
    before && after ? [[before, after]] : [],
  );
}

/** The keys under which one container keeps two things. */
function keysInOne(a: Ref | null, b: Ref | null): [Ref | null, Ref | null] | null {
  if (a?.kind !== 'element' || b?.kind !== 'element' || a.base !== b.base || a === b) return null;
  return typeof a.of === 'object' && typeof b.of === 'object' ? [a.of, b.of] : null;
}

/** What tells two locks of one class apart: the entry of a family, else the owner. */
function subject(lock: Lock): Ref | null {
  if (lock.entry !== null) return typeof lock.entry === 'string' ? null : lock.entry;
  return lock.owner ?? lock.ref;
}

/** `node` then `node.parent`: one direction of a hierarchy, as long as every path follows the same field. */
function upwards(before: Ref, after: Ref): string | null {
  if (after.kind !== 'field') return null;
  for (let at: Ref = after; at.kind === 'field' && at.name === after.name; at = at.base)
    if (at.base === before) return `along ${after.name}`;
  return null;
}

/** The type of what is ordered: an entry says it itself, an owner also by the field that holds its lock. */
function ownerType({ ref }: Lock, subject: Ref): TypeId | null {
  const known = typeOf(subject);
  if (known !== null) return known;
  if (ref.kind === 'field') return ref.base === subject ? ref.of : null;
  return ref.kind === 'made' && ref.frame.self?.includes(subject) === true ? ref.frame.fn.owner : null;
}

function sorted(evaluator: Evaluator, before: Ref, after: Ref, type: TypeId | null): string | null {
  if (before.kind !== 'element' || after.kind !== 'element' || !isSameList(evaluator, before.base, after.base))
    return null;
  const list = before.base;
  if (list.kind !== 'ordered') return null;
  const ascending = (before.other && !after.other) || Number(before.of) < Number(after.of) || after.of === LATER;
  if (!ascending || (before.of === null && !before.other)) return null;
  return orderOfList(evaluator, list, type);
}

/** The next of a sorted list, taken by the function that calls itself with the rest. */
function nextSorted(evaluator: Evaluator, before: Ref, after: Ref, type: TypeId | null): string | null {
  const list = listGoneThrough(evaluator, before, after);
  return list?.kind === 'ordered' ? orderOfList(evaluator, list, type) : null;
}

function orderOfList(
  evaluator: Evaluator,
  { by, falling, primitive }: Ref & { kind: 'ordered' },
  type: TypeId | null,
): string | null {
  if (by === null || (by.length === 0 && !primitive)) return null;
  let of = type;
  for (const field of by.slice(0, -1)) of = of === null ? null : fieldType(evaluator, of, field);
  return label(evaluator, of, by.join('.'), falling ? 'down' : 'up');
}

function fieldType({ program, types }: Evaluator, of: TypeId, field: string): TypeId | null {
  const declaring = types.declaring(of, field);
  return (declaring === undefined ? undefined : program.types.get(declaring)?.fields[field]?.type) ?? null;
}

/** One list, or two sorted alike of the same two elements (`Math.min(a, b)` and `Math.max(a, b)`). */
function isSameList(evaluator: Evaluator, a: Ref, b: Ref): boolean {
  if (a === b) return true;
  if (a.kind !== 'ordered' || b.kind !== 'ordered' || a.primitive !== b.primitive) return false;
  if (a.falling !== b.falling || a.by?.join() !== b.by?.join()) return false;
  return ['0', '1'].every(index => {
    const [x, y] = [evaluator.element(a.of, index), evaluator.element(b.of, index)];
    return x.length === 1 && y.length === 1 && x[0] === y[0];
  });
}

function picked(evaluator: Evaluator, before: Ref, after: Ref): string | null {
  if (before.kind !== 'pick' || after.kind !== 'pick' || before.left !== after.left || before.right !== after.right)
    return null;
  if (before.yes !== after.no || before.no !== after.yes) return null;
  const rising = keyPath(before.left, before.yes);
  if (rising !== null && rising === keyPath(before.right, before.no))
    return label(evaluator, holderType(before.left), rising, 'up');
  const falling = keyPath(before.left, before.no);
  if (falling !== null && falling === keyPath(before.right, before.yes))
    return label(evaluator, holderType(before.left), falling, 'down');
  return null;
}

function compared(evaluator: Evaluator, before: Ref, after: Ref, facts: readonly OrderFact[]): string | null {
  for (const { kind, left, right } of facts) {
    if (kind !== 'before') continue;
    const rising = keyPath(left, before);
    if (rising !== null && rising === keyPath(right, after)) return label(evaluator, holderType(left), rising, 'up');
    const falling = keyPath(left, after);
    if (falling !== null && falling === keyPath(right, before))
      return label(evaluator, holderType(left), falling, 'down');
  }
  return null;
}

/** The fields that lead from an object to its key, '' when the key is the object itself; null when it is another's. */
function keyPath(key: Ref, object: Ref): string | null {
  if (key === object) return '';
  if (key.kind !== 'field') return null;
  const inner = keyPath(key.base, object);
  return inner === null ? null : inner === '' ? key.name : `${inner}.${key.name}`;
}

/** The type of the object that the last field of a key is read from. */
const holderType = (key: Ref): TypeId | null => (key.kind === 'field' ? (key.of ?? typeOf(key.base)) : null);

/** `holder`: the type that has the last field of the path. */
function label(evaluator: Evaluator, holder: TypeId | null, path: string, direction: 'up' | 'down'): string | null {
  const last = path.split('.').pop() ?? '';
  if (path !== '' && !isKeptField(evaluator, holder, last)) return null;
  return `${direction} ${path === '' ? 'by itself' : path}`;
}
