/** Which activations a call makes: targets as the front end resolved them, refined by what the values stand for here. */
import type { Call, FunctionFacts, FunctionId, StepId } from '../../model/facts.ts';
import type { Callee, Evaluator } from './evaluator.ts';
import { type CallSite, type Frame, type Ref, type Refs, isNothing, typeOf } from '../refs.ts';

/** More possible bodies than this say nothing. */
const MEGAMORPHIC = 25;
/** Receivers are looked through this many containers and parameters. */
const RECEIVER_DEPTH = 4;

/** Arguments by position (null: not known), and what parameters behind them are given. */
export interface Given {
  readonly known: readonly (Refs | null)[];
  /** null: perhaps something. */
  readonly rest: Refs | null;
}

export class CalleeFinder {
  readonly #eval: Evaluator;
  readonly #found = new Map<number, Map<StepId, readonly Callee[]>>();

  constructor(evaluator: Evaluator) {
    this.#eval = evaluator;
  }

  find(frame: Frame, step: Call): readonly Callee[] {
    let table = this.#found.get(frame.id);
    if (!table) {
      table = new Map<StepId, readonly Callee[]>();
      this.#found.set(frame.id, table);
    }
    const known = table.get(step.id);
    if (known) return known;
    table.set(step.id, []);
    const found = this.#find(frame, step);
    table.set(step.id, found);
    return found;
  }

  #find(frame: Frame, step: Call): readonly Callee[] {
    const evaluator = this.#eval;
    const { target } = step;
    const args = this.#arguments(frame, step);
    if (target.kind === 'external') return [];
    const self =
      step.newOf !== undefined
        ? this.#made(frame, step)
        : step.receiver === undefined
          ? null
          : evaluator.evaluate(frame, step.receiver);
    // `this.parent?.grow()` of an object that was given no parent.
    if (self && self.length > 0 && self.every(isNothing)) return [];
    if (target.kind === 'functions')
      return target.ids.flatMap(id => this.#activation(frame, step, id, args, self, target.ids.length > 1));
    if (target.kind === 'value') {
      const called = evaluator.evaluate(frame, target.of);
      const found = this.ofRefs(called, args, self);
      if (found.length > 0 || isObject(called)) return found;
    }
    if (target.kind === 'method' && self) {
      const found = self.flatMap(receiver => this.#method(receiver, target.name, args));
      if (found.length > 0) return unique(found);
    }
    return this.#fromGraph(frame, step, args, self);
  }

  /** What is given, by position; of a call as it is written, what is left out is undefined. */
  #arguments(frame: Frame, step: Call): Given {
    const known = spreadless(step).map(arg => (arg === null ? null : this.#eval.evaluate(frame, arg)));
    // A callback may be given more than the tables say.
    const isWhole = step.spreads === undefined && step.target.kind !== 'value';
    return { known, rest: isWhole ? [this.#eval.refs.make({ kind: 'constant', text: 'undefined' })] : null };
  }

  #made(frame: Frame, step: Call): Refs {
    return step.newOf === undefined
      ? []
      : [
          this.#eval.refs.make({
            kind: 'made',
            frame,
            at: { step: step.id },
            type: step.newOf,
            site: `${frame.fn.id}@s${step.id}`,
          }),
        ];
  }

  /** The context-insensitive answer, where values say nothing here. */
  #fromGraph(frame: Frame, step: Call, args: Given, self: Refs | null): readonly Callee[] {
    const ids = this.#eval.graph.targets(frame.fn.id, step.id);
    if (ids.length > MEGAMORPHIC) return [];
    return ids.flatMap(id => this.#activation(frame, step, id, args, self, true));
  }

  #activation(frame: Frame, step: Call, id: FunctionId, args: Given, self: Refs | null, guessed: boolean): Callee[] {
    const fn = this.#eval.program.functions.get(id);
    if (!fn) return [];
    const parent = fn.parent === null ? null : (this.#eval.enclosing(frame, fn.parent) ?? null);
    const from = callSite(frame, step);
    return [{ frame: this.#frameOf(fn, this.#selfFor(fn, self), args, parent, from), guessed }];
  }

  #frameOf(fn: FunctionFacts, self: Refs | null, args: Given, parent: Frame | null, from?: CallSite): Frame {
    const given = parametersOf(fn, args);
    const plain = this.#eval.frame(fn, self, given, parent, from ?? null);
    const defaults = this.#defaults(plain, args);
    if (!defaults) return plain;
    return this.#eval.frame(
      fn,
      self,
      given.map((refs, at) => defaults[at] ?? refs),
      parent,
      from ?? null,
    );
  }

  /** What parameters that are given nothing are, where that is an object or function: plain values tell no ways apart. */
  #defaults(callee: Frame, args: Given): (Refs | null)[] | null {
    const isLeftOut = (index: number): boolean => {
      const given = index < args.known.length ? args.known[index] : args.rest;
      return given != null && given.length > 0 && given.every(isNothing);
    };
    if (!callee.fn.parameters.some(({ initial }, index) => initial !== undefined && isLeftOut(index))) return null;
    return callee.fn.parameters.map(({ initial }, index) => {
      const refs = initial !== undefined && isLeftOut(index) ? this.#eval.evaluate(callee, initial) : [];
      const isKnown = refs.length > 0 && refs.every(ref => ref.kind === 'made' || ref.kind === 'function');
      return isKnown ? refs : null;
    });
  }

