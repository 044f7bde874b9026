/**
 * Keys that come one by one out of a list of constants: `for (const name of ['read', 'stat']) api[name] = …`, and the
 * same with a callback of the list. What is written under them is written under no other.
 */
import type { FunctionFacts, Root, ValueId } from '../../model/facts.ts';
import { type Program, variableAt } from '../program.ts';

/** The keys that a value stands for, where all are known; undefined: it may be any other. */
export function listedKeys(program: Program, fn: FunctionFacts, value: ValueId): readonly string[] | undefined {
  const facts = fn.values[value];
  if (facts?.kind === 'element') return facts.key === null ? constantsIn(program, fn, facts.of, DEPTH) : undefined;
  if (facts?.kind !== 'read' || facts.place.path.length > 0) return undefined;
  return givenTo(program, fn, facts.place.root);
}

const DEPTH = 6;

/** What the function around a callback gives to its parameter, when that calls it and does nothing else with it. */
function givenTo(program: Program, fn: FunctionFacts, root: Root): readonly string[] | undefined {
  const callback = root.kind === 'captured' ? program.functions.get(root.from) : fn;
  const index =
    root.kind === 'parameter'
      ? root.index
      : root.kind === 'captured'
        ? (callback?.parameters.findIndex(one => one.name === root.slot) ?? -1)
        : -1;
  const around = callback?.parent == null ? undefined : program.functions.get(callback.parent);
  if (!callback || !around || index < 0) return undefined;
  const own = new Set(
    around.values.flatMap((one, id) => (one.kind === 'function' && one.id === callback.id ? [id] : [])),
  );
  const found: string[] = [];
  let calls = 0;
  for (const step of program.steps(around.id).values()) {
    if (step.kind !== 'call' || step.target.kind !== 'value' || !own.has(step.target.of)) continue;
    const given = step.args[index];
    const keys = given === undefined ? undefined : listedKeys(program, around, given);
    if (!keys) return undefined;
    calls += 1;
    found.push(...keys);
  }
  return calls > 0 && calls === own.size ? found : undefined;
}

/** All that is in a list: constants, in it or in what it is a copy or a selection of. */
function constantsIn(program: Program, fn: FunctionFacts, list: ValueId, depth: number): string[] | undefined {
  const facts = depth > 0 ? fn.values[list] : undefined;
  if (facts?.kind === 'array') {
    const found: string[] = [];
    for (const [at, part] of facts.values.entries()) {
      const keys = facts.spreads.includes(at) ? constantsIn(program, fn, part, depth - 1) : constant(fn, part);
      if (!keys) return undefined;
      found.push(...keys);
    }
    return found;
  }
  if (facts?.kind === 'from' && facts.how === 'copy' && facts.values.length === 1)
    return constantsIn(program, fn, facts.values[0] as ValueId, depth - 1);
  if (facts?.kind !== 'read' || facts.place.path.length > 0) return undefined;
  const { owner, slot } = variableAt(program, facts.place.root) ?? {};
  return owner && slot && !slot.assignedAgain && slot.value !== null
    ? constantsIn(program, owner, slot.value, depth - 1)
    : undefined;
}

function constant(fn: FunctionFacts, value: ValueId): string[] | undefined {
  const facts = fn.values[value];
  return facts?.kind === 'constant' && facts.text.startsWith('"') ? [JSON.parse(facts.text) as string] : undefined;
}
