/** Objects whose methods let others have them. */
import type { FunctionFacts, TypeId, ValueId } from '../../model/facts.ts';
import type { Evaluator } from '../flow/evaluator.ts';

/** A method gives the object to others, keeps it, or leaves work behind that has it. */
export function handsItselfOut(evaluate: Evaluator, type: TypeId): boolean {
  const { program } = evaluate;
  const ids = evaluate.types.ancestors(type).flatMap(id => {
    const facts = program.types.get(id);
    return facts ? [...Object.values(facts.methods), ...(facts.construct ? [facts.construct] : [])] : [];
  });
  const isSelf = (fn: FunctionFacts, value: ValueId | undefined): boolean =>
    value !== undefined && evaluate.evaluate(evaluate.symbolicFrame(fn), value).some(ref => ref.kind === 'self');
  return ids.some(id => {
    const fn = program.functions.get(id);
    if (!fn) return false;
    return [...program.steps(id).values()].some(step => {
      if (step.kind === 'spawn' || step.kind === 'register') return true;
      if (step.kind === 'access') return step.mode !== 'read' && isSelf(fn, step.value);
      if (step.kind === 'exit') return step.how === 'return' && isSelf(fn, step.value);
      return step.kind === 'call' && step.args.some(arg => isSelf(fn, arg));
    });
  });
}
