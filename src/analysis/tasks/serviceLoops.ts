/** Loops that go on as long as the process lives: endless ones, and those that only a flag of the program ends. */
import type { Block, Condition, FunctionFacts, Loop, Place, Step, ValueId } from '../../model/facts.ts';
import { conditionReads } from '../steps.ts';
import { walkSteps } from '../program.ts';
import { valuesBehind } from '../valueParts.ts';

/**
 * Whether the loop waits in every round and nothing but shared state (a variable of the module, a field, a signal) ends
 * it. Loops over something, retries and pages end by themselves.
 */
export function serviceLoop(fn: FunctionFacts, loop: Loop): boolean {
  if (loop.over !== undefined || loop.times.kind === 'exactly' || loop.times.kind === 'length') return false;
  if (!waits(loop)) return false;
  const own = writtenIn(loop);
  if (loop.condition && !isFlag(fn, loop.condition, own)) return false;
  return endsOf(loop).every(conditions => conditions.some(condition => isFlag(fn, condition, own)));
}

function waits(loop: Loop): boolean {
  let found = loop.awaitsEach;
  walkSteps(loop.body, step => (found ||= step.kind === 'await' || (step.kind === 'loop' && step.awaitsEach)));
  return found;
}

/** For every way out of the loop: the conditions that lead to it. */
export function endsOf(loop: Loop): Condition[][] {
  const found: Condition[][] = [];
  const visit = (block: Block, under: Condition[], inner: boolean): void => {
    for (const step of block) {
      if (step.kind === 'exit') {
        const leaves =
          step.how === 'return' ||
          (step.how === 'break' && (step.label === undefined ? !inner : step.label === loop.label));
        if (leaves) found.push(under);
      } else visitInner(step, under, inner);
    }
  };
  const visitInner = (step: Step, under: Condition[], inner: boolean): void => {
    if (step.kind === 'branch') for (const arm of step.arms) visit(arm.body, [...under, step.condition], inner);
    else if (step.kind === 'loop') visit(step.body, under, true);
    else if (step.kind === 'try') {
      visit(step.body, under, inner);
      for (const handler of step.handlers) visit(handler.body, under, inner);
      visit(step.finally, under, inner);
    }
  };
  visit(loop.body, [], false);
  return found;
}

/** Places that the loop itself writes: a cursor or a count, no flag of somebody else. */
function writtenIn(loop: Loop): ReadonlySet<string> {
  const found = new Set<string>();
  walkSteps(loop.body, step => {
    if (step.kind === 'access' && step.mode === 'write') found.add(JSON.stringify(step.place));
  });
  return found;
}

/** A condition that only looks at whether state of the program is set. */
function isFlag(fn: FunctionFacts, condition: Condition, own: ReadonlySet<string>): boolean {
  if (condition.kind === 'equal' || condition.kind === 'less' || condition.kind === 'other') return false;
  const reads = conditionReads(condition);
  return reads.length > 0 && reads.every(value => isShared(fn, value, own));
}

function isShared(fn: FunctionFacts, value: ValueId, own: ReadonlySet<string>): boolean {
  const behind = valuesBehind(fn, value);
  // `let again; do { again = false; … again = true … } while (again)`: its own rounds decide.
  if (behind.length > 1 && behind.every(one => fn.values[one]?.kind === 'constant')) return false;
  return behind.every(one => {
    const facts = fn.values[one];
    if (facts?.kind === 'constant') return true;
    return facts?.kind === 'read' && isState(facts.place) && !own.has(JSON.stringify(facts.place));
  });
}

/** A variable of the module or a field of the object; the state of a signal, wherever it comes from. */
function isState(place: Place): boolean {
  const last = place.path.at(-1);
  if (last && !('field' in last)) return false;
  if (last && (last.field === 'length' || last.field === 'size')) return false;
  if (last?.field === 'aborted') return true;
  return (
    place.root.kind === 'module' ||
    (place.path.length > 0 && (place.root.kind === 'self' || place.root.kind === 'captured'))
  );
}
