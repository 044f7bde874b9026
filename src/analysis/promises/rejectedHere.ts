/**
 * Promises made by hand that only the function that makes them rejects (`const d = deferred(); … d.reject(error)`): they
 * reject at those calls and nowhere before.
 */
import type { FunctionId, Step, StepId, ValueId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { functionUses, type FunctionUses, type Use } from './consumptionIndex.ts';
import { deferredFields } from './deferredFields.ts';

/** The steps that reject the promise of a value; null: it is not made by hand here, or somebody else may reject it. */
export const rejectedHere = defineAnalysis<(fn: FunctionId, value: ValueId) => readonly StepId[] | null>(
  'rejected-here',
  (get, program) => {
    const uses = get(functionUses);
    const deferred = get(deferredFields);
    return (id, value) => {
      const fn = program.functions.get(id);
      return fn && deferred.isMadeByHand(fn, value) ? rejecting(uses(id), value) : null;
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
      } else if (use.as !== 'combined' && use.as !== 'computed') return null;
    }
  }
  return found;
}

const isReject = ([key]: readonly (string | null)[]): boolean => key === null || key?.replace(/^\./, '') === 'reject';

/** Awaiting, returning or reacting to it leaves it as it is. */
const isHandedOn = ({ role }: Use & { as: 'step' }): boolean =>
  role === 'argument' || role === 'store' || role === 'yield' || role === 'throw' || role === 'other';

const callsReject = (step: Step): boolean =>
  step.kind === 'call' && step.target.kind === 'method' && step.target.name === 'reject';

/** The calls of a member that was read; null: something else is done with it. */
function callsOf(uses: FunctionUses, member: ValueId): StepId[] | null {
  const found: StepId[] = [];
  for (const use of uses.of(member)) {
    if (use.as !== 'step' || use.role !== 'callee') return null;
    found.push(use.step.id);
  }
  return found;
}
