/** Waits for what unknown functions give, whose form tells that they hardly fail. */
import type { Call, FunctionFacts, ValueId } from '../../model/facts.ts';
import { type Program, variableAt } from '../program.ts';
import { valuesBehind } from '../valueParts.ts';
import type { FunctionUses } from './consumptionIndex.ts';

/** Whether what a call of a function gives that nobody knows is a delay, or a promise that somebody here settles. */
export function hardlyFails(
  program: Program,
  uses: FunctionUses,
  fn: FunctionFacts,
  step: Call,
  value: ValueId,
): boolean {
  if (step.target.kind !== 'external' || step.known !== undefined || step.receiver !== undefined) return false;
  return isDelay(program, uses, fn, step, value) || isSettledElsewhere(uses, step, value);
}

/** `await wait(100)`: given nothing but a number, and nobody looks at what it gives. */
function isDelay(program: Program, uses: FunctionUses, fn: FunctionFacts, { args }: Call, value: ValueId): boolean {
  const [time] = args;
  if (time === undefined || args.length > 1 || !isNumber(program, fn, time)) return false;
  const all = uses.of(value);
  return (
    all.some(use => use.as === 'step' && use.role === 'await') &&
    all.every(use =>
      use.as === 'computed' ? uses.of(use.value).length === 0 : use.as === 'step' && use.role === 'await',
    )
  );
}

function isNumber(program: Program, fn: FunctionFacts, value: ValueId, hops = 3): boolean {
  const all = valuesBehind(fn, value);
  return (
    all.length > 0 &&
    all.every(one => {
      const facts = fn.values[one];
      if (facts?.kind === 'constant') return /^-?\d/.test(facts.text);
      if (facts?.kind !== 'read' || facts.place.path.length > 0 || hops === 0) return false;
      const variable = variableAt(program, facts.place.root);
      const held = variable && !variable.slot.assignedAgain ? variable.slot.value : null;
      return variable !== undefined && held !== null && isNumber(program, variable.owner, held, hops - 1);
    })
  );
}

/** `const turn = deferred(); waiting.push(turn); await turn`: made of nothing, and kept for whoever goes on with it. */
function isSettledElsewhere(uses: FunctionUses, { args }: Call, value: ValueId): boolean {
  const roles = uses.of(value).flatMap(use => (use.as === 'step' ? [use.role] : []));
  return args.length === 0 && roles.includes('store') && roles.includes('await');
}
