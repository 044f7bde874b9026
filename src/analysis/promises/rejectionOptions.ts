/**
 * What is tested of what a function is given, where the test decides whether it fails: an option
 * (`if (!options.throwOnError) promise = promise.catch(ignore)`), or a constant that is given
 * (`if (level === FATAL) await crash(entry)`). The parameters that bring it to the test, and by which of their members.
 */
import type { Block, Call, FunctionFacts, FunctionId, PathStep, Place, Value, ValueId } from '../../model/facts.ts';
import type { CallGraph } from '../flow/callGraph.ts';
import { type Program, variableAt } from '../program.ts';
import { conditionReads, innerBlocks } from '../steps.ts';
import type { WriteIndex } from '../writeIndex.ts';

/** A parameter, by its function and its place there; `name`: a member of what is given, null for all of it. */
interface Parameter {
  fn: FunctionId;
  index: number;
  name: string | null;
}

/** Copies, spreads and variables are followed this far. */
const HOPS = 6;
/** So many arguments of a rest are told apart. */
const MANY_ARGUMENTS = 8;
/** What so many calls give is not told apart. */
export const MANY_CALLERS = 100;

/** The members of its parameters that a function, or what it hands them to, tests. */
type Carried = ReadonlyMap<number, ReadonlySet<string>>;

export class RejectionOptions {
  readonly #program: Program;
  readonly #writes: WriteIndex;
  readonly #carrying = new Map<FunctionId, Map<number, Set<string>>>();
  readonly #tested = new Map<FunctionId, Set<number>>();
  /** Members that are set in an object that was given: what the caller wrote is not what is tested. */
  readonly #changed = new Map<string, boolean>();

