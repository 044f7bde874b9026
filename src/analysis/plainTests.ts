/** Functions that do nothing but look at something and tell what they saw: `isBusy() { return this.busy; }`. */
import type { Call, Condition, FunctionFacts, ValueId } from '../model/facts.ts';
import { truthOfText } from './flow/givenTests.ts';
import { isOfInstance } from './valueParts.ts';

/** When such a function gives something truthy; null for any other function. */
export function toldBy(fn: FunctionFacts): Condition | null {
  const last = fn.body.at(-1);
  if (fn.calling !== 'value' || fn.parameters.length > 0) return null;
  if (last?.kind !== 'exit' || last.how !== 'return' || last.value === undefined) return null;
  const looks = fn.body.slice(0, -1).every(step => step.kind === 'access' && step.mode === 'read');
  return looks ? whenTrue(fn, last.value) : null;
}

function whenTrue(fn: FunctionFacts, value: ValueId): Condition {
  const facts = fn.values[value];
  const [yes, no] = facts?.kind === 'choice' ? facts.values.map(id => truthOf(fn, id)) : [];
  if (facts?.kind !== 'choice' || facts.when === null || yes === undefined || no === undefined || yes === no)
    return { kind: 'truthy', value };
  return yes ? facts.when : { kind: 'not', of: facts.when };
}

function truthOf(fn: FunctionFacts, value: ValueId): boolean | undefined {
  const facts = fn.values[value];
  return facts?.kind === 'constant' ? (truthOfText(facts.text) ?? undefined) : undefined;
}

/** The call is of a plain function, or of a method of the very object that the caller is a method of. */
export function isOfOwnObject(fn: FunctionFacts, call: Call): boolean {
  if (call.receiver === undefined) return true;
  const facts = fn.values[call.receiver];
  return facts?.kind === 'read' && facts.place.path.length === 0 && isOfInstance(facts.place.root);
}
