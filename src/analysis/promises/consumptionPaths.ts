/**
 * All-paths consumption: does some normal path lead from where a promise is made to the end of its function without a
 * use? A structured walk with four outcomes per block (falls through, returns, throws, breaks); paths that only an
 * exception takes do not count.
 */
import type { Block, Branch, FunctionFacts, Loop, Step, StepId, Try, ValueId } from '../../model/facts.ts';
import { Conditions } from './consumptionConditions.ts';
import { type Home, StepHomes } from './stepHomes.ts';
import { innerBlocks } from '../steps.ts';

/** Where the promise is lost: a return without a use, the end of a round of an endless loop, or the end of the function. */
export type LostAt = { kind: 'return' | 'round'; step: Step } | { kind: 'end' };

/** Outcomes with the promise still unused. */
interface Outcome {
  falls: boolean;
  lost: LostAt | null;
  breaks: Set<string>;
  continues: Set<string>;
}

const dead = (): Outcome => ({ falls: false, lost: null, breaks: new Set(), continues: new Set() });

/** The structure of one function, indexed once. */
export class PathWalker {
  readonly #fn: FunctionFacts;
  readonly #homes: StepHomes;

  constructor(fn: FunctionFacts) {
    this.#fn = fn;
    this.#homes = new StepHomes(fn.body);
  }

  /**
   * The first normal path on which nothing in `uses` follows step `from`; null when every path has a use.
   * `aliases`: values that are the promise, so that a test of one of them tells whether it exists.
   */
  lost(from: StepId, uses: ReadonlySet<StepId>, aliases: ReadonlySet<ValueId>): LostAt | null {
    const walk = new Walk(
      uses,
      new Conditions(this.#fn, aliases, this.#homes.assumptions(from), id => this.#homes.stepAt(id)),
    );
    let home = this.#homes.of(from);
    if (!home) return null;
    let outcome = walk.block(home.block, home.index + 1);
    while (home?.owner) {
      const { owner } = home;
      outcome = walk.leave(outcome, owner, home.block, from);
      const outer: Home | undefined = this.#homes.of(owner.id);
      if (!outer) return null;
      if (outcome.falls) {
        outcome.falls = false;
        outcome = merge(outcome, walk.block(outer.block, outer.index + 1));
      }
      home = outer;
    }
    return outcome.lost ?? (outcome.falls ? { kind: 'end' } : null);
  }
}

function merge(a: Outcome, b: Outcome): Outcome {
  return {
    falls: a.falls || b.falls,
    lost: a.lost ?? b.lost,
    breaks: new Set([...a.breaks, ...b.breaks]),
    continues: new Set([...a.continues, ...b.continues]),
  };
}

class Walk {
  readonly #uses: ReadonlySet<StepId>;
  readonly #conditions: Conditions;

  constructor(uses: ReadonlySet<StepId>, conditions: Conditions) {
    this.#uses = uses;
    this.#conditions = conditions;
  }

