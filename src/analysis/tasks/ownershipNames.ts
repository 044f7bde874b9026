/** What a person calls the thing that starts a task: the callee's name, or the chain of names that leads to it. */
import type { Call, FunctionId, Place, Spawn, Step, TypeId, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import type { Program } from '../program.ts';
import type { PromiseNode } from '../promises/promises.ts';

export interface Names {
  /** `Outbox.store`, `copyFile`, `job`. Null for a closure that has no name. */
  callee(fn: FunctionId, step: Call): string | null;
  /** What makes a promise: a callee, or the callee at the start of a chain or in a combination. Null: nothing has a name. */
  maker(node: Pick<PromiseNode, 'fn' | 'value'>): string | null;
  fn(id: FunctionId): string;
}

export const names = defineAnalysis<Names>('names', (get, program) => new Namer(get, program));

/** Types that nobody wrote a name for: `default`, `_default`, and those of constants (`SOME_COMMANDS`). */
const NAMELESS = /^(?:_?default|[A-Z]+(?:_[A-Z]+)+)\./;

/** A function that a call gave (`react#default.useCallback()`) is told by that call. */
const externalName = (name: string): string => {
  const short = shortType(name).replace(NAMELESS, '');
  return short.endsWith('()') ? `${short.slice(0, -2)}(…)` : short;
};

export const shortType = (type: TypeId): string => type.slice(type.lastIndexOf('#') + 1);

/** A class inside a function is told by its own name, and a member of one without a name by its own alone. */
function memberName(type: TypeId, member: string): string {
  const own = shortType(type).split('/').at(-1) ?? '';
  return /^[\w$.]+$/.test(own) ? `${own}.${member}` : member;
}

class Namer implements Names {
  readonly #program: Program;
  readonly #graph: CallGraph;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
  }

  fn(id: FunctionId): string {
    return this.#program.functions.get(id)?.name ?? id;
  }

  callee(fn: FunctionId, step: Call): string | null {
    const { target } = step;
    switch (target.kind) {
      case 'functions': {
        const [id] = target.ids;
        const callee = id === undefined ? undefined : this.#program.functions.get(id);
        if (!callee) return null;
        const isRunHere = callee.at[0] >= step.at[0] && callee.at[1] <= step.at[1] && callee.parent === fn;
        return isRunHere && !callee.synthetic ? null : callee.name;
      }
      case 'method':
        return memberName(target.type, target.name);
      case 'external':
        return externalName(target.name);
      case 'value':
        return this.#value(fn, target.of, 4) ?? this.#onlyTarget(fn, step);
      case 'unresolved':
        return target.text;
    }
  }

  maker({ fn, value }: Pick<PromiseNode, 'fn' | 'value'>): string | null {
    return this.#maker(fn, value, 8);
  }

  #maker(fn: FunctionId, value: ValueId, depth: number): string | null {
    const facts = this.#program.functions.get(fn)?.values[value];
    if (!facts || depth === 0) return null;
    const first = (values: readonly ValueId[]): string | null => {
      for (const one of values) {
        const name = this.#maker(fn, one, depth - 1);
        if (name !== null) return name;
      }
      return null;
    };
    switch (facts.kind) {
      case 'result': {
        const step = this.#program.steps(fn).get(facts.of);
        if (step?.kind === 'chain') return this.#maker(fn, step.of, depth - 1);
        return step?.kind === 'call' ? this.callee(fn, step) : null;
      }
      case 'read':
        return this.#place(fn, facts.place, depth);
      case 'choice':
      case 'from':
      case 'combined':
      case 'array':
        return first(facts.values);
      default:
        return null;
    }
  }

  #onlyTarget(fn: FunctionId, step: Step): string | null {
    const [id, ...others] = this.#graph.targets(fn, step.id);
    return id !== undefined && others.length === 0 ? this.fn(id) : null;
  }

  #value(fn: FunctionId, value: ValueId, depth: number): string | null {
    const facts = this.#program.functions.get(fn)?.values[value];
    if (!facts || depth === 0) return null;
    if (facts.kind === 'read') return this.#place(fn, facts.place, depth - 1);
    if (facts.kind === 'function') return this.#program.functions.get(facts.id)?.name ?? null;
    if (facts.kind === 'choice' || facts.kind === 'from')
      return facts.values.map(part => this.#value(fn, part, depth - 1)).find(name => name !== null) ?? null;
    return facts.kind === 'element' ? this.#value(fn, facts.of, depth - 1) : null;
  }

  #place(fn: FunctionId, place: Place, depth: number): string | null {
    const last = [...place.path].reverse().find(step => 'field' in step);
    if (last && 'field' in last) return last.field;
    const { root } = place;
    switch (root.kind) {
      case 'module':
        return root.name;
      case 'captured':
        return root.slot;
      case 'parameter':
        return this.#program.functions.get(fn)?.parameters[root.index]?.name ?? null;
      case 'external':
        return shortType(root.name);
      case 'value':
        return this.#value(fn, root.of, depth);
      default:
        return null;
    }
  }
}

/** `setInterval`, `new Worker`: the words for a spawn that has no callee of its own. */
export function spawnWords(step: Spawn): string {
  switch (step.how) {
    case 'interval':
      return 'interval';
    case 'timer':
      return 'timer';
    case 'thread':
      return 'thread';
    case 'process':
      return 'child process';
    default:
      return 'task';
  }
}