  constructor(program: Program, graph: CallGraph, writes: WriteIndex) {
    this.#program = program;
    this.#writes = writes;
    const found: Parameter[] = [];
    for (const fn of program.functions.values())
      for (const value of decidingValues(program, fn))
        for (const parameter of this.#behind(fn, value, null, HOPS)) this.#add(parameter, found);
    for (const { fn, index, name } of found) {
      const callers = graph.callers(fn);
      if (callers.length > MANY_CALLERS && name === null) continue;
      for (const { caller, step } of callers)
        for (const parameter of this.#handedOn(caller, step, index, name)) this.#add(parameter, found);
    }
  }

  /** The option is set later on in the function that makes the object, or in one that stands there. */
  isSetIn(fn: FunctionId, name: string): boolean {
    return this.#writes.toField(name).some(write => write.fn.id === fn || write.fn.id.startsWith(`${fn}/`));
  }

  /** The members of its parameters that a function brings to where they are tested. */
  carriedBy(fn: FunctionId): Carried {
    return this.#carrying.get(fn) ?? NOTHING;
  }

  /** The parameters that a function brings, whole, to where they are tested. */
  testedBelow(fn: FunctionId): ReadonlySet<number> {
    return this.#tested.get(fn) ?? NONE;
  }

  /** The member is never set in an object that was given, or that a variable holds. */
  isAsGiven(name: string): boolean {
    let changed = this.#changed.get(name);
    if (changed === undefined) {
      changed = this.#writes
        .toField(name)
        .some(
          ({ fn, place }) =>
            this.#isOfVariable(place) ||
            this.#behindRoot(fn, place.root, name, HOPS).some(one => this.carriedBy(one.fn).get(one.index)?.has(name)),
        );
      this.#changed.set(name, changed);
    }
    return !changed;
  }

  #isOfVariable({ root, path }: Place): boolean {
    return path.length === 1 && variableAt(this.#program, root) !== undefined;
  }

  #add(parameter: Parameter, found: Parameter[]): void {
    const { fn, index, name } = parameter;
    if (name === null) {
      const known = setIn(this.#tested, fn, () => new Set<number>());
      if (known.has(index)) return;
      known.add(index);
    } else {
      const members = setIn(this.#carrying, fn, () => new Map<number, Set<string>>());
      const known = setIn(members, index, () => new Set<string>());
      if (known.has(name)) return;
      known.add(name);
    }
    found.push(parameter);
  }

  #handedOn(caller: FunctionId, id: number, index: number, name: string | null): Parameter[] {
    const step = this.#program.steps(caller).get(id);
    const fn = this.#program.functions.get(caller);
    const arg = fn && step?.kind === 'call' ? argumentAt(fn, step, index) : undefined;
    if (!fn || !arg || arg === 'unknown') return [];
    return 'value' in arg ? this.#behind(fn, arg.value, name, HOPS) : [{ fn: fn.id, index: arg.parameter, name }];
  }

  /** The parameters that a value, or this member of it, comes from. */
  #behind(fn: FunctionFacts, value: ValueId, name: string | null, hops: number): Parameter[] {
    const facts = fn.values[value];
    if (!facts || hops === 0) return [];
    const all = (values: readonly ValueId[]): Parameter[] =>
      values.flatMap(one => this.#behind(fn, one, name, hops - 1));
    switch (facts.kind) {
      case 'read':
        return this.#behindRead(fn, facts.place, name, hops);
      case 'object': {
        const own = name === null ? undefined : facts.fields[name];
        return [
          ...(name === null ? [] : all(facts.spreads)),
          ...(own === undefined ? [] : this.#behind(fn, own, null, hops - 1)),
        ];
      }
      case 'choice':
        return all(facts.values);
      case 'from':
        return facts.how === 'copy' ? all(facts.values) : [];
      default:
        return [];
    }
  }

  #behindRead(fn: FunctionFacts, { root, path }: Place, name: string | null, hops: number): Parameter[] {
    const [first, ...others] = path;
    if (!first) return this.#behindRoot(fn, root, name, hops);
    if (others.length > 0 || name !== null) return [];
    if ('field' in first) return this.#behindRoot(fn, root, first.field, hops);
    // `LEVELS[name]`
    return 'key' in first && typeof first.key !== 'string' ? this.#behind(fn, first.key, null, hops - 1) : [];
  }

  #behindRoot(fn: FunctionFacts, root: Place['root'], name: string | null, hops: number): Parameter[] {
    if (root.kind === 'parameter') return [{ fn: fn.id, index: root.index, name }];
    if (root.kind === 'value') return this.#behind(fn, root.of, name, hops - 1);
    const variable = variableAt(this.#program, root);
    if (!variable || variable.slot.assignedAgain || variable.slot.value === null) return [];
    return this.#behind(variable.owner, variable.slot.value, name, hops - 1);
  }
}

function setIn<K, V>(all: Map<K, V>, key: K, make: () => V): V {
  let known = all.get(key);
  if (known === undefined) {
    known = make();
    all.set(key, known);
  }
  return known;
}

/**
 * An argument by its place: the value that stands there, or what the caller was given there itself and hands on
 * (`(...args) => f(...args)`: what stands in `args` counts on from its place). `unknown` behind any other spread.
 */
export function argumentAt(
  fn: FunctionFacts,
  { args, spreads = [] }: Call,
  index: number,
): { value: ValueId } | { parameter: number } | 'unknown' | undefined {
  const [first] = spreads;
  if (first === undefined || index < first) {
    const value = args[index];
    return value === undefined ? undefined : { value };
  }
  const spread = fn.values[args[first] ?? -1];
  if (spread?.kind !== 'read' || spread.place.path.length > 0 || spread.place.root.kind !== 'parameter')
    return 'unknown';
  const { index: rest } = spread.place.root;
  const isLast = first === args.length - 1 && fn.parameters[rest]?.rest === true;
  // A function that hands on its rest to itself shifts it each time.
  return isLast && index - first < MANY_ARGUMENTS ? { parameter: rest + index - first } : 'unknown';
}

const NONE: ReadonlySet<number> = new Set();
const NOTHING: Carried = new Map();

/**
 * What is tested where that decides whether a rejection is handled, an error that was caught is thrown again, something
 * is awaited, or which promise is returned.
 */
function decidingValues(program: Program, fn: FunctionFacts): ValueId[] {
  const found = new Set<ValueId>();
  const walk = (block: Block, inHandler: boolean): void => {
    for (const step of block) {
      if (step.kind === 'branch' && step.arms.some(({ body }) => decides(program, fn, body, inHandler)))
        for (const value of conditionReads(step.condition)) found.add(value);
      if (step.kind !== 'try') {
        for (const inner of innerBlocks(step)) walk(inner, inHandler);
        continue;
      }
      for (const inner of [step.body, step.orElse, step.finally]) walk(inner, inHandler);
      for (const handler of step.handlers) walk(handler.body, true);
    }
  };
  walk(fn.body, false);
  return [...found];
}

function decides(program: Program, fn: FunctionFacts, body: Block, inHandler: boolean): boolean {
  return body.some(step => {
    switch (step.kind) {
      case 'chain':
        return step.onRejected !== undefined;
      case 'await':
        return true;
      case 'exit':
        return (
          (step.how === 'throw' && inHandler) ||
          (step.how === 'return' && (fn.calling !== 'value' || isMade(program, fn, step.value)))
        );
      default:
        return innerBlocks(step).some(inner => decides(program, fn, inner, inHandler));
    }
  });
}

/** A promise that is put together here: `return Promise.all(parts).then(() => result)`. */
function isMade(program: Program, fn: FunctionFacts, value: ValueId | undefined): boolean {
  const facts: Value | undefined = value === undefined ? undefined : fn.values[value];
  if (facts?.kind === 'combined') return true;
  return facts?.kind === 'result' && program.steps(fn.id).get(facts.of)?.kind === 'chain';
}

/** The name of a path that is one member. */
export function onlyField(path: readonly PathStep[]): string | undefined {
  const [first, ...others] = path;
  return first && 'field' in first && others.length === 0 ? first.field : undefined;
}
