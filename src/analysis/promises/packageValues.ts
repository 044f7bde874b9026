/** Functions that came out of a package: what a hook or a factory gave, and members of that. */
import type { Call, FunctionFacts, ValueId } from '../../model/facts.ts';
import { type Program, variableAt } from '../program.ts';
import { valuesBehind } from '../valueParts.ts';

const HOPS = 8;

/**
 * The call of an external function whose result, or a member of it, the value is: `createApi()`, of
 * `const { refetch } = api.posts.useQuery()`; null for anything else.
 */
export function packageMaker(program: Program, fn: FunctionFacts, value: ValueId, hops = HOPS): Call | null {
  const [only, ...others] = valuesBehind(fn, value);
  const facts = only === undefined || others.length > 0 ? undefined : fn.values[only];
  if (!facts || hops === 0) return null;
  const behind = (one: ValueId): Call | null => packageMaker(program, fn, one, hops - 1);
  switch (facts.kind) {
    case 'settled':
    case 'element':
      return behind(facts.of);
    case 'result': {
      const step = program.steps(fn.id).get(facts.of);
      if (step?.kind !== 'call') return null;
      if (step.target.kind === 'external') return step;
      return step.target.kind === 'value' ? behind(step.target.of) : null;
    }
    case 'read': {
      const { root } = facts.place;
      if (root.kind === 'value') return behind(root.of);
      const variable = variableAt(program, root);
      const held = variable && !variable.slot.assignedAgain ? variable.slot.value : null;
      return variable && held !== null ? packageMaker(program, variable.owner, held, hops - 1) : null;
    }
    default:
      return null;
  }
}
