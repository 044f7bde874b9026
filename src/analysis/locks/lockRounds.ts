/** Loops: what an earlier round took belongs to another element than what this round asks for. */
import type { Evaluator } from '../flow/evaluator.ts';
import type { Held } from './lockPairs.ts';
import type { Lock, LockTable } from './locks.ts';
import type { Ref, Refs } from '../refs.ts';

/** A lock taken in an earlier round: that of another element. */
export function fromEarlierRound(evaluator: Evaluator, held: Held): Held {
  const { lock } = held;
  const older = (ref: Ref | string | null): Ref | string | null =>
    typeof ref === 'string' || ref === null ? ref : otherElement(evaluator, ref);
  const ref = otherElement(evaluator, lock.ref);
  const owner = lock.owner && otherElement(evaluator, lock.owner);
  const entry = older(lock.entry);
  if (ref === lock.ref && owner === lock.owner && entry === lock.entry) return held;
  return { ...held, token: `${held.token}'`, lock: { ...lock, ref, owner, entry, key: `${lock.key}'` } };
}

/** It was taken in an earlier round of a loop, for another element than this round's. */
export const isOfEarlierRound = ({ ref, owner, entry }: Lock): boolean =>
  [ref, owner, entry].some(one => one !== null && typeof one !== 'string' && isOfOther(one));

function isOfOther(ref: Ref): boolean {
  if (ref.kind === 'element') return ref.other || isOfOther(ref.base);
  if (ref.kind === 'template') return ref.parts.some(part => typeof part !== 'string' && isOfOther(part));
  return ref.kind === 'field' && isOfOther(ref.base);
}

/** The lists that are written out and gone through just now, with the element that the round has (from 0), of how many. */
export type Rounds = ReadonlyMap<Ref, { readonly at: number; readonly count: number }>;

/** What an acquisition of these rounds is called by: the more rounds are still to come, the older it will be (`isOlder`). */
export function tokenIn(token: string, rounds: Rounds): string {
  let left = 0;
  for (const { at, count } of rounds.values()) left += count - 1 - at;
  return token + "'".repeat(left);
}

/** Longer lists are taken as one element that stands for all. */
const WRITTEN = 4;

/** What a loop goes through, where that is one list of a few values that are written out: `for (const one of [a, b])`. */
export function writtenList(evaluator: Evaluator, over: Refs): { list: Ref; count: number } | null {
  const [list, ...others] = over;
  if (list?.kind !== 'made' || others.length > 0) return null;
  const value = 'value' in list.at ? list.frame.fn.values[list.at.value] : undefined;
  if (value?.kind !== 'array' || value.spreads.length > 0) return null;
  const count = value.values.length;
  if (count < 2 || count > WRITTEN) return null;
  const isOne = value.values.every(part => evaluator.evaluate(list.frame, part).length === 1);
  return isOne ? { list, count } : null;
}

/** The lock as it is in these rounds: of the element that each has. */
export function inRounds(evaluator: Evaluator, locks: LockTable, lock: Lock, rounds: Rounds): Lock {
  const exact = (ref: Ref): Ref =>
    mapElements(evaluator, ref, element => {
      const round = element.of === null && !element.other ? rounds.get(element.base) : undefined;
      const [only] = round === undefined ? [] : evaluator.element(element.base, String(round.at));
      return only ?? element;
    });
  const { asked } = lock;
  const ref = exact(asked.ref);
  const entry = typeof asked.entry === 'string' || asked.entry === null ? asked.entry : exact(asked.entry);
  return (ref === asked.ref && entry === asked.entry ? null : locks.lockOf({ ...asked, ref, entry })) ?? lock;
}

function otherElement(evaluator: Evaluator, ref: Ref): Ref {
  const { refs } = evaluator;
  if (ref.kind === 'opaque')
    return refs.make({ kind: 'opaque', frame: ref.frame, what: `${ref.what}'`, type: ref.type });
  return mapElements(evaluator, ref, element =>
    element.of === null ? refs.make({ kind: 'element', base: element.base, of: null, other: true }) : element,
  );
}

/** A reference with the elements that it is reached through, or made of, replaced. */
function mapElements(evaluator: Evaluator, ref: Ref, replace: (element: Ref & { kind: 'element' }) => Ref): Ref {
  const { refs } = evaluator;
  const inner = (part: Ref): Ref => mapElements(evaluator, part, replace);
  switch (ref.kind) {
    case 'element': {
      const replaced = replace(ref);
      if (replaced !== ref || ref.of === null || typeof ref.of === 'string') return replaced;
      const of = inner(ref.of);
      return of === ref.of ? ref : refs.make({ kind: 'element', base: ref.base, of, other: ref.other });
    }
    case 'field': {
      const base = inner(ref.base);
      return base === ref.base ? ref : refs.make({ kind: 'field', base, name: ref.name, of: ref.of, type: ref.type });
    }
    case 'template':
      return refs.make({
        kind: 'template',
        parts: ref.parts.map(part => (typeof part === 'string' ? part : inner(part))),
      });
    case 'made':
      return ref.frame.self?.length === 1 && ref.frame.self[0]
        ? ofOwner(evaluator, ref, inner(ref.frame.self[0]))
        : ref;
    default:
      return ref;
  }
}

function ofOwner(evaluator: Evaluator, ref: Ref & { kind: 'made' }, owner: Ref): Ref {
  if (ref.frame.self?.[0] === owner) return ref;
  const frame = evaluator.frame(ref.frame.fn, [owner], ref.frame.parameters, ref.frame.parent);
  return evaluator.refs.make({ kind: 'made', frame, at: ref.at, type: ref.type, site: ref.site });
}
