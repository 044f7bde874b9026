/** Conditions that tell the results of promises that were fulfilled from those of the failed ones. */
import type { Condition, FunctionFacts, ValueId } from '../../model/facts.ts';
import { isNothing } from '../refs.ts';

const FULFILLED = ['"fulfilled"', '"value"'];
const REJECTED = ['"rejected"', '"reason"'];

function isText(fn: FunctionFacts, value: ValueId, texts: readonly string[]): boolean {
  const facts = fn.values[value];
  return facts?.kind === 'constant' && texts.includes(facts.text);
}

function asks(fn: FunctionFacts, condition: Condition, texts: readonly string[]): boolean {
  switch (condition.kind) {
    case 'equal':
      return isText(fn, condition.left, texts) || isText(fn, condition.right, texts);
    case 'other':
      return condition.reads.some(value => isText(fn, value, texts));
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

const HAS_VALUE = '"value"';

/** Choices between a value and a constant that stands in for it, by whether a result has one: `"value" in r ? r.value : 0`. */
export function constantsForFailed(fn: FunctionFacts): { when: Condition; result: ValueId; kept: ValueId }[] {
  return fn.values.flatMap(value => {
    if (value.kind !== 'choice' || value.when === null) return [];
    const [condition, [kept, left]] =
      value.when.kind === 'not' ? [value.when.of, [...value.values].reverse()] : [value.when, value.values];
    if (condition.kind !== 'other' || kept === undefined || left === undefined) return [];
    const [result, ...others] = condition.reads.filter(read => !isText(fn, read, [HAS_VALUE]));
    const isAsked = result !== undefined && others.length === 0 && condition.reads.length === 2;
    const other = fn.values[left];
    return isAsked && other?.kind === 'constant' && !isNothing(other) ? [{ when: value.when, result, kept }] : [];
  });
}

/** `r.status === "fulfilled"`, `"value" in r`. */
export const asksForFulfilled = (fn: FunctionFacts, condition: Condition): boolean => asks(fn, condition, FULFILLED);
