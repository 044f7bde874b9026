/** Values that stand for one connection or one transaction, as opposed to a pool that hands out many. */
import type { Call, FunctionId, Place, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { functionUses, type FunctionUsesOf } from './consumptionIndex.ts';
import { keptAndUsed } from './keptGiven.ts';
import type { Program } from '../program.ts';

export interface Connections {
  /** All these calls are made on, or given, one connection or transaction. `again`: one of them is made many times. */
  shared(fn: FunctionId, calls: readonly Call[], again: boolean): boolean;
}

export const connections = defineAnalysis<Connections>('connections', (get, program) => new Finder(get, program));

const TRANSACTION = /transaction/i;
const TRANSACTION_NAME = /^(?:tx|trx|transaction)$/i;
const BEGIN = /^"\s*(?:begin|start transaction)\b/i;
const DEPTH = 4;

class Finder implements Connections {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #uses: FunctionUsesOf;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#uses = get(functionUses);
  }

  shared(fn: FunctionId, calls: readonly Call[], again: boolean): boolean {
    if (calls.length < 2 && !again) return false;
    const [first, ...others] = calls.map(call => this.#of(fn, call));
    return first !== undefined && [...first].some(one => others.every(other => other.has(one)));
  }

  /** The connections that a call is made on or given, or that its object was given for it, by name. */
  #of(fn: FunctionId, call: Call): ReadonlySet<string> {
    const found = new Set<string>();
    // A call of a callback that stands at the call: what it uses itself.
    const target = call.target.kind === 'value' ? call.target.of : undefined;
    const inner = target === undefined ? undefined : this.#program.functions.get(fn)?.values[target];
    if (inner?.kind === 'function')
      for (const step of this.#program.steps(inner.id).values())
        if (step.kind === 'call') for (const one of this.#of(inner.id, step)) found.add(one);
    const values = [call.receiver, ...call.args, target];
    for (const value of values) {
      const name = value === undefined ? null : this.#connection(fn, value, DEPTH);
      if (name !== null) found.add(name);
    }
    for (const arg of call.args) for (const name of this.#inOptions(fn, arg)) found.add(name);
    for (const name of this.#givenAsSession(fn, call)) found.add(name);
    for (const kept of keptAndUsed(this.#program, this.#graph, fn, call)) {
      const name = this.#connection(kept.fn, kept.value, DEPTH);
      if (name !== null) found.add(name);
    }
    return found;
  }

  /** `{ transaction: t }`, and in a function that is run in a transaction `{ session }`. */
  #inOptions(fn: FunctionId, arg: ValueId): string[] {
    const options = this.#program.functions.get(fn)?.values[arg];
    if (options?.kind !== 'object') return [];
    return Object.entries(options.fields).flatMap(([option, value]) => {
      const known = this.#connection(fn, value, DEPTH);
      if (known !== null) return [known];
      const facts = this.#program.functions.get(fn)?.values[value];
      if (option !== 'session' || facts?.kind !== 'read' || !this.#runsInTransaction(fn)) return [];
      return [JSON.stringify(facts.place)];
    });
  }

  /** In a function that is run in a transaction: what it gives to one that puts it into `{ session }`. */
  #givenAsSession(fn: FunctionId, call: Call): string[] {
    if (call.target.kind !== 'functions' || call.spreads?.length || !this.#runsInTransaction(fn)) return [];
    const { ids } = call.target;
    return call.args.flatMap((arg, index) => {
      const facts = this.#program.functions.get(fn)?.values[arg];
      return facts?.kind === 'read' && ids.every(id => this.#putsIntoSession(id, index))
        ? [JSON.stringify(facts.place)]
        : [];
    });
  }

  #putsIntoSession(id: FunctionId, index: number): boolean {
    const uses = this.#uses(id);
    return uses
      .parameter(index)
      .some(
        ({ value, keys }) =>
          keys.length === 0 && uses.of(value).some(use => use.as === 'held' && use.key === 'session'),
      );
  }

  /** A name for the connection that a value is; null: it is none. */
  #connection(fn: FunctionId, value: ValueId, depth: number): string | null {
    const facts = depth > 0 ? this.#program.functions.get(fn)?.values[value] : undefined;
    switch (facts?.kind) {
      case 'settled':
        return this.#isAcquired(fn, facts.of) || this.#begins(fn, value) ? `${fn} ${value}` : null;
      case 'result':
        return this.#begins(fn, value) ? `${fn} ${value}` : null;
      case 'from':
      case 'choice': {
        const [only, ...others] = facts.values;
        return only !== undefined && others.length === 0 ? this.#connection(fn, only, depth - 1) : null;
      }
      case 'read':
        return this.#read(fn, facts.place, value, depth - 1);
      default:
        return null;
    }
  }

  #read(fn: FunctionId, { root, path }: Place, value: ValueId, depth: number): string | null {
    if (root.kind === 'value') return this.#connection(fn, root.of, depth);
    if (root.kind === 'parameter')
      return this.#isTransaction(fn, root.index) || this.#begins(fn, value) ? `${fn} $${root.index}` : null;
    if (root.kind !== 'captured' || path.length > 0) return null;
    const slot = this.#program.functions.get(root.from)?.slots[root.slot];
    return slot && !slot.assignedAgain && slot.value !== null ? this.#connection(root.from, slot.value, depth) : null;
  }

  /** One unit of a pool. */
  #isAcquired(fn: FunctionId, value: ValueId): boolean {
    const facts = this.#program.functions.get(fn)?.values[value];
    if (facts?.kind !== 'result') return false;
    return this.#graph.targets(fn, facts.of).some(id => {
      const steps = [...this.#program.steps(id).values()];
      return (
        this.#program.functions.get(id)?.synthetic === true &&
        steps.some(step => step.kind === 'acquire' && step.mode === 'permit') &&
        !steps.some(step => step.kind === 'release')
      );
    });
  }

  /** `BEGIN` is sent on it. */
  #begins(fn: FunctionId, value: ValueId): boolean {
    const facts = this.#program.functions.get(fn);
    return this.#uses(fn)
      .of(value)
      .some(use => {
        if (use.as !== 'step' || use.role !== 'receiver' || use.step.kind !== 'call') return false;
        const [first] = use.step.args;
        const text = first === undefined ? undefined : facts?.values[first];
        return text?.kind === 'constant' && BEGIN.test(text.text);
      });
  }

  /** The parameter of a function that is run in a transaction, or one that is called so. */
  #isTransaction(fn: FunctionId, index: number): boolean {
    const facts = this.#program.functions.get(fn);
    return TRANSACTION_NAME.test(facts?.parameters[index]?.name ?? '') || this.#runsInTransaction(fn);
  }

  /** It is given to something that runs it in a transaction. */
  #runsInTransaction(fn: FunctionId): boolean {
    const facts = this.#program.functions.get(fn);
    if (this.#graph.callers(fn).some(({ caller }) => TRANSACTION.test(this.#syntheticName(caller)))) return true;
    const parent = facts?.parent == null ? undefined : this.#program.functions.get(facts.parent);
    if (!parent) return false;
    return parent.values.some(
      (value, id) =>
        value.kind === 'function' &&
        value.id === fn &&
        this.#uses(parent.id)
          .of(id)
          .some(
            use =>
              use.as === 'step' &&
              use.role === 'argument' &&
              use.step.kind === 'call' &&
              TRANSACTION.test(nameOf(use.step)),
          ),
    );
  }

  #syntheticName(fn: FunctionId): string {
    const facts = this.#program.functions.get(fn);
    return facts?.synthetic ? (facts.name.split(' in ')[0] ?? '') : '';
  }
}

function nameOf({ target }: Call): string {
  switch (target.kind) {
    case 'method':
      return target.name;
    case 'external':
      return target.name;
    case 'unresolved':
      return target.text;
    case 'functions':
      return target.ids[0] ?? '';
    default:
      return '';
  }
}