  /** The outcomes of a block, from an index on, that begins with the promise unused. */
  block(block: Block, from: number): Outcome {
    let outcome = dead();
    outcome.falls = true;
    for (let index = from; index < block.length && outcome.falls; index += 1) {
      const step = block[index];
      if (!step) break;
      outcome.falls = false;
      outcome = merge(outcome, this.#step(step));
    }
    return outcome;
  }

  /** What the outcomes of a part of `owner` are for `owner` as a whole. */
  leave(outcome: Outcome, owner: Step, part: Block, from: StepId): Outcome {
    switch (owner.kind) {
      case 'branch':
        return this.#leaveBranch(outcome, owner, part);
      case 'loop':
        return part === owner.body ? this.#leaveLoop(outcome, owner, from) : outcome;
      case 'try':
        return this.#leaveTry(outcome, owner, part);
      default:
        return outcome;
    }
  }

  #step(step: Step): Outcome {
    const outcome = dead();
    if (this.#uses.has(step.id)) return outcome;
    switch (step.kind) {
      case 'exit':
        if (step.how === 'return') outcome.lost = { kind: 'return', step };
        else if (step.how !== 'throw')
          (step.how === 'break' ? outcome.breaks : outcome.continues).add(step.label ?? '');
        return outcome;
      case 'branch':
        return this.#branch(step);
      case 'loop':
        return this.#loop(step);
      case 'try':
        return this.#leaveTry(this.block(step.body, 0), step, step.body);
      default:
        outcome.falls = true;
        return outcome;
    }
  }

  #branch(step: Branch): Outcome {
    let outcome = dead();
    if (this.#conditions.testsOtherwise(step.condition)) return outcome;
    step.arms.forEach((arm, at) => {
      if (
        (arm.when === 'true' || arm.when === 'false') &&
        !this.#conditions.possible(step.condition, arm.when === 'true')
      )
        return;
      outcome = merge(outcome, this.#leaveBranch(this.block(arm.body, 0), step, arm.body));
      if (at === step.arms.length - 1 && arm.fallsThrough) outcome.falls = true;
    });
    const kinds = new Set(step.arms.map(arm => arm.when));
    const complete = kinds.has('default') || (kinds.has('true') && kinds.has('false'));
    if (
      !complete &&
      (!kinds.has('true') || this.#conditions.possible(step.condition, false)) &&
      (!kinds.has('false') || this.#conditions.possible(step.condition, true))
    )
      outcome.falls = true;
    return outcome;
  }

  /** Falling through to the next case, and `break` out of a switch. */
  #leaveBranch(outcome: Outcome, owner: Branch, part: Block): Outcome {
    const at = owner.arms.findIndex(arm => arm.body === part);
    const next = owner.arms[at + 1];
    let all = outcome;
    if (owner.arms[at]?.fallsThrough && all.falls && next) {
      all.falls = false;
      all = merge(all, this.#leaveBranch(this.block(next.body, 0), owner, next.body));
    }
    if (owner.arms.some(arm => arm.when === 'case' || arm.when === 'default') && all.breaks.delete(''))
      all.falls = true;
    return all;
  }

  /** A loop that uses the promise is taken to run: what it goes over is mostly not empty. */
  #loop(step: Loop): Outcome {
    if (this.#usesInside(step.body)) return dead();
    const outcome = this.block(step.body, 0);
    const broken = caught(outcome.breaks, step);
    caught(outcome.continues, step);
    outcome.falls = broken || !this.#isEndless(step);
    return outcome;
  }

  #leaveLoop(outcome: Outcome, owner: Loop, from: StepId): Outcome {
    const broken = caught(outcome.breaks, owner);
    const again = caught(outcome.continues, owner) || outcome.falls;
    const goesOn = again && this.#goesOn(owner);
    if (goesOn && !this.#usesBefore(owner.body, from)) outcome.lost ??= { kind: 'round', step: owner };
    outcome.falls = broken || (again && !goesOn);
    return outcome;
  }

  /** There is another round as long as there is the promise: `while (next) { await next; next = more() && load() }`. */
  #goesOn(loop: Loop): boolean {
    if (this.#isEndless(loop)) return true;
    return loop.over === undefined && loop.condition !== undefined && !this.#conditions.mayEnd(loop.condition);
  }

  #leaveTry(outcome: Outcome, owner: Try, part: Block): Outcome {
    let all = outcome;
    if (part === owner.finally) return all;
    if (part === owner.body && all.falls && owner.orElse.length > 0) {
      all.falls = false;
      all = merge(all, this.block(owner.orElse, 0));
    }
    const isOver = !all.falls && all.lost === null && all.breaks.size === 0 && all.continues.size === 0;
    if (owner.finally.length === 0 || isOver) return all;
    const last = this.block(owner.finally, 0);
    return last.falls ? { ...all, lost: all.lost ?? last.lost } : { ...last, lost: last.lost };
  }

  #isEndless(loop: Loop): boolean {
    if (loop.over !== undefined) return false;
    if (!loop.condition) return loop.test === 'none';
    return loop.condition.kind === 'truthy' && this.#conditions.constant(loop.condition.value) === 'true';
  }

  #usesInside(block: Block): boolean {
    return block.some(step => this.#uses.has(step.id) || innerBlocks(step).some(inner => this.#usesInside(inner)));
  }

  #usesBefore(block: Block, from: StepId): boolean {
    return block.some(
      step =>
        (step.id < from && this.#uses.has(step.id)) || innerBlocks(step).some(inner => this.#usesBefore(inner, from)),
    );
  }
}

/** Takes out the exits that end at this loop; whether there were any. */
function caught(labels: Set<string>, loop: Loop): boolean {
  const plain = labels.delete('');
  return (loop.label !== undefined && labels.delete(loop.label)) || plain;
}
