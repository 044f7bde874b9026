/** Calls of a member by the type that they are written with, whichever classes the call graph has for it. */
import type { FunctionId, StepId, TypeId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';

export interface MemberCall {
  caller: FunctionId;
  step: StepId;
}

export const memberCalls = defineAnalysis<(type: TypeId, name: string) => readonly MemberCall[]>(
  'member-calls',
  (_get, program) => {
    const found = new Map<string, MemberCall[]>();
    for (const caller of program.functions.keys()) {
      for (const step of program.steps(caller).values()) {
        if (step.kind !== 'call' || step.target.kind !== 'method') continue;
        const key = `${step.target.type} ${step.target.name}`;
        const list = found.get(key);
        if (list) list.push({ caller, step: step.id });
        else found.set(key, [{ caller, step: step.id }]);
      }
    }
    return (type, name) => found.get(`${type} ${name}`) ?? [];
  },
);
