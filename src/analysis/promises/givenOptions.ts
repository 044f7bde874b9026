/** Options and promises given to an outside operation that never rejects by itself, and with which it may. */
import type { Call, FunctionFacts, ValueId } from '../../model/facts.ts';
import { type Program, variableAt } from '../program.ts';

/** An operation that never rejects by itself rejects when it is aborted. */
export function givesSignal(fn: FunctionFacts, step: Call): boolean {
  const { signal } = step.known ?? {};
  const given = signal && step.args[signal.argument];
  const facts = given === undefined ? undefined : fn.values[given];
  if (!signal || !facts || facts.kind === 'constant') return false;
  return (
    facts.kind !== 'object' ||
    signal.option === undefined ||
    facts.spreads.length > 0 ||
    Object.hasOwn(facts.fields, signal.option)
  );
}

/** `{ throwOnError: true }`: an object written there, or held by a constant, has the option, and it is not false. */
export function isOptionGiven(program: Program, fn: FunctionFacts, value: ValueId, option: string): boolean {
  const facts = fn.values[value];
  if (facts?.kind === 'read' && facts.place.path.length === 0) {
    const held = variableAt(program, facts.place.root);
    if (!held || held.slot.assignedAgain || held.slot.value === null) return false;
    return held.slot.value !== value && isOptionGiven(program, held.owner, held.slot.value, option);
  }
  const given = facts?.kind === 'object' && Object.hasOwn(facts.fields, option) ? facts.fields[option] : undefined;
  const known = given === undefined ? undefined : fn.values[given];
  return known !== undefined && !(known.kind === 'constant' && (known.text === 'false' || known.text === 'undefined'));
}
