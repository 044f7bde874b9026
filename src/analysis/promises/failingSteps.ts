/** How single steps fail, as far as their form tells. */
import type { Block, Call, FunctionFacts, Step } from '../../model/facts.ts';

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

/** What a person is told of a step that fails. */
export function causeText(step: Step): string {
  switch (step.kind) {
    case 'exit':
      return step.how === 'throw' ? 'throws here' : 'returns a promise that may reject here';
    case 'await':
      return 'awaits something that may reject here';
    case 'loop':
      return 'iterates over something that may reject here';
    case 'call':
      return 'calls something that may throw here';
    default:
      return 'may fail here';
  }
}
