/**
 * Promises made by hand that the function that makes them rejects (`const d = deferred(); … d.reject(error)`), or gives
 * somebody to reject (`const { promise, reject } = Promise.withResolvers(); … socket.on('error', reject)`): they reject
 * at those steps or later, and nowhere before.
 */
import type { FunctionId, Step, StepId, ValueId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { functionUses, type FunctionUses, isLeftThere, type Key, keyName, type Use } from './consumptionIndex.ts';
import { deferredFields } from './deferredFields.ts';

/** The steps from which on the promise of a value may reject; null: it is not made by hand here, or that is not known. */
export const rejectedHere = defineAnalysis<(fn: FunctionId, value: ValueId) => readonly StepId[] | null>(
  'rejected-here',
  (get, program) => {
    const uses = get(functionUses);
    const deferred = get(deferredFields);
    return (id, value) => {
      const fn = program.functions.get(id);
      if (!fn) return null;
      const made = fn.values[value];
      const step = made?.kind === 'result' ? program.steps(id).get(made.of) : undefined;
      if (step?.kind === 'call' && step.newOf === 'lib#Promise') {
        const found = rejecting(uses(id), value);
        return found && found.length > 0 ? found : null;
      }
      return deferred.isMadeByHand(fn, value) ? rejecting(uses(id), value) : null;
    };
  },
);

function rejecting(uses: FunctionUses, made: ValueId): StepId[] | null {
  const found: StepId[] = [];
  const seen = new Set([made]);
  for (const value of seen) {
    for (const use of uses.of(value)) {
      if (use.as === 'alias') seen.add(use.value);
      else if (use.as === 'part') {
        const steps = isReject(use.keys) ? callsOf(uses, use.value) : [];
        if (!steps) return null;
        found.push(...steps);
      } else if (use.as === 'step') {
        if (isHandedOn(use)) return null;
        if (use.role === 'receiver' && callsReject(use.step)) found.push(use.step.id);
      } else if (use.as === 'held' && !isLeftThere(uses, use)) return null;
      else if (use.as === 'slot' || use.as === 'spread') return null;
    }
  }
  return found;
}

const isReject = ([key]: readonly Key[]): boolean => key === null || keyName(key) === 'reject';

/** Awaiting, returning or reacting to it leaves it as it is. */
const isHandedOn = ({ role }: Use & { as: 'step' }): boolean =>
  role === 'argument' || role === 'store' || role === 'yield' || role === 'throw' || role === 'other';

const callsReject = (step: Step): boolean =>
  step.kind === 'call' && step.target.kind === 'method' && step.target.name === 'reject';

/** The steps that call or hand on a member that was read; null: something else is done with it. */
function callsOf(uses: FunctionUses, member: ValueId): StepId[] | null {
  const found: StepId[] = [];
  for (const use of uses.of(member)) {
    if (use.as === 'held' && isLeftThere(uses, use)) continue;
    if (use.as !== 'step') return null;
    found.push(use.step.id);
  }
  return found;
}
