/**
 * `if (result instanceof Promise) return result.catch(tell); return result;`: a value that is asked what it is, handled
 * where it is a promise, and a plain value everywhere else.
 */
import type { Block, Condition, FunctionFacts, ValueId } from '../../model/facts.ts';
import type { Program } from '../program.ts';
import { innerBlocks } from '../steps.ts';

/** Whether the value is a promise only where an arm of its own handles its failures. */
export const isHandledAsPromise = (program: Program, fn: FunctionFacts, value: ValueId): boolean =>
  fn.values[value]?.kind === 'result' && isHandledIn(program, fn, fn.body, value);

function isHandledIn(program: Program, fn: FunctionFacts, block: Block, value: ValueId): boolean {
  return block.some(
    step =>
      (step.kind === 'branch' &&
        asks(program, fn, step.condition, value) &&
        step.arms.some(({ when, body }) => when === 'true' && handles(body, value))) ||
      innerBlocks(step).some(inner => isHandledIn(program, fn, inner, value)),
  );
}

const handles = (block: Block, value: ValueId): boolean =>
  block.some(step => step.kind === 'chain' && step.of === value && step.onRejected !== undefined);

/** Its class or a member is asked for (`instanceof`, `in`), or it is given to a test (`isPromise(result)`). */
function asks(program: Program, fn: FunctionFacts, condition: Condition, value: ValueId): boolean {
  switch (condition.kind) {
    case 'other':
      return condition.reads.includes(value);
    case 'truthy': {
      const tested = fn.values[condition.value];
      const step = tested?.kind === 'result' ? program.steps(fn.id).get(tested.of) : undefined;
      return step?.kind === 'call' && step.args.includes(value);
    }
    case 'and': {
      const rest = condition.of.filter(one => one.kind !== 'truthy' || one.value !== value);
      return rest.length > 0 && rest.every(one => asks(program, fn, one, value));
    }
    default:
      return false;
  }
}
