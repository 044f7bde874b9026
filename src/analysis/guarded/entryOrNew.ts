/** `locks.get(key) ?? new Mutex()`: an entry, or a new one that nobody keeps. */
import type { Call, FunctionFacts, Step, ValueId } from '../../model/facts.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import { FunctionIndex } from '../handmade/handMadeIndex.ts';
import type { Frame, Ref } from '../refs.ts';

/** The container whose entry the new one stands in for; undefined when somebody may put the new one in. */
export function containerOf(
  evaluate: Evaluator,
  index: FunctionIndex,
  frame: Frame,
  made: Call,
): (Ref & { kind: 'made' }) | undefined {
  const isNew = (id: ValueId): boolean => index.resultOf(id) === made;
  const lookups = index.fn.values.flatMap(value =>
    value.kind === 'choice' && value.values.some(isNew) ? value.values.filter(part => !isNew(part)) : [],
  );
  const refs = lookups.flatMap(part => evaluate.evaluate(frame, part));
  const entry = refs.length === 1 ? refs[0] : undefined;
  if (entry?.kind !== 'element' || isKept(evaluate, index, made, 3)) return undefined;
  const found = [entry.base, ...evaluate.resolve(entry.base)].find(ref => ref.kind === 'made');
  return found?.kind === 'made' ? found : undefined;
}

/** The result of a call is stored, given to code that may store it, or returned to a caller that does. */
function isKept(evaluate: Evaluator, index: FunctionIndex, from: Step, depth: number): boolean {
  const { fn } = index;
  const has = (id: ValueId | undefined): boolean => index.alternatives(id).some(one => index.resultOf(one) === from);
  return index.list.some(({ step }) => {
    if (step.kind === 'access') return step.mode !== 'read' && has(step.value);
    if (step.kind === 'exit') return step.how === 'return' && has(step.value) && callersKeep(evaluate, fn, depth);
    if (step.kind === 'spawn') return step.args.some(has);
    if (step.kind !== 'call' || !step.args.some(has)) return step.kind === 'yield' && has(step.value);
    const targets = evaluate.graph.targets(fn.id, step.id);
    return targets.length === 0 || !targets.every(id => evaluate.program.functions.get(id)?.synthetic);
  });
}

function callersKeep(evaluate: Evaluator, fn: FunctionFacts, depth: number): boolean {
  const callers = evaluate.graph.callers(fn.id);
  if (depth === 0 || callers.length === 0 || evaluate.graph.escapes(fn.id)) return true;
  return callers.some(({ caller, step }) => {
    const facts = evaluate.program.functions.get(caller);
    const index = facts && !facts.synthetic ? new FunctionIndex(facts) : undefined;
    const call = index?.at(step)?.step;
    return !index || !call || caller.endsWith('#') || isKept(evaluate, index, call, depth - 1);
  });
}
