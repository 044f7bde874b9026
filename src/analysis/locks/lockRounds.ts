/** Loops: what an earlier round took belongs to another element than what this round asks for. */
import type { Evaluator } from '../flow/evaluator.ts';
import type { Held } from './lockPairs.ts';
import type { Lock } from './locks.ts';
import type { Ref } from '../refs.ts';

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

function otherElement(evaluator: Evaluator, ref: Ref): Ref {
  const { refs } = evaluator;
  switch (ref.kind) {
    case 'element':
      return ref.of === null ? refs.make({ kind: 'element', base: ref.base, of: null, other: true }) : ref;
    case 'field':
      return refs.make({
        kind: 'field',
        base: otherElement(evaluator, ref.base),
        name: ref.name,
        of: ref.of,
        type: ref.type,
      });
    case 'template':
      return refs.make({
        kind: 'template',
        parts: ref.parts.map(part => (typeof part === 'string' ? part : otherElement(evaluator, part))),
      });
    case 'opaque':
      return refs.make({ kind: 'opaque', frame: ref.frame, what: `${ref.what}'`, type: ref.type });
    case 'made':
      return ref.frame.self?.length === 1 && ref.frame.self[0] ? otherOwner(evaluator, ref, ref.frame.self[0]) : ref;
    default:
      return ref;
  }
}

function otherOwner(evaluator: Evaluator, ref: Ref & { kind: 'made' }, owner: Ref): Ref {
  const other = otherElement(evaluator, owner);
  if (other === owner) return ref;
  const frame = evaluator.frame(ref.frame.fn, [other], ref.frame.parameters, ref.frame.parent);
  return evaluator.refs.make({ kind: 'made', frame, at: ref.at, type: ref.type, site: ref.site });
}
