/** Calls of a member by the type that they are written with, whichever classes the call graph has for it. */
import type { Call, FunctionFacts, FunctionId, StepId, TypeId } from '../../model/facts.ts';
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
        const key = step.kind === 'call' ? memberOf(program.functions.get(caller), step) : null;
        if (key === null) continue;
        const list = found.get(key);
        if (list) list.push({ caller, step: step.id });
        else found.set(key, [{ caller, step: step.id }]);
      }
    }
    return (type, name) => found.get(`${type} ${name}`) ?? [];
  },
);

/** Of a method, or of a field that a function is in (`connection.check?.()`). */
function memberOf(fn: FunctionFacts | undefined, { target }: Call): string | null {
  if (target.kind === 'method') return `${target.type} ${target.name}`;
  const called = target.kind === 'value' ? fn?.values[target.of] : undefined;
  const last = called?.kind === 'read' ? called.place.path.at(-1) : undefined;
  return last && 'field' in last && last.of !== undefined ? `${last.of} ${last.field}` : null;
}
