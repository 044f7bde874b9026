/**
 * Options that say whether a failure is passed on: `if (!options.throwOnError) promise = promise.catch(ignore)`. Their
 * names, and the parameters that bring them to where they are tested.
 */
import type {
  Block,
  Call,
  Condition,
  FunctionFacts,
  FunctionId,
  PathStep,
  Place,
  Step,
  ValueId,
} from '../../model/facts.ts';
import type { CallGraph } from '../flow/callGraph.ts';
import { type Program, variableAt } from '../program.ts';
import { conditionReads, innerBlocks } from '../steps.ts';
import type { WriteIndex } from '../writeIndex.ts';

/** A parameter, by its function and its place there. */
interface Parameter {
  fn: FunctionId;
  index: number;
}

/** Copies, spreads and variables are followed this far. */
const HOPS = 6;

export class RejectionOptions {
  readonly names: readonly string[];
  readonly #program: Program;
  readonly #writes: WriteIndex;
  /** By function: the parameters that carry such an option to a test. */
  readonly #carrying = new Map<FunctionId, Set<number>>();

  constructor(program: Program, graph: CallGraph, writes: WriteIndex) {
    this.#program = program;
    this.#writes = writes;
    const tests = [...program.functions.values()].flatMap(fn => optionTests(fn));
    const found = tests.flatMap(({ fn, root }) => this.#behindRoot(fn, root, HOPS));
    for (const parameter of found) this.#add(parameter, found);
    for (const { fn, index } of found)
      for (const { caller, step } of graph.callers(fn))
        for (const parameter of this.#handedOn(caller, step, index)) this.#add(parameter, found);
    const names = new Set(tests.map(({ name }) => name).filter(name => !this.#isSetInGiven(name)));
    this.names = [...names].sort();
  }

  /** The option is set later on in the function that makes the object, or in one that stands there. */
  isSetIn(fn: FunctionId, name: string): boolean {
    return this.#writes.toField(name).some(write => write.fn.id === fn || write.fn.id.startsWith(`${fn}/`));
  }

  /** The option is set in an object that was given: what the caller wrote is not what is tested. */
  #isSetInGiven(name: string): boolean {
    return this.#writes
      .toField(name)
      .some(({ fn, place }) =>
        this.#behindRoot(fn, place.root, HOPS).some(one => this.carriedBy(one.fn).has(one.index)),
      );
  }

  /** The parameters of a function that bring such an option to where it is tested. */
  carriedBy(fn: FunctionId): ReadonlySet<number> {
    return this.#carrying.get(fn) ?? NONE;
  }

  #add(parameter: Parameter, found: Parameter[]): void {
    const known = this.#carrying.get(parameter.fn);
    if (known?.has(parameter.index)) return;
    if (known) known.add(parameter.index);
    else this.#carrying.set(parameter.fn, new Set([parameter.index]));
    found.push(parameter);
  }

  #handedOn(caller: FunctionId, id: number, index: number): Parameter[] {
    const step = this.#program.steps(caller).get(id);
    const fn = this.#program.functions.get(caller);
    const arg = fn && step?.kind === 'call' ? argumentAt(fn, step, index) : undefined;
    if (!fn || !arg || arg === 'unknown') return [];
    return 'value' in arg ? this.#behind(fn, arg.value, HOPS) : [{ fn: fn.id, index: arg.parameter }];
  }

  /** The parameters whose members a value has. */
  #behind(fn: FunctionFacts, value: ValueId, hops: number): Parameter[] {
    const facts = fn.values[value];
    if (!facts || hops === 0) return [];
    const all = (values: readonly ValueId[]): Parameter[] => values.flatMap(one => this.#behind(fn, one, hops - 1));
    switch (facts.kind) {
      case 'read':
        return facts.place.path.length > 0 ? [] : this.#behindRoot(fn, facts.place.root, hops);
      case 'object':
        return all(facts.spreads);
      case 'choice':
        return all(facts.values);
      case 'from':
        return facts.how === 'copy' ? all(facts.values) : [];
      default:
        return [];
    }
  }

  #behindRoot(fn: FunctionFacts, root: Place['root'], hops: number): Parameter[] {
    if (root.kind === 'parameter') return [{ fn: fn.id, index: root.index }];
    if (root.kind === 'value') return this.#behind(fn, root.of, hops - 1);
    const variable = variableAt(this.#program, root);
    if (!variable || variable.slot.assignedAgain || variable.slot.value === null) return [];
    return this.#behind(variable.owner, variable.slot.value, hops - 1);
  }
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
  return isLast ? { parameter: rest + index - first } : 'unknown';
}

const NONE: ReadonlySet<number> = new Set();

interface OptionTest {
  fn: FunctionFacts;
  root: Place['root'];
  name: string;
}

/** Tests of one member that decide whether a rejection is handled, or an error that was caught is thrown again. */
function optionTests(fn: FunctionFacts): OptionTest[] {
  const found: OptionTest[] = [];
  const add = (condition: Condition): void => {
    for (const value of conditionReads(condition)) {
      const facts = fn.values[value];
      const name = facts?.kind === 'read' ? onlyField(facts.place.path) : undefined;
      if (facts?.kind === 'read' && name !== undefined) found.push({ fn, root: facts.place.root, name });
    }
  };
  const walk = (block: Block, inHandler: boolean): void => {
    for (const step of block) {
      if (step.kind === 'branch' && step.arms.some(({ body }) => body.some(one => passesOn(one, inHandler))))
        add(step.condition);
      if (step.kind !== 'try') {
        for (const inner of innerBlocks(step)) walk(inner, inHandler);
        continue;
      }
      for (const inner of [step.body, step.orElse, step.finally]) walk(inner, inHandler);
      for (const handler of step.handlers) walk(handler.body, true);
    }
  };
  walk(fn.body, false);
  return found;
}

const passesOn = (step: Step, inHandler: boolean): boolean =>
  (step.kind === 'chain' && step.onRejected !== undefined) ||
  (inHandler && step.kind === 'exit' && step.how === 'throw');

/** The name of a path that is one member. */
export function onlyField(path: readonly PathStep[]): string | undefined {
  const [first, ...others] = path;
  return first && 'field' in first && others.length === 0 ? first.field : undefined;
}
