/** Locks of which the program has one: made at load time, or fields of a class that is made once. */
import type { TypeId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { hierarchy } from '../hierarchy.ts';
import type { Lock } from './locks.ts';
import { type Ref, typeOf } from '../refs.ts';

/**
 * Tells whether two references to locks of this class always mean one lock: everything on the way to it is made at most
 * once (a class without a `new` in the project is made by a container, once).
 */
export const singleLock = defineAnalysis<(lock: Lock) => boolean>('single-locks', (get, program) => {
  const types = get(hierarchy);
  const made = new Map<TypeId, { fn: string; repeated: boolean }[]>();
  for (const [id] of program.functions) {
    for (const step of program.steps(id).values()) {
      if (step.kind !== 'call' || step.newOf === undefined) continue;
      const list = made.get(step.newOf) ?? [];
      list.push({ fn: id, repeated: program.repeatedSteps(id).has(step.id) });
      made.set(step.newOf, list);
    }
  }
  const isMadeOnce = (type: TypeId, depth: number): boolean => {
    const places = [type, ...types.descendants(type)].flatMap(one => made.get(one) ?? []);
    if (program.types.get(type)?.scope === 'per-request') return false;
    const [only] = places;
    if (places.length > 1 || only?.repeated || depth > 4) return false;
    if (!only) return true;
    return runsOnce(only.fn, depth);
  };
  const runsOnce = (id: string, depth: number): boolean => {
    const fn = program.functions.get(id);
    if (!fn) return false;
    if (id.endsWith('#')) return true;
    return fn.owner !== null && types.isConstructor(id) && isMadeOnce(fn.owner, depth + 1);
  };
  return ({ ref, owner }) => {
    if (ref.kind === 'made' && ref.frame.fn.id.endsWith('#')) return true;
    if (owner !== null && isHandedIn(owner)) return false;
    const type = owner === null ? null : typeOf(owner);
    return type !== null && program.types.get(type)?.kind === 'class' && isMadeOnce(type, 0);
  };
});

/** Given by a caller: two of them may be two objects, whatever the program makes itself. */
const isHandedIn = (ref: Ref): boolean =>
  ref.kind === 'field' || ref.kind === 'element' ? isHandedIn(ref.base) : ref.kind !== 'self' && ref.kind !== 'made';
