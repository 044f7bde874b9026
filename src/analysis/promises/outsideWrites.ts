/** Which calls change something outside of the process: a database, a file, another system. */
import type { Access, Call, FunctionId, Step, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { growToLeast } from '../leastSet.ts';
import type { Program } from '../program.ts';

export interface OutsideWrites {
  /** Running the function, with everything that it calls, changes something outside. */
  ofFunction(fn: FunctionId): boolean;
  /** The call itself, or what it calls, does. */
  ofCall(fn: FunctionId, step: Call): boolean;
  /** It reaches outside at all, or nobody can see where it goes. */
  reaches(fn: FunctionId, step: Call): boolean;
}

/** Verbs of APIs that change what they are called for. */
const VERB =
  /^(?:add|append|book|cancel|charge|commit|copy|create|debit|decr|decrement|del|delete|destroy|drop|expire|hset|incr|increment|insert|lpush|mkdir|move|patch|pay|post|publish|push|put|record|refund|release|remove|rename|replace|reserve|rm|rpush|sadd|save|send|ship|store|truncate|unlink|update|upsert|write|zadd)(?:[A-Z_]\w*)?$/;
const STATEMENT = /^\s*(?:insert|update|delete|merge|replace|truncate|create|alter|drop|call|copy)\b/i;
const METHOD = /^(?:post|put|patch|delete)$/i;
const QUESTION = /^\s*(?:select|with|show|explain)\b/i;

/** How far down a call is followed, and to how many callees. */
const DEPTH = 4;
const FEW = 4;

export const outsideWrites = defineAnalysis<OutsideWrites>('outside-writes', (get, program) => {
  const solver = new Solver(get, program);
  solver.solve();
  return solver;
});

class Solver implements OutsideWrites {
  readonly #program: Program;
  readonly #graph: CallGraph;
  /** By depth and function. */
  readonly #writing = new Map<string, boolean>();
  readonly #reaching = new Set<FunctionId>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
  }

  solve(): void {
    growToLeast(this.#program, this.#graph, this.#reaching, ({ id }) =>
      [...this.#program.steps(id).values()].some(step => this.#reaches(id, step)),
    );
  }

  ofFunction(fn: FunctionId): boolean {
    return this.#within(fn, DEPTH);
  }

  ofCall(fn: FunctionId, step: Call): boolean {
    return this.#writes(fn, step, DEPTH);
  }

  reaches(fn: FunctionId, step: Call): boolean {
    return this.#reaches(fn, step);
  }

  /** What stands far below, or may be one of many callees, says little of what a call is for. */
  #within(fn: FunctionId, depth: number): boolean {
    const key = `${depth} ${fn}`;
    let known = this.#writing.get(key);
    if (known === undefined) {
      this.#writing.set(key, false);
      known = [...this.#program.steps(fn).values()].some(step => this.#writes(fn, step, depth));
      this.#writing.set(key, known);
    }
    return known;
  }

  #writes(fn: FunctionId, step: Step, depth: number): boolean {
    if (step.kind === 'access') return isStoreWrite(step);
    if (step.kind !== 'call') return false;
    const targets = this.#graph.targets(fn, step.id);
    if (targets.length > 0)
      return (
        this.#isSynthetic(targets, fn, step) ||
        (depth > 0 && targets.length <= FEW && targets.some(id => this.#within(id, depth - 1)))
      );
    return isOutside(step) && this.#says(fn, step);
  }

  /** A function that stands for a call of a library: what the call is given tells. */
  #isSynthetic(targets: readonly FunctionId[], fn: FunctionId, step: Call): boolean {
    return (
      targets.every(id => this.#program.functions.get(id)?.synthetic) &&
      step.args.some(arg => STATEMENT.test(this.#text(fn, arg)))
    );
  }

  #reaches(fn: FunctionId, step: Step): boolean {
    if (step.kind === 'access') return step.place.root.kind === 'store';
    // The outside operation that a synthetic function stands for.
    if (step.kind === 'await') return step.values.length === 0 && this.#program.functions.get(fn)?.synthetic === true;
    if (step.kind !== 'call') return false;
    const targets = this.#graph.targets(fn, step.id);
    if (targets.length > 0) return targets.some(id => this.#reaching.has(id));
    return isOutside(step) || step.known?.leavesTurn === true;
  }

  /** By the statement or method that it is given, else by its verb. */
  #says(fn: FunctionId, step: Call): boolean {
    const texts = step.args.map(arg => this.#text(fn, arg));
    if (texts.some(text => STATEMENT.test(text))) return true;
    if (texts.some(text => QUESTION.test(text))) return false;
    if (step.args.some(arg => METHOD.test(this.#option(fn, arg, 'method')))) return true;
    return VERB.test(memberOf(step));
  }

  #text(fn: FunctionId, value: ValueId): string {
    const facts = this.#program.functions.get(fn)?.values[value];
    if (facts?.kind === 'constant') return facts.text.startsWith('"') ? String(JSON.parse(facts.text)) : '';
    if (facts?.kind === 'template') return typeof facts.parts[0] === 'string' ? facts.parts[0] : '';
    if (facts?.kind === 'array') return facts.values[0] === undefined ? '' : this.#text(fn, facts.values[0]);
    if (facts?.kind === 'object') return this.#option(fn, value, 'text') || this.#option(fn, value, 'sql');
    return '';
  }

  #option(fn: FunctionId, value: ValueId, name: string): string {
    const facts = this.#program.functions.get(fn)?.values[value];
    const option = facts?.kind === 'object' && Object.hasOwn(facts.fields, name) ? facts.fields[name] : undefined;
    return option === undefined ? '' : this.#text(fn, option);
  }
}

const isStoreWrite = ({ place, mode }: Access): boolean =>
  place.root.kind === 'store' && mode !== 'read' && mode !== 'iterate';

/** Told by the tables, or code without a body here that gives a promise. */
function isOutside(step: Call): boolean {
  if (step.known?.outside !== undefined) return step.known.outside !== 'timer' && step.known.outside !== 'user';
  if (step.known !== undefined || step.gives === 'value') return false;
  // What is awaited on the spot is not asked for its type.
  if (step.target.kind === 'method') return step.gives === undefined || step.gives === 'promise';
  if (step.target.kind === 'value') return step.gives === 'promise';
  return step.target.kind === 'external' && !step.target.name.startsWith('lib#') && step.gives === 'promise';
}

function memberOf({ target }: Call): string {
  switch (target.kind) {
    case 'method':
      return target.name;
    case 'external':
      return (
        target.name
          .slice(target.name.indexOf('#') + 1)
          .split('.')
          .at(-1) ?? ''
      );
    case 'unresolved':
      return target.text.split('.').at(-1) ?? '';
    default:
      return '';
  }
}
