/** Waiting for something outside of the process with nothing that bounds it: no signal, no timeout, no race. */
import type { Await, Call, ValueId } from '../../model/facts.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import { makerOf } from '../program.ts';
import { type Frame, isNothing, type Ref } from '../refs.ts';

/** Reading a local file ends by itself. */
const ENDLESS = new Set(['network', 'database', 'process', 'user']);
/** Options that bound something else than the operation. */
const OTHER_BOUND = /connect|idle|acquire/i;

/** A call whose promise may stay open as long as the outside pleases. */
export function isEndlessCall(evaluator: Evaluator, frame: Frame, step: Call): boolean {
  const { known } = step;
  if (known?.outside === undefined || !ENDLESS.has(known.outside)) return false;
  if (known.leavesTurn !== true && step.gives !== 'promise' && step.gives !== 'lazy') return false;
  if (isDropped(evaluator, frame, step) || isRaced(frame, step)) return false;
  const given = step.args.flatMap(arg => [...evaluator.evaluate(frame, arg)]);
  if (given.some(ref => names(ref).some(isBound))) return false;
  if (
    step.receiver !== undefined &&
    evaluator.evaluate(frame, step.receiver).some(ref => isMadeBounded(evaluator, ref))
  )
    return false;
  if (known.signal === undefined) return true;
  const { argument, option } = known.signal;
  const value = step.args[argument];
  if (value === undefined) return true;
  return evaluator.evaluate(frame, value).every(ref => isKnownWithout(ref, option));
}

/** The operation that a library call is made of, done while a unit of the lock is taken: a query through a pool. */
export function isEndlessPart(evaluator: Evaluator, frame: Frame, step: Await): boolean {
  if (!frame.fn.synthetic || step.values.length > 0 || step.strength !== 'macro') return false;
  const units = [...evaluator.program.steps(frame.fn.id).values()].flatMap(one =>
    one.kind === 'acquire' && typeof one.lock === 'number' ? [...evaluator.evaluate(frame, one.lock)] : [],
  );
  return units.length > 0 && !units.some(ref => isMadeBounded(evaluator, ref));
}

/** An object literal without the option, or no object at all: anything else may bring a signal. */
function isKnownWithout(ref: Ref, option: string | undefined): boolean {
  if (ref.kind === 'constant') return isNothing(ref);
  if (option === undefined || ref.kind !== 'made' || !('value' in ref.at)) return false;
  const value = ref.frame.fn.values[ref.at.value];
  return value?.kind === 'object' && value.spreads.length === 0 && !Object.hasOwn(value.fields, option);
}

const isBound = (name: string): boolean => /timeout|deadline/i.test(name) && !OTHER_BOUND.test(name);

/** The client was made with a timeout for its operations. */
function isMadeBounded(evaluator: Evaluator, ref: Ref): boolean {
  const maker = makerOf(evaluator.program, ref);
  if (!maker) return false;
  return maker.step.args.some(arg => evaluator.evaluate(maker.frame, arg).some(given => names(given).some(isBound)));
}

function names(ref: Ref): string[] {
  const value = ref.kind === 'made' && 'value' in ref.at ? ref.frame.fn.values[ref.at.value] : undefined;
  return value?.kind === 'object' ? Object.keys(value.fields) : [];
}

/** Nobody waits for what it gives. */
const isDropped = ({ program }: Evaluator, { fn }: Frame, call: Call): boolean =>
  [...program.steps(fn.id).values()].some(step => {
    const dropped = step.kind === 'drop' ? fn.values[step.value] : undefined;
    return dropped?.kind === 'result' && dropped.of === call.id;
  });

function isRaced({ fn }: Frame, step: Call): boolean {
  const isIt = (value: ValueId): boolean => {
    const facts = fn.values[value];
    return facts?.kind === 'result' && facts.of === step.id;
  };
  return fn.values.some(
    value =>
      value.kind === 'combined' &&
      (value.until === 'first' || value.until === 'any') &&
      value.values.some(part => {
        const array = fn.values[part];
        return isIt(part) || (array?.kind === 'array' && array.values.some(isIt));
      }),
  );
}
