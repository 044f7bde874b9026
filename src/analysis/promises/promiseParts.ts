/** The promises inside a combinator or chain, one by one or one for many. */
import type { ValueId } from '../../model/facts.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import { type Frame, type Ref, type Refs, wholeList } from '../refs.ts';

export function promiseParts(evaluator: Evaluator, ref: Ref): { ref: Ref; many: boolean }[] {
  if (ref.kind === 'chain') {
    const chain = evaluator.program.steps(ref.frame.fn.id).get(ref.step);
    return chain?.kind === 'chain' ? evaluator.evaluate(ref.frame, chain.of).map(of => ({ ref: of, many: false })) : [];
  }
  if (ref.kind !== 'combined') return [];
  const value = ref.frame.fn.values[ref.value];
  if (value?.kind !== 'combined') return [];
  return value.values
    .flatMap(part => evaluator.evaluate(ref.frame, part))
    .flatMap(source => elementsOf(evaluator, source, new Set()));
}

/** The elements of an array are promises, or some of them. */
export const holdsPromises = (evaluator: Evaluator, array: Ref): boolean =>
  elementsOf(evaluator, array, new Set()).some(
    ({ ref }) => ref.kind === 'task' || ref.kind === 'chain' || ref.kind === 'combined',
  );

/** What an element of an array that is written or filled here may be: `for (const p of promises)`. */
export const elementParts = (evaluator: Evaluator, ref: Ref): Refs =>
  ref.kind === 'element' ? elementsOf(evaluator, ref.base, new Set()).map(part => part.ref) : [];

/** `seen`: arrays on the way here; one that is spread into itself has nothing more. */
function elementsOf(evaluator: Evaluator, list: Ref, seen: ReadonlySet<number>): { ref: Ref; many: boolean }[] {
  const source = wholeList(list);
  if (seen.has(source.id)) return [];
  if (source.kind !== 'made' || !('value' in source.at)) {
    if (source.kind === 'task' || source.kind === 'chain' || source.kind === 'combined')
      return [{ ref: source, many: false }];
    return evaluator.elements(source).map(ref => ({ ref, many: true }));
  }
  const array = source.frame.fn.values[source.at.value];
  if (array?.kind !== 'array') return [];
  if (array.values.length === 0)
    return evaluator.elements(source).map(ref => ({ ref, many: isRepeatedTask(evaluator, ref) }));
  return array.values.flatMap((part, index) => {
    const spread = array.spreads.includes(index);
    return evaluator
      .evaluate(source.frame, part)
      .flatMap(ref =>
        spread
          ? elementsOf(evaluator, ref, new Set([...seen, source.id]))
          : [{ ref, many: isManyElement(evaluator, source.frame, part, ref) }],
      );
  });
}

/** `xs.map(f)`: the one element value stands for a result per element. */
function isManyElement(evaluator: Evaluator, frame: Frame, part: ValueId, ref: Ref): boolean {
  const value = frame.fn.values[part];
  if (value?.kind === 'result') return evaluator.program.repeatedSteps(frame.fn.id).has(value.of);
  return ref.kind === 'task' && ref.from === frame && isRepeatedTask(evaluator, ref);
}

/** Started in a loop. */
const isRepeatedTask = (evaluator: Evaluator, ref: Ref): boolean =>
  ref.kind === 'task' && evaluator.program.repeatedSteps(ref.from.fn.id).has(ref.step);
