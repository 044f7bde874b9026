/**
 * Work in flight that nobody would miss: whoever started it in passing wanted no result and hears of no failure, and it
 * may have been over before it ever waited (a line for a log that is written only above some level).
 */
import type { Block, Call, FunctionFacts, FunctionId, Step, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { type MayReject, mayReject } from '../promises/mayReject.ts';
import { isHandled } from '../promises/promisesFate.ts';
import { type Suspension, suspension } from '../promises/suspension.ts';
import type { Program } from '../program.ts';
import { valuesBehind } from '../valueParts.ts';
import type { Pending } from './pendingWork.ts';

export const incidentalWork = defineAnalysis<(task: Pending) => boolean>('incidental-work', (get, program) => {
  const finder = new Finder(get, program);
  return task => task.leftBehind && task.step.kind === 'call' && finder.isIncidental(task.fn, task.step);
});

/** How a block may go on without having waited. */
interface Ways {
  /** It comes to its end. */
  falls: boolean;
  /** It leaves the function. */
  leaves: boolean;
}

class Finder {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #rejects: MayReject;
  readonly #suspension: Suspension;
  /** By function; also those that are being looked at, which do not end before they wait. */
  readonly #atOnce = new Map<FunctionId, boolean>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#rejects = get(mayReject);
    this.#suspension = get(suspension);
  }

  isIncidental(id: FunctionId, call: Call): boolean {
    const fn = this.#program.functions.get(id);
    const given = fn?.values.findIndex(value => value.kind === 'result' && value.of === call.id) ?? -1;
    return given >= 0 && isHandled(this.#rejects.value(id, given)) && this.#mayEndAtOnce(id, call);
  }

  /** Some way through what the call runs ends before anything is waited for. */
  #mayEndAtOnce(id: FunctionId, call: Call): boolean {
    const targets = this.#graph.targets(id, call.id);
    return targets.length > 0 && targets.every(target => this.#ofFunction(target));
  }

  #ofFunction(id: FunctionId): boolean {
    const known = this.#atOnce.get(id);
    if (known !== undefined) return known;
    this.#atOnce.set(id, false);
    const fn = this.#program.functions.get(id);
    const ways = fn ? this.#block(fn, fn.body) : { falls: false, leaves: false };
    this.#atOnce.set(id, ways.falls || ways.leaves);
    return ways.falls || ways.leaves;
  }

  #block(fn: FunctionFacts, block: Block): Ways {
    let leaves = false;
    for (const step of block) {
      const ways = this.#step(fn, step);
      leaves ||= ways.leaves;
      if (!ways.falls) return { falls: false, leaves };
    }
    return { falls: true, leaves };
  }

  #step(fn: FunctionFacts, step: Step): Ways {
    switch (step.kind) {
      case 'exit':
        return {
          falls: false,
          leaves: step.how === 'return' && (step.value === undefined || this.#isAtHand(fn, step.value)),
        };
      case 'await':
        return { falls: !this.#suspension.ofStep(fn.id, step) || this.#areAtHand(fn, step.values), leaves: false };
      case 'branch': {
        const arms = step.arms.map(arm => this.#block(fn, arm.body));
        const isWhole = step.arms.some(arm => arm.when === 'false' || arm.when === 'default');
        return { falls: !isWhole || arms.some(arm => arm.falls), leaves: arms.some(arm => arm.leaves) };
      }
      case 'loop': {
        // Lists are not taken to be empty.
        const round = this.#block(fn, step.body);
        return { falls: !step.awaitsEach && round.falls, leaves: round.leaves };
      }
      case 'try': {
        const body = this.#block(fn, step.body);
        const last = this.#block(fn, step.finally);
        return { falls: body.falls && last.falls, leaves: last.leaves || (body.leaves && last.falls) };
      }
      default:
        return { falls: !this.#suspension.ofStep(fn.id, step), leaves: false };
    }
  }

  #areAtHand(fn: FunctionFacts, values: readonly ValueId[]): boolean {
    return values.every(value => this.#isAtHand(fn, value));
  }

  /** Some alternative of it is no promise, or that of a call which may be over. */
  #isAtHand(fn: FunctionFacts, value: ValueId): boolean {
    return valuesBehind(fn, value).some(one => {
      const facts = fn.values[one];
      if (facts?.kind === 'constant') return true;
      const step = facts?.kind === 'result' ? this.#program.steps(fn.id).get(facts.of) : undefined;
      return step?.kind === 'call' && this.#mayEndAtOnce(fn.id, step);
    });
  }
}
