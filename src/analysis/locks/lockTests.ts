/** What the tests of branches say: the order of two values, that they differ, whether a task is inside already. */
import type { Condition, FunctionFacts, ValueId } from '../../model/facts.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import type { OrderFact } from './lockOrderEvidence.ts';
import type { Lock } from './locks.ts';
import { type Frame, type Ref, isNothing, tokenId, viewed } from '../refs.ts';
import { besideYesOrNo, missingWhere, partsWhere } from '../steps.ts';
import { emptyWhen } from './taskStores.ts';

/** The task-local store whose content a test looks at. */
export function contextOf(evaluator: Evaluator, frame: Frame, condition: Condition): Ref | null {
  switch (condition.kind) {
    case 'not':
      return contextOf(evaluator, frame, condition.of);
    case 'and':
    case 'or':
      return condition.of.map(part => contextOf(evaluator, frame, part)).find(found => found !== null) ?? null;
    case 'equal':
    case 'less':
      return storeOf(evaluator, frame, condition.left) ?? storeOf(evaluator, frame, condition.right);
    case 'truthy':
    case 'nullish':
      return storeOf(evaluator, frame, condition.value);
    default:
      return condition.reads.map(value => storeOf(evaluator, frame, value)).find(found => found !== null) ?? null;
  }
}

function storeOf(evaluator: Evaluator, frame: Frame, value: ValueId): Ref | null {
  const facts = frame.fn.values[value];
  const step = facts?.kind === 'result' ? evaluator.program.steps(frame.fn.id).get(facts.of) : undefined;
  if (step?.kind !== 'call' || step.known?.readsContext !== true || step.receiver === undefined) return null;
  return evaluator.evaluate(frame, step.receiver)[0] ?? null;
}

/** What a test tells of the order of two values, and of what the task's stores hold. */
export const factsOf = (evaluator: Evaluator, frame: Frame, condition: Condition, holds: boolean): OrderFact[] => [
  ...ordersOf(evaluator, frame, condition, holds),
  ...freeWhere(evaluator, frame, condition, holds),
  ...emptyWhen(evaluator, frame, condition, holds).map(store => ({
    kind: 'empty' as const,
    left: store,
    right: store,
  })),
];

/** Locks that a test finds free: `if (lock.isLocked()) return;`. */
const freeWhere = (evaluator: Evaluator, frame: Frame, condition: Condition, holds: boolean): OrderFact[] =>
  partsWhere(condition, holds).flatMap(({ part, holds: isSo }): OrderFact[] => {
    const facts = part.kind === 'truthy' && !isSo ? frame.fn.values[part.value] : undefined;
    const look = facts?.kind === 'result' ? evaluator.program.steps(frame.fn.id).get(facts.of) : undefined;
    if (look?.kind !== 'call' || look.known?.tellsTaken !== true || look.receiver === undefined) return [];
    const [lock, ...others] = evaluator.evaluate(frame, look.receiver);
    return lock && others.length === 0 ? [{ kind: 'free', left: lock, right: lock }] : [];
  });

/** Whether the lock, itself or through what bounds the wait for it, was found free in this turn. */
export const isToldFree = (facts: readonly OrderFact[], { ref }: Lock): boolean =>
  facts.some(({ kind, left }) => kind === 'free' && viewed(left) === ref);

/** What is still so when the task goes on after others have run. */
export const afterTurn = (facts: readonly OrderFact[]): readonly OrderFact[] =>
  facts.some(({ kind }) => kind === 'free') ? facts.filter(({ kind }) => kind !== 'free') : facts;

/** Releasers that a test finds missing: nothing is held by them. Acquisitions, as they are named in the set held. */
export const missingTokens = (evaluator: Evaluator, frame: Frame, condition: Condition, holds: boolean): string[] =>
  [...missingWhere(frame.fn, condition, holds), ...deniedWhere(frame.fn, condition, holds)].flatMap(value =>
    tokensOf(evaluator, frame, value),
  );

/** What a comparison with a yes or no says no to. */
const deniedWhere = (fn: FunctionFacts, condition: Condition, holds: boolean): ValueId[] =>
  partsWhere(condition, holds).flatMap(({ part, holds: isSo }) => {
    const asked = besideYesOrNo(fn, part);
    return asked && asked.is !== isSo ? [asked.value] : [];
  });

/** The releasers that a value may be, when it can be nothing else. */
function tokensOf(evaluator: Evaluator, frame: Frame, value: ValueId): string[] {
  const refs = evaluator.evaluate(frame, value).filter(ref => !isNothing(ref));
  const tokens = refs.flatMap(ref => (ref.kind === 'token' ? [tokenId(ref)] : []));
  return tokens.length === refs.length ? tokens : [];
}

function ordersOf(evaluator: Evaluator, frame: Frame, condition: Condition, holds: boolean): OrderFact[] {
  return partsWhere(condition, holds).flatMap(({ part, holds: isSo }): OrderFact[] => {
    if (part.kind !== 'less' && part.kind !== 'equal') return [];
    const [left, right] = [evaluator.evaluate(frame, part.left), evaluator.evaluate(frame, part.right)];
    if (left.length !== 1 || right.length !== 1 || !left[0] || !right[0]) return [];
    if (part.kind === 'equal') return isSo ? [] : [{ kind: 'differs', left: left[0], right: right[0] }];
    return isSo
      ? [
          { kind: 'before', left: left[0], right: right[0] },
          { kind: 'differs', left: left[0], right: right[0] },
        ]
      : [{ kind: 'before', left: right[0], right: left[0] }];
  });
}