  /** A receiver only for functions that have one; a `self` of unknown origin stays symbolic. */
  #selfFor(fn: FunctionFacts, self: Refs | null): Refs | null {
    return fn.parent === null || fn.owner !== null || self === null || self.length > 0 ? self : null;
  }

  #method(receiver: Ref, name: string, args: Given, depth = 0): Callee[] {
    if (depth > RECEIVER_DEPTH) return [];
    const evaluator = this.#eval;
    const type = typeOf(receiver);
    const self = [receiver];
    if (receiver.kind === 'made' || receiver.kind === 'class' || receiver.kind === 'self') {
      const method = type === null ? undefined : evaluator.types.methodOf(type, name, receiver.kind === 'class');
      const overridden =
        receiver.kind === 'self' &&
        type !== null &&
        evaluator.types
          .descendants(type)
          .some(below => evaluator.program.types.get(below)?.methods[name] !== undefined);
      if (method && !overridden) {
        const decorated = this.decorated(method.type.id, name, method.id, args, self);
        if (decorated) return decorated;
        const fn = evaluator.program.functions.get(method.id);
        return fn ? [{ frame: this.#frameOf(fn, self, args, null), guessed: false }] : [];
      }
      if (receiver.kind === 'made') return [...this.ofRefs(evaluator.field(receiver, name, null), args, self)];
    }
    if (receiver.kind === 'field' || receiver.kind === 'parameter') {
      const resolved = evaluator.resolve(receiver).filter(ref => ref !== receiver);
      if (resolved.length > 0) {
        const found = resolved.flatMap(ref => this.#method(ref, name, args, depth + 1));
        if (found.length > 0) return found;
      }
    }
    if (receiver.kind === 'element') {
      const found = evaluator
        .elements(receiver.base)
        .flatMap(ref => (ref === receiver ? [] : this.#method(ref, name, args, depth + 1)));
      if (found.length > 0) return found;
    }
    return [];
  }

  /** A decorated method: what the decorator made of it. */
  decorated(type: string, name: string, original: FunctionId, args: Given, self: Refs | null): Callee[] | undefined {
    const evaluator = this.#eval;
    const value = evaluator.program.types.get(type)?.decorated?.[name];
    const module = evaluator.program.functions.get(`${type.slice(0, type.lastIndexOf('#'))}#`);
    if (value === undefined || !module) return undefined;
    const frame = evaluator.symbolicFrame(module);
    const made = evaluator.evaluate(frame, value).filter(ref => ref.kind === 'function' && ref.fn !== original);
    const found = this.ofRefs(made.length > 0 ? made : this.#replacements(frame, value), args, self);
    return found.length > 0 ? [...found] : undefined;
  }

  /** Legacy decorators write the new function over the descriptor's `value`. */
  #replacements(frame: Frame, value: number): Refs {
    const read = frame.fn.values[value];
    if (read?.kind !== 'read' || read.place.root.kind !== 'value') return [];
    const evaluator = this.#eval;
    const descriptors = evaluator.evaluate(frame, read.place.root.of);
    const found: Ref[] = [];
    for (const step of evaluator.program.steps(frame.fn.id).values()) {
      if (
        step.kind !== 'call' ||
        !step.args.some(arg => evaluator.evaluate(frame, arg).some(ref => descriptors.includes(ref)))
      )
        continue;
      for (const callee of this.find(frame, step)) {
        for (const write of evaluator.writes.toField('value')) {
          if (write.fn.id !== callee.frame.fn.id) continue;
          found.push(...evaluator.evaluate(callee.frame, write.value));
        }
      }
    }
    return found;
  }

  ofRefs(callee: Refs, args: Given, self: Refs | null, depth = 0): readonly Callee[] {
    if (depth > RECEIVER_DEPTH) return [];
    const evaluator = this.#eval;
    const found: Callee[] = [];
    for (const ref of callee) {
      if (ref.kind === 'function') {
        const fn = evaluator.program.functions.get(ref.fn);
        if (fn) found.push({ frame: this.#frameOf(fn, self, args, ref.frame), guessed: callee.length > 1 });
      } else if (ref.kind === 'parameter' || ref.kind === 'field') {
        const resolved = evaluator.resolve(ref).filter(inner => inner.kind !== 'parameter' && inner !== ref);
        found.push(...this.ofRefs(resolved, args, self, depth + 1));
      } else if (ref.kind === 'element') {
        const inner = evaluator.elements(ref.base).filter(value => value !== ref && value.kind !== 'element');
        found.push(...this.ofRefs(inner, args, self, depth + 1));
      } else if (ref.kind === 'pick') found.push(...this.ofRefs([ref.yes, ref.no], args, self, depth + 1));
    }
    return unique(found);
  }
}

/** The call, within the one that the caller is told apart by. */
const callSite = ({ fn, from }: Frame, { id }: Call): CallSite => ({
  fn: fn.id,
  step: id,
  key: `${fn.id}@s${id}${from && !from.key.includes(' < ') ? ` < ${from.key}` : ''}`,
});

/** Arguments by position; from a spread on nothing is known. */
function spreadless(step: Call): (number | null)[] {
  const first = Math.min(...(step.spreads ?? []), Infinity);
  return step.args.map((arg, index) => (index < first ? arg : null)).slice(0, first === Infinity ? undefined : first);
}

/** Parameters by position; a rest parameter, and one with a value of its own that is given nothing, stay symbolic. */
function parametersOf(fn: FunctionFacts, { known, rest }: Given): (Refs | null)[] {
  return fn.parameters.map((parameter, index) => {
    if (parameter.rest) return null;
    const given = index < known.length ? (known[index] ?? null) : rest;
    return parameter.initial !== undefined && given?.every(isNothing) ? null : given;
  });
}

function unique(found: readonly Callee[]): Callee[] {
  const seen = new Set<Frame>();
  return found.filter(({ frame }) => !seen.has(frame) && seen.add(frame));
}

/** An object of a library that can be called (a transaction, say): no function of the project runs. */
const isObject = (called: Refs): boolean =>
  called.length > 0 && called.every(ref => ref.kind === 'made' || (ref.kind === 'unknown' && ref.made));
