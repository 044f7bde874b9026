/** Conditions that tell the results of promises that were fulfilled from those of the failed ones. */
import type { Condition, FunctionFacts, ValueId } from '../../model/facts.ts';

const FULFILLED = ['"fulfilled"', '"value"'];
const REJECTED = ['"rejected"', '"reason"'];

function asks(fn: FunctionFacts, condition: Condition, texts: readonly string[]): boolean {
  const isText = (value: ValueId): boolean => {
    const facts = fn.values[value];
    return facts?.kind === 'constant' && texts.includes(facts.text);
  };
  switch (condition.kind) {
    case 'equal':
      return isText(condition.left) || isText(condition.right);
    case 'other':
      return condition.reads.some(isText);
    case 'and':
    case 'or':
      return condition.of.some(part => asks(fn, part, texts));
    default:
      return false;
  }
}

/** A choice by the outcome, with an empty list where it is a failure. */
export function isNothingForFailed(fn: FunctionFacts, value: ValueId): boolean {
  const facts = fn.values[value];
  if (facts?.kind !== 'choice' || facts.when === null) return false;
  const [yes, no] = facts.values;
  const { when } = facts;
  const [condition, positive] = when.kind === 'not' ? [when.of, false] : [when, true];
  if (condition.kind !== 'equal' && condition.kind !== 'other') return false;
  const failed = asks(fn, condition, FULFILLED) ? !positive : asks(fn, condition, REJECTED) ? positive : null;
  const left = failed === null ? undefined : failed ? yes : no;
  const list = left === undefined ? undefined : fn.values[left];
  return list?.kind === 'array' && list.values.length === 0;
}

/** `r.status === "fulfilled"`, `"value" in r`. */
export const asksForFulfilled = (fn: FunctionFacts, condition: Condition): boolean => asks(fn, condition, FULFILLED);
