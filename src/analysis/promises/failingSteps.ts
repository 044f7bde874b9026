/** How single steps fail, as far as their form tells. */
import type { Block, Call, FunctionFacts, ValueId } from '../../model/facts.ts';
import { type Program, walkSteps } from '../program.ts';

/** All that it does is to throw, whatever it is given: it has nothing to do before but to make the error. */
export function onlyThrows(block: Block): boolean {
  const last = block.at(-1);
  const isThrow = last?.kind === 'exit' && last.how === 'throw';
  return isThrow && block.every(step => step === last || step.kind === 'access' || step.kind === 'call');
}

/** An emitter calls a listener: what a listener throws is the listener's fault, not that of whoever told the news. */
export function isListenerCall(fn: FunctionFacts, step: Call): boolean {
  const called = step.target.kind === 'value' ? fn.values[step.target.of] : undefined;
  const listeners = called?.kind === 'element' ? fn.values[called.of] : undefined;
  const last = listeners?.kind === 'read' ? listeners.place.path.at(-1) : undefined;
  return last !== undefined && 'field' in last && last.field.startsWith('on:');
}

/**
 * A handler that hands on the error, or a text: `toast.error('Not saved')`, `report(error)`; not `setBusy(false)`, nor what
 * only the console shows, as it does with an unhandled rejection.
 */
export function tells(program: Program, fn: FunctionFacts, handler: Block, error: ValueId | undefined): boolean {
  let found = false;
  walkSteps(handler, step => {
    found ||=
      step.kind === 'call' &&
      step.newOf === undefined &&
      !(step.target.kind === 'external' && step.target.name.startsWith('lib#Console.')) &&
      step.args.some(arg => says(program, fn, arg, error, new Set()));
  });
  return found;
}

/** A text, or something of the error, is a part of it. */
function says(
  program: Program,
  fn: FunctionFacts,
  value: ValueId,
  error: ValueId | undefined,
  seen: Set<ValueId>,
): boolean {
  if (value === error) return true;
  const facts = seen.has(value) ? undefined : fn.values[value];
  seen.add(value);
  const part = (one: ValueId): boolean => says(program, fn, one, error, seen);
  switch (facts?.kind) {
    case 'constant':
      return facts.text.startsWith('"');
    case 'template':
      return true;
    case 'object':
      return Object.values(facts.fields).some(part);
    case 'from':
    case 'array':
    case 'choice':
      return facts.values.some(part);
    case 'read':
      return facts.place.root.kind === 'value' && part(facts.place.root.of);
    case 'result': {
      // `t('not.saved')`
      const made = program.steps(fn.id).get(facts.of);
      return made?.kind === 'call' && made.args.some(part);
    }
    default:
      return false;
  }
}

/** What unknown code gives, and no type says that it is a promise. */
export function isMadeElsewhere(program: Program, fn: FunctionFacts, value: ValueId): boolean {
  const facts = fn.values[value];
  const step = facts?.kind === 'result' ? program.steps(fn.id).get(facts.of) : undefined;
  return (
    step?.kind === 'call' &&
    step.target.kind === 'external' &&
    step.known === undefined &&
    (step.gives === undefined || step.gives === 'unknown')
  );
}
