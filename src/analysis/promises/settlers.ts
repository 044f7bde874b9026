/**
 * Which calls settle a promise that is made by hand: of its `resolve` or `reject`, also where these were passed on as
 * arguments or kept in variables, fields or lists. Such a call never throws and gives nothing (ECMA-262, 27.2.1.3).
 */
import type { FunctionFacts, FunctionId, PathStep, Step, StepId, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { type Program, variableAt } from '../program.ts';
import { isNothing } from '../refs.ts';
import { containerName, type LiteralField, type WriteIndex, writeIndex } from '../writeIndex.ts';

export interface Settlers {
  /** The call is one of a promise's `resolve` or `reject`, whoever of the callers made the promise. */
  isCall(fn: FunctionId, step: Step): boolean;
  /** The value is one of them, to be called by whoever gets it. */
  isSettler(fn: FunctionId, value: ValueId): boolean;
}

export const settlers = defineAnalysis<Settlers>('settlers', (get, program) => new Finder(get, program));

type Put = Pick<LiteralField, 'fn' | 'value'>;

interface Found {
  settles: boolean;
  readonly seen: Set<string>;
}

class Finder implements Settlers {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #writes: WriteIndex;
  readonly #known = new Map<string, boolean>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#writes = get(writeIndex);
  }

  isCall(fn: FunctionId, step: Step): boolean {
    return step.kind === 'call' && step.target.kind === 'value' && this.isSettler(fn, step.target.of);
  }

  isSettler(fn: FunctionId, value: ValueId): boolean {
    const key = `${fn} ${value}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      const found = { settles: false, seen: new Set<string>() };
      known = this.#onlySettles(fn, value, found) && found.settles;
      this.#known.set(key, known);
    }
    return known;
  }

  /** Nothing else comes here. `found.settles`: something did. */
  #onlySettles(id: FunctionId, value: ValueId, found: Found): boolean {
    const key = `${id} ${value}`;
    if (found.seen.has(key)) return true;
    if (found.seen.size > MOST) return false;
    found.seen.add(key);
    const fn = this.#program.functions.get(id);
    const facts = fn?.values[value];
    if (fn && facts?.kind === 'element') return this.#everyElement(fn, facts.of, found);
    if (!fn || facts?.kind !== 'read') return false;
    const { root, path } = facts.place;
    const last = path.at(-1);
    if (isSettlingField(last)) {
      found.settles = true;
      return true;
    }
    if (last && 'field' in last)
      return this.#every([...this.#writes.toField(last.field), ...this.#writes.inLiterals(last.field)], found);
    if (last && path.length === 1 && root.kind === 'value') return this.#everyElement(fn, root.of, found);
    if (last) return this.#every(this.#writes.intoContainer(containerName(facts.place) ?? ''), found);
    if (root.kind === 'value') return this.#onlySettles(id, root.of, found);
    if (root.kind === 'parameter') return this.#everyArgument(fn, root.index, found);
    const variable = variableAt(this.#program, root);
    if (!variable) return false;
    const { owner, name, slot } = variable;
    const first = slot.value === null ? [] : [{ fn: owner, value: slot.value }];
    return this.#every([...first, ...this.#writes.toVariable(owner.id, name)], found);
  }

  /** Whatever is put into the list, or into the one that it is a copy of. */
  #everyElement(fn: FunctionFacts, list: ValueId, found: Found): boolean {
    const facts = fn.values[list];
    if (facts?.kind === 'from' && facts.how === 'copy')
      return facts.values.length > 0 && facts.values.every(one => this.#everyElement(fn, one, found));
    if (facts?.kind !== 'read') return false;
    const place = { ...facts.place, path: [...facts.place.path, { any: true } as const] };
    return this.#every(this.#writes.intoContainer(containerName(place) ?? ''), found);
  }

  /** All that is put there in the whole program, `undefined` and `null` left out. */
  #every(puts: readonly Put[], found: Found): boolean {
    const kept = puts.filter(({ fn, value }) => {
      const facts = fn.values[value];
      return !facts || !isNothing(facts);
    });
    return kept.length > 0 && kept.every(({ fn, value }) => this.#onlySettles(fn.id, value, found));
  }

  /** The function is written as the executor of a promise: this parameter is given the promise's own function. */
  #isExecutor(fn: FunctionFacts, index: number): boolean {
    return this.#graph.callers(fn.id).some(edge => edge.caller === fn.parent && this.#isGivenSettler(edge, index));
  }

  /** The function of the promise itself, or one that an executor around was given. */
  #isGivenSettler({ caller, step }: { caller: FunctionId; step: StepId }, index: number): boolean {
    const fn = this.#program.functions.get(caller);
    const call = this.#program.steps(caller).get(step);
    const given = call?.kind === 'call' ? call.args[index] : undefined;
    const facts = given === undefined ? undefined : fn?.values[given];
    if (!fn || facts?.kind !== 'read') return false;
    const { root, path } = facts.place;
    if (isSettlingField(path.at(-1))) return true;
    return path.length === 0 && root.kind === 'parameter' && this.#isExecutor(fn, root.index);
  }

  #everyArgument(fn: FunctionFacts, index: number, found: Found): boolean {
    const callers = this.#graph.callers(fn.id);
    // A closure that is written as the executor: other callers are only what the graph could not tell apart.
    if (this.#isExecutor(fn, index)) {
      found.settles = true;
      return true;
    }
    return (
      callers.length > 0 &&
      callers.every(({ caller, step }) => {
        const call = this.#program.steps(caller).get(step);
        const given = call?.kind === 'call' ? call.args[index] : undefined;
        return given !== undefined && this.#onlySettles(caller, given, found);
      })
    );
  }
}

const isSettlingField = (step: PathStep | undefined): boolean =>
  step !== undefined && 'field' in step && (step.field === 'resolve' || step.field === 'reject');

/** So many places on the way are no promise's own function any more. */
const MOST = 40;
