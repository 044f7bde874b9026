/** The way to a lock: summaries as seen from further out, and the calls that a task was handed on through. */
import type { Call, Chain, ValueId } from '../../model/facts.ts';
import type { Callee, Evaluator } from '../flow/evaluator.ts';
import { EMPTY, type Held, type Summary, type Trace } from './lockPairs.ts';
import type { Site } from '../program.ts';
import { alternatives, type Frame, type Ref } from '../refs.ts';

/**
 * The calls and reactions that lead from an activation to the one that starts the task, outermost first; empty when it is
 * itself.
 */
export function wayTo(
  evaluator: Evaluator,
  from: Frame,
  task: Ref & { kind: 'task' },
  depth: number,
): { from: Frame; step: Call | Chain; to: Frame }[] {
  if (from === task.from || depth === 0) return [];
  const handsOn = (ref: Ref): boolean => ref === task || ref.kind === 'chain';
  for (const step of evaluator.program.steps(from.fn.id).values()) {
    if (step.kind !== 'call' && step.kind !== 'chain') continue;
    for (const { frame } of step.kind === 'call' ? evaluator.callees(from, step) : reactions(evaluator, from, step)) {
      if (frame.fn.calling !== 'value' || !evaluator.returns(frame).some(handsOn)) continue;
      const rest = wayTo(evaluator, frame, task, depth - 1);
      if (frame === task.from || rest.length > 0) return [{ from, step, to: frame }, ...rest];
    }
  }
  return [];
}

const reactions = (evaluator: Evaluator, frame: Frame, chain: Chain): Callee[] =>
  [chain.onFulfilled, chain.onRejected, chain.onFinally].flatMap(handler =>
    handler === undefined
      ? []
      : handlersOf(evaluator, frame, handler, handler === chain.onFulfilled ? chain.of : undefined),
  );

/** What a handler of a chain runs, given what the promise `of` is fulfilled with. */
export function handlersOf(
  evaluator: Evaluator,
  frame: Frame,
  handler: ValueId,
  of: ValueId | undefined,
): readonly Callee[] {
  const settled = of === undefined ? [] : evaluator.evaluate(frame, of).flatMap(ref => [...evaluator.settled(ref)]);
  const given = of === undefined ? [] : [alternatives(evaluator.refs, settled)];
  return evaluator.calleesOf(evaluator.evaluate(frame, handler), given, null);
}

/** One more call on every trace. */
export function seenFrom(
  evaluator: Evaluator,
  inner: Summary,
  from: Frame,
  step: { at: Call['at']; target?: Call['target'] },
  callee: { frame: Frame; guessed: boolean },
  waited: Site | null = null,
): Summary {
  if (inner === EMPTY) return inner;
  const site = evaluator.program.site(from.fn.id, step.at);
  const { fn } = callee.frame;
  const through = step.target?.kind === 'value';
  // A synthetic function stands for the library call at the very place.
  const longer = (trace: Trace): Trace =>
    fn.synthetic ? { ...trace, site, waited } : { site, calls: fn.name, through, waited, next: trace };
  const held = (one: Held): Held => ({ ...one, trace: longer(one.trace) });
  return {
    pairs: inner.pairs.map(pair => ({
      ...pair,
      trace: longer(pair.trace),
      held: pair.held.map(held),
      guessed: pair.guessed || callee.guessed,
    })),
    net: inner.net.map(held),
    releases: inner.releases,
    returned: inner.returned,
    handed: inner.handed,
    yields: inner.yields.map(held),
    serves: inner.serves,
    waits: inner.waits.map(one => ({
      ...one,
      trace: longer(one.trace),
      held: one.held.map(held),
      guessed: one.guessed || callee.guessed,
    })),
    settles: inner.settles.map(one => ({ ...one, trace: longer(one.trace) })),
    passed: inner.passed,
  };
}
