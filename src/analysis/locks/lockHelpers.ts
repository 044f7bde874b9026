/**
 * Lock helpers: functions whose callers decide which lock is taken, or what runs under it (`withLock(lock, work)`, at any
 * depth). Only of these it matters to tell hundreds of callers apart: mixed up, the work of each caller would stand under
 * the locks of all. Found backwards from what acquisitions lock and what their functions call, through variables,
 * arguments, results and closures (a demand-driven slice; fields are not followed: what an object keeps is told by it).
 */
import type { FunctionFacts, FunctionId, Place, Release, StepId, Value, ValueId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import type { Program } from '../program.ts';
import { type WriteIndex, writeIndex } from '../writeIndex.ts';

export const lockHelpers = defineAnalysis<ReadonlySet<FunctionId>>('lock-helpers', (get, program) =>
  new HelperSearch(program, get(callGraph), get(writeIndex)).found(),
);

class HelperSearch {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #writes: WriteIndex;
  readonly #seen = new Set<string>();
  readonly #work: (() => void)[] = [];
  readonly #helpers = new Set<FunctionId>();

  constructor(program: Program, graph: CallGraph, writes: WriteIndex) {
    this.#program = program;
    this.#graph = graph;
    this.#writes = writes;
  }

  found(): ReadonlySet<FunctionId> {
    for (const fn of this.#program.functions.values()) this.#seed(fn);
    for (let next = this.#work.pop(); next; next = this.#work.pop()) next();
    // Closures live in the activations of the helper around them.
    for (const fn of this.#program.functions.values())
      for (let at: FunctionId | null = fn.parent; at !== null; at = this.#program.functions.get(at)?.parent ?? null)
        if (this.#helpers.has(at)) this.#helpers.add(fn.id);
    return this.#helpers;
  }

  /** What an acquisition locks, what is called by the function that makes it, and who ends it for many callers. */
  #seed(fn: FunctionFacts): void {
    let acquires = false;
    for (const step of this.#program.steps(fn.id).values()) {
      if (step.kind === 'release') this.#frees(fn, step);
      if (step.kind !== 'acquire') continue;
      acquires = true;
      this.#operand(fn, step.lock);
      if (step.key !== undefined) this.#value(fn, step.key);
    }
    if (acquires) this.#called(fn);
  }

  /** A closure that frees what lives in the activation around it frees another lock for each of these. */
  #frees(fn: FunctionFacts, { lock }: Release): void {
    if (lock === undefined) return;
    if (typeof lock !== 'number' && lock.root.kind === 'captured') this.#helpers.add(fn.id);
    this.#operand(fn, lock);
  }

  #once(key: string, visit: () => void): void {
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#work.push(visit);
  }

  /** The function values that a function calls. */
  #called(fn: FunctionFacts): void {
    this.#once(`c ${fn.id}`, () => {
      for (const step of this.#program.steps(fn.id).values())
        if (step.kind === 'call' && step.target.kind === 'value') this.#value(fn, step.target.of);
    });
  }

  #operand(fn: FunctionFacts, operand: ValueId | Place): void {
    if (typeof operand === 'number') this.#value(fn, operand);
    else this.#place(fn, operand);
  }

  #place(fn: FunctionFacts, { root, path }: Place): void {
    for (const step of path) if ('key' in step && typeof step.key === 'number') this.#value(fn, step.key);
    if (root.kind === 'parameter') this.#parameter(fn.id, root.index);
    else if (root.kind === 'captured') this.#variable(root.from, root.slot);
    else if (root.kind === 'value') this.#value(fn, root.of);
  }

  #variable(owner: FunctionId, slot: string): void {
    this.#once(`s ${owner} ${slot}`, () => {
      const fn = this.#program.functions.get(owner);
      const first = fn?.slots[slot]?.value ?? null;
      if (fn && first !== null) this.#value(fn, first);
      for (const write of this.#writes.toVariable(owner, slot)) this.#value(write.fn, write.value);
    });
  }

  /** A caller decides: the function is a helper, and whoever hands on its own parameter is one, too. */
  #parameter(owner: FunctionId, index: number): void {
    this.#once(`p ${owner} ${index}`, () => {
      this.#helpers.add(owner);
      for (const { caller, step: id } of this.#graph.callers(owner)) {
        const fn = this.#program.functions.get(caller);
        const step = this.#program.steps(caller).get(id);
        const given = step?.kind === 'call' ? step.args[index] : undefined;
        if (fn && given !== undefined) this.#value(fn, given);
      }
    });
  }

  #value(fn: FunctionFacts, id: ValueId): void {
    this.#once(`v ${fn.id} ${id}`, () => {
      const value = fn.values[id];
      if (value) this.#parts(fn, value);
    });
  }

  #parts(fn: FunctionFacts, value: Value): void {
    switch (value.kind) {
      case 'read':
        this.#place(fn, value.place);
        break;
      case 'function': {
        const made = this.#program.functions.get(value.id);
        if (made) this.#called(made);
        break;
      }
      case 'result':
        this.#result(fn, value.of);
        break;
      case 'settled':
      case 'view':
      case 'ordered':
      case 'element':
        this.#value(fn, value.of);
        if (value.kind === 'element' && typeof value.key === 'object' && value.key) this.#value(fn, value.key.value);
        break;
      case 'array':
      case 'choice':
      case 'from':
        for (const part of value.values) this.#value(fn, part);
        break;
      case 'template':
        for (const part of value.parts) if (typeof part === 'number') this.#value(fn, part);
        break;
      case 'object':
        for (const part of [...Object.values(value.fields), ...value.spreads]) this.#value(fn, part);
        break;
      default:
    }
  }

  /** What a function gives back, as far as its callers decide. */
  #result(fn: FunctionFacts, of: StepId): void {
    const step = this.#program.steps(fn.id).get(of);
    if (step?.kind === 'chain') this.#value(fn, step.of);
    if (step?.kind !== 'call' || step.newOf !== undefined) return;
    for (const target of this.#graph.targets(fn.id, of)) {
      const callee = this.#program.functions.get(target);
      if (callee) for (const returned of this.#writes.returned(target)) this.#value(callee, returned);
    }
  }
}
