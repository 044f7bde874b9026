/** The way of a promise from where it is started to where somebody takes it, over the structure of its function. */
import type { Block, Branch, FunctionFacts, Step, StepId, Try } from '../../model/facts.ts';
import { type Assumption, Conditions } from './consumptionConditions.ts';
import { type Home, StepHomes } from './stepHomes.ts';
import { innerBlocks } from '../steps.ts';

/** A suspension that comes first, and the step that takes the promise after it. */
export interface Late {
  suspends: Step;
  taken: Step | null;
  /** The promise is one of several that a loop awaits one by one. */
  inLoop: boolean;
}

/** What is known of the way so far: the first suspension on it. Null: the way has ended. */
interface State {
  suspended: Step | null;
}
type Way = State | null;

export interface Takers {
  /** Steps that take the promise. */
  steps: ReadonlyMap<StepId, Step>;
  /** Ends of the expressions that join it with others: whatever is evaluated from there on comes after. */
  joins: readonly number[];
  /** Steps that take an element of a collection which holds several such promises. */
  oneByOne: ReadonlySet<StepId>;
}

export class LateWalk {
  readonly #fn: FunctionFacts;
  readonly #leaves: (step: Step) => boolean;
  readonly #homes: StepHomes;
  #takers: Takers = { steps: new Map(), joins: [], oneByOne: new Set() };
  #found: Late | null = null;
  /** What the branches around the step that makes it say. */
  #conditions: Conditions;
  /** States at `break` and `continue`, of the loop being walked. */
  #jumps: State[] = [];
  #loops = 0;

  /** `leaves`: whether a step lets others run before its function goes on. */
  constructor(fn: FunctionFacts, leaves: (step: Step) => boolean) {
    this.#fn = fn;
    this.#leaves = leaves;
    this.#conditions = this.#knowing([]);
    this.#homes = new StepHomes(fn.body);
  }

  /** The first way on which the promise that step `from` makes is taken only after a suspension. */
  find(from: StepId, takers: Takers): Late | null {
    this.#takers = takers;
    this.#found = null;
    this.#jumps = [];
    let home = this.#homes.of(from);
    if (!home) return null;
    this.#conditions = this.#knowing(this.#homes.assumptions(from));
    let way = this.#block(home.block, home.index + 1, { suspended: null });
    while (home?.owner && way && !this.#found) {
      const { owner, block } = home;
      const outer: Home | undefined = this.#homes.of(owner.id);
      if (!outer) return null;
      way = this.#leave(way, owner, block, home.index);
      if (way) way = this.#block(outer.block, outer.index + 1, way);
      home = outer;
    }
    return this.#found;
  }

  #knowing(assumptions: readonly Assumption[]): Conditions {
    return new Conditions(this.#fn, new Set(), assumptions, () => undefined);
  }

  /** Behind a part of `owner`: the rest of the round of a loop, and what always follows a `try`. */
  #leave(way: State, owner: Step, block: Block, index: number): Way {
    if (owner.kind === 'loop') {
      const round = this.#block(block.slice(0, index), 0, way);
      return merge([round, way]);
    }
    if (owner.kind === 'try' && block !== owner.finally) return this.#block(owner.finally, 0, way);
    return way;
  }

  #block(block: Block, from: number, start: State): Way {
    let way: Way = start;
    for (let index = from; index < block.length && way && !this.#found; index += 1) {
      const step = block[index];
      if (step) way = this.#step(step, way);
    }
    return way;
  }

  #step(step: Step, way: State): Way {
    if (this.#takers.steps.has(step.id)) return this.#take(step, way);
    switch (step.kind) {
      case 'branch':
        return this.#branch(step, way);
      case 'loop':
        return this.#loop(step, way);
      case 'try':
        return this.#try(step, way);
      case 'exit':
        if (step.how === 'break' || step.how === 'continue') this.#jumps.push(way);
        return null;
      default:
        if (this.#takers.joins.some(end => step.at[1] >= end)) return this.#take(step, way);
        return this.#leaves(step) ? { suspended: way.suspended ?? step } : way;
    }
  }

  #branch(step: Branch, way: State): Way {
    const may = (when: 'true' | 'false'): boolean => this.#conditions.possible(step.condition, when === 'true');
    const arms = step.arms.filter(({ when }) => (when !== 'true' && when !== 'false') || may(when));
    const ways = arms.map(arm => this.#block(arm.body, 0, way));
    const kinds = new Set(step.arms.map(arm => arm.when));
    const isOpen = (when: 'true' | 'false'): boolean => !kinds.has(when) && may(when);
    const passes = !kinds.has('default') && (isOpen('true') || isOpen('false'));
    return merge(passes ? [...ways, way] : ways);
  }

  #take(step: Step, way: State): Way {
    const oneByOne = this.#loops > 0 && this.#takers.oneByOne.has(step.id) && this.#leaves(step);
    const suspends = way.suspended ?? (oneByOne ? step : null);
    if (suspends) this.#found ??= { suspends, taken: step, inLoop: way.suspended === null };
    return null;
  }

  /** A loop that takes the promise is taken to run. */
  #loop(step: Extract<Step, { kind: 'loop' }>, way: State): Way {
    const outer = this.#jumps;
    this.#jumps = [];
    this.#loops += 1;
    const entered = step.awaitsEach ? { suspended: way.suspended ?? step } : way;
    const round = this.#block(step.body, 0, entered);
    this.#loops -= 1;
    const jumps = this.#jumps;
    this.#jumps = outer;
    if (round === null && jumps.length === 0) return takesIn(step.body, this.#takers) ? null : way;
    return merge([round, way, ...jumps]);
  }

  #try(step: Try, way: State): Way {
    const body = this.#block(step.body, 0, way);
    const caught = step.handlers.map(handler => this.#block(handler.body, 0, body ?? way));
    const through = body && this.#block(step.orElse, 0, body);
    const all = merge(takesIn(step.body, this.#takers) && body === null ? [through] : [through, ...caught]);
    return all && this.#block(step.finally, 0, all);
  }
}

const takesIn = (block: Block, takers: Takers): boolean =>
  block.some(step => takers.steps.has(step.id) || innerBlocks(step).some(inner => takesIn(inner, takers)));

/** A way on which it was left alone counts before one on which it was not. */
function merge(ways: readonly Way[]): Way {
  const open = ways.filter(way => way !== null);
  return open.find(way => way.suspended) ?? open[0] ?? null;
}
