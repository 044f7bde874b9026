/** Where in the structure of a body a step stands: blocks, handlers, loops and conditions around it. */
import type { Block, Condition, Loop, Step } from '../model/facts.ts';

export interface Around {
  /** In a `finally` block, or in the handler of an exception. */
  cleanup: 'finally' | 'catch' | null;
  loops: readonly Loop[];
  /** Conditions that hold there. */
  when: readonly { condition: Condition; holds: boolean }[];
}

const TOP: Around = { cleanup: null, loops: [], when: [] };

/** Calls `visit` for every step of a body with what is around it. */
export function walkPlaces(block: Block, visit: (step: Step, around: Around) => void, around: Around = TOP): void {
  for (const step of block) {
    visit(step, around);
    if (step.kind === 'branch') {
      for (const arm of step.arms) {
        const known = arm.when === 'true' || arm.when === 'false';
        const when = known ? [...around.when, { condition: step.condition, holds: arm.when === 'true' }] : around.when;
        walkPlaces(arm.body, visit, { ...around, when });
      }
    } else if (step.kind === 'loop') {
      walkPlaces(step.body, visit, { ...around, loops: [...around.loops, step] });
      walkPlaces(step.orElse, visit, around);
    } else if (step.kind === 'try') {
      walkPlaces(step.body, visit, around);
      for (const handler of step.handlers) walkPlaces(handler.body, visit, { ...around, cleanup: 'catch' });
      walkPlaces(step.orElse, visit, around);
      walkPlaces(step.finally, visit, { ...around, cleanup: 'finally' });
    }
  }
}
