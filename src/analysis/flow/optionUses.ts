/** Whether a call is really given a signal or timeout: what its argument carries by its type, looked up in the objects. */
import type { Call, FunctionFacts, OptionUse, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from './callGraph.ts';
import { type Evaluator, evaluator } from './evaluator.ts';
import type { Program } from '../program.ts';
import type { Ref } from '../refs.ts';

export interface OptionUses {
  /** The signal that the call takes and what is there; undefined: it takes none, or nobody knows. */
  signal(fn: FunctionFacts, step: Call): OptionUse | undefined;
  /** `absent` also where an argument could have the option and the objects that it stands for have not. */
  resolved(fn: FunctionFacts, use: OptionUse): OptionUse['how'];
}

export const optionUses = defineAnalysis<OptionUses>('option-uses', (get, program) => new Uses(get, program));

const DEPTH = 5;

class Uses implements OptionUses {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #eval: Evaluator;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#eval = get(evaluator);
  }

  signal(fn: FunctionFacts, step: Call): OptionUse | undefined {
    return step.stopping?.signal ?? this.#ofTarget(fn, step);
  }

  /** Untyped code: a callee whose parameter is a signal by its name, or whose options are read for one. */
  #ofTarget(fn: FunctionFacts, step: Call): OptionUse | undefined {
    const [id, ...others] = this.#graph.targets(fn.id, step.id);
    const callee = id === undefined || others.length > 0 ? undefined : this.#program.functions.get(id);
    if (!callee || callee.synthetic || step.spreads?.length) return undefined;
    const argument = callee.parameters.findIndex(
      ({ signal }, index) => signal !== undefined || readsSignal(callee, index),
    );
    if (argument < 0) return undefined;
    const [option] = callee.parameters[argument]?.signal?.path ?? ['signal'];
    const value = step.args[argument];
    const at = option === undefined ? { argument } : { argument, option };
    if (value === undefined) return { ...at, how: 'absent' };
    return { ...at, how: option === undefined ? 'given' : 'carried', value };
  }

  resolved(fn: FunctionFacts, { how, value, option }: OptionUse): OptionUse['how'] {
    if (how !== 'carried' || value === undefined || option === undefined) return how;
    const refs = this.#eval.evaluate(this.#eval.symbolicFrame(fn), value);
    return refs.length > 0 && refs.every(ref => this.#lacks(ref, option, 0)) ? 'absent' : 'carried';
  }

  /** Every object that the reference may stand for is known and has not got the option. */
  #lacks(ref: Ref, option: string, depth: number): boolean {
    if (depth > DEPTH) return false;
    if (ref.kind === 'constant') return true;
    if (ref.kind === 'made') return 'value' in ref.at && this.#literalLacks(ref, ref.at.value, option, depth);
    if (ref.kind !== 'parameter' && ref.kind !== 'field') return false;
    const resolved = this.#eval.resolve(ref).filter(one => one !== ref);
    return resolved.length > 0 && resolved.every(one => this.#lacks(one, option, depth + 1));
  }

  /** `Object.assign(options, …)`: members of something else become its own. */
  #isCopiedInto(ref: Ref & { kind: 'made' }): boolean {
    return [...this.#program.steps(ref.frame.fn.id).values()].some(step => {
      const into = step.kind === 'call' ? step.known?.copies?.into : undefined;
      const target = step.kind === 'call' && typeof into === 'number' ? step.args[into] : undefined;
      return target !== undefined && this.#eval.evaluate(ref.frame, target).includes(ref);
    });
  }

  #literalLacks(ref: Ref & { kind: 'made' }, id: ValueId, option: string, depth: number): boolean {
    const literal = ref.frame.fn.values[id];
    if (literal?.kind !== 'object' || Object.hasOwn(literal.fields, option)) return false;
    if (this.#eval.writes.toField(option).some(write => write.fn.id === ref.frame.fn.id)) return false;
    if (this.#isCopiedInto(ref)) return false;
    return literal.spreads.every(spread => {
      const refs = this.#eval.evaluate(ref.frame, spread);
      return refs.length > 0 && refs.every(one => this.#lacks(one, option, depth + 1));
    });
  }
}

function readsSignal(fn: FunctionFacts, index: number): boolean {
  return fn.values.some(value => {
    if (value.kind !== 'read' || value.place.root.kind !== 'parameter' || value.place.root.index !== index)
      return false;
    const [first] = value.place.path;
    return first !== undefined && 'field' in first && first.field === 'signal' && first.of === undefined;
  });
}
