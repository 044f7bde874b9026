/**
 * Promises that are ignored by contract or mistaken for a value: functions given where nobody looks at what they
 * return or takes it for an answer, promises used as plain values, members that override one which returns nothing.
 */
import type {
  Contract,
  FunctionFacts,
  FunctionId,
  Place,
  PlainUse,
  StepId,
  TypeId,
  ValueId,
} from '../../model/facts.ts';
import type { Confidence } from '../../model/report.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { type Consumption, consumption } from './consumption.ts';
import { type MemberCall, memberCalls } from '../flow/memberCalls.ts';
import { hierarchy, type TypeHierarchy } from '../hierarchy.ts';
import { functionUses, type FunctionUsesOf } from './consumptionIndex.ts';
import { type Emitters, emitters } from '../flow/emitters.ts';
import { type Failure, mayFail, type MayReject, mayReject, worse } from './mayReject.ts';
import { type MadePromises, madePromises } from './promisesMade.ts';
import { type PromiseNode, type Promises, promises } from './promises.ts';
import { type Program, type Site, variableAt } from '../program.ts';
import { type WriteIndex, writeIndex } from '../writeIndex.ts';
import { isNothing } from '../refs.ts';
import { type StandsFor, standsFor } from '../flow/standsFor.ts';
import { type Suspension, suspension } from './suspension.ts';
import { ownClaims } from './suspensionClaims.ts';

export type MisusedPromise =
  | {
      kind: 'callback';
      /** The function that gives it away. */
      in: FunctionId;
      at: Site;
      contract: Contract;
      /** What the callback may be; of a bound function what is bound. */
      work: readonly FunctionId[];
      rejection: Failure;
      /** It is called again before the last call has ended. */
      overlaps: 'never' | 'rarely' | 'may';
      /** It may give a plain value just as well. */
      maybe: boolean;
      confidence: Confidence;
    }
  | { kind: 'override'; at: Site; fn: FunctionId; base: string; confidence: Confidence }
  | {
      kind: 'value';
      in: FunctionId;
      at: Site;
      uses: { site: Site; as: PlainUse['as'] }[];
      /** What makes it, when that is known. */
      made: PromiseNode | null;
      maybe: boolean;
      confidence: Confidence;
    };

export interface MisusedPromises {
  found: readonly MisusedPromise[];
  /** Functions given by contract, and values in plain places. */
  examined: readonly Site[];
}

export const misusedPromises = defineAnalysis<MisusedPromises>('misused-promises', (get, program) => {
  const finder = new Finder(get, program);
  for (const fn of program.functions.values()) finder.look(fn);
  finder.overrides();
  return finder;
});

class Finder implements MisusedPromises {
  readonly found: MisusedPromise[] = [];
  readonly examined: Site[] = [];
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #uses: FunctionUsesOf;
  readonly #rejects: MayReject;
  readonly #promises: Promises;
  readonly #consumption: Consumption;
  readonly #made: MadePromises;
  readonly #suspension: Suspension;
  readonly #hasClaim: (fn: FunctionId) => boolean;
  readonly #emitters: Emitters;
  readonly #writes: WriteIndex;
  readonly #hierarchy: TypeHierarchy;
  readonly #standsFor: StandsFor;
  readonly #memberCalls: (type: TypeId, name: string) => readonly MemberCall[];
  #ignored: ReadonlySet<FunctionId> | undefined;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#uses = get(functionUses);
    this.#rejects = get(mayReject);
    this.#promises = get(promises);
    this.#consumption = get(consumption);
    this.#made = get(madePromises);
    this.#suspension = get(suspension);
    this.#hasClaim = get(ownClaims);
    this.#emitters = get(emitters);
    this.#writes = get(writeIndex);
    this.#hierarchy = get(hierarchy);
    this.#standsFor = get(standsFor);
    this.#memberCalls = get(memberCalls);
  }

  look(fn: FunctionFacts): void {
    for (const contract of fn.contracts ?? []) {
      this.examined.push(this.#program.site(fn.id, contract.at));
      this.#contract(fn, contract);
    }
    const values = new Map<string, Extract<MisusedPromise, { kind: 'value' }>>();
    for (const use of fn.plainUses ?? []) {
      this.examined.push(this.#program.site(fn.id, use.at));
      this.#plainUse(fn, use, values);
    }
    this.found.push(...values.values());
  }

  overrides(): void {
    for (const type of this.#program.types.values()) {
      for (const [name, base] of Object.entries(type.voids ?? {})) {
        for (const fn of this.#members(type, name)) {
          this.examined.push(this.#program.site(fn.id, fn.nameAt));
          if (!mayFail(this.#rejects.rejects(fn.id)) || this.#isAwaitedByBase(type.id, name)) continue;
          this.found.push({
            kind: 'override',
            at: this.#program.site(fn.id, fn.nameAt),
            fn: fn.id,
            base,
            confidence: 'high',
          });
        }
      }
    }
  }

  #members(
    type: {
      methods: Record<string, FunctionId>;
      construct: FunctionId | null;
      fields: Record<string, { initial?: ValueId }>;
    },
    name: string,
  ): FunctionFacts[] {
    const method = Object.hasOwn(type.methods, name) ? type.methods[name] : undefined;
    const initial = Object.hasOwn(type.fields, name) ? type.fields[name]?.initial : undefined;
    const ids =
      method !== undefined
        ? [method]
        : initial !== undefined && type.construct !== null
          ? this.#graph.functionsIn(type.construct, initial)
          : [];
    return ids.flatMap(id => this.#program.functions.get(id) ?? []);
  }

  #contract(fn: FunctionFacts, contract: Contract): void {
    if (this.#isParameter(fn, contract.callback)) return;
    const given = this.#graph.functionsIn(fn.id, contract.callback);
    const work = given.filter(id => this.#promises.returns(id) === 'promise');
    if (work.length === 0 && (given.length > 0 ? contract.gives !== 'promise' : contract.gives === undefined)) return;
    if (work.length < given.length && contract.gives !== 'promise' && given.length > FEW) return;
    const rejection = this.#rejectionOf(given, work);
    const misused = {
      kind: 'callback' as const,
      in: fn.id,
      at: this.#program.site(fn.id, contract.at),
      contract,
      work: this.#behind(work),
      rejection,
      overlaps: 'never' as const,
      maybe: work.length === 0 && contract.gives === 'maybe-promise',
      confidence: this.#confidence(contract, work, given.length),
    };
    switch (contract.result) {
      case 'value':
        return void this.found.push(misused);
      case 'accumulated':
        return work.some(id => this.#mistakesAccumulator(id)) ? void this.found.push(misused) : undefined;
      case 'ignored': {
        if (given.length === 0 && this.#isMadeOutside(fn, contract.callback)) return;
        if (given.length > 0 && given.every(id => this.#promises.givesKept(id))) return;
        const overlaps = this.#overlaps(contract, work);
        const isUnseen = mayFail(rejection) && !this.#isHandled(fn, contract, work);
        if (overlaps === 'never' && !isUnseen) return;
        return void this.found.push({ ...misused, overlaps: isUnseen && overlaps === 'rarely' ? 'never' : overlaps });
      }
    }
  }

  /** What is bound is told by what it was made of, as long as that gives the promise. */
  #behind(work: readonly FunctionId[]): readonly FunctionId[] {
    const behind = [...new Set(work.flatMap(this.#standsFor))].filter(id => this.#promises.returns(id) === 'promise');
    return behind.length > 0 ? behind : work;
  }

  /** Its own rejections, whoever of the callbacks it is; what nobody can see into may reject. */
  #rejectionOf(given: readonly FunctionId[], work: readonly FunctionId[]): Failure {
    if (given.length === 0) return 'unseen';
    return (work.length > 0 ? work : given).reduce<Failure>(
      (sum, id) => worse(sum, this.#rejects.rejects(id)),
      'never',
    );
  }

  #confidence(contract: Contract, work: readonly FunctionId[], given: number): Confidence {
    if (work.length < given && contract.gives !== 'promise') return 'medium';
    return contract.source === 'library' || work.length > 0 ? 'high' : 'medium';
  }

  /** Whoever takes the callback looks at its promise all the same. */
  #isHandled(fn: FunctionFacts, contract: Contract, work: readonly FunctionId[]): boolean {
    if (contract.source === 'declared')
      return (
        work.some(id => this.#isObserved(id)) || this.#isPassedOn(fn, contract) || this.#isOnlyRemoved(fn, contract)
      );
    return contract.emitter !== undefined && this.#emitters.handlesRejections(fn.id, contract.emitter);
  }

  /** Whoever calls it by a type that returns nothing looks at its promise all the same. */
  #isAwaitedByBase(owner: TypeId, name: string): boolean {
    const [, ...bases] = this.#hierarchy.ancestors(owner);
    const calls = bases.flatMap(base => this.#memberCalls(base, name));
    return calls.length > 0 && calls.every(({ caller, step }) => this.#isResultObserved(caller, step));
  }

  /** Some call of the function has its promise observed. */
  #isObserved(id: FunctionId): boolean {
    return this.#graph.callers(id).some(({ caller, step }) => this.#isResultObserved(caller, step));
  }

  #isResultObserved(fn: FunctionId, step: StepId): boolean {
    const value = this.#uses(fn).resultOf(step);
    if (value === undefined) return false;
    const seen = this.#consumption.observed({ kind: 'value', fn, value, inside: [] }, 'error');
    return seen !== null && !(seen.how === 'returned' && seen.fn === fn && this.#ignoredReturns().has(fn));
  }

  /** Functions whose own result a library ignores: `on('open', () => tell())` hands the promise of `tell` to nobody. */
  #ignoredReturns(): ReadonlySet<FunctionId> {
    this.#ignored ??= new Set(
      [...this.#program.functions.values()].flatMap(fn =>
        (fn.contracts ?? [])
          .filter(({ result, source }) => result === 'ignored' && source === 'library')
          .flatMap(({ callback }) => this.#graph.functionsIn(fn.id, callback)),
      ),
    );
    return this.#ignored;
  }

  /** The functions of the project that each call hands the callback to, and as which parameter. */
  #takers(fn: FunctionFacts, { callback }: Contract): { targets: readonly FunctionId[]; parameter: number }[] {
    return this.#uses(fn.id)
      .of(callback)
      .flatMap(use =>
        use.as === 'step' && use.role === 'argument' && use.step.kind === 'call'
          ? [{ targets: this.#graph.targets(fn.id, use.step.id), parameter: use.index }]
          : [],
      );
  }

  /** The callee is code of the project that hands the callback to somebody whom nobody here sees. */
  #isPassedOn(fn: FunctionFacts, contract: Contract): boolean {
    return this.#takers(fn, contract).some(({ targets, parameter }) =>
      targets.some(id =>
        this.#uses(id)
          .parameter(parameter)
          .some(read =>
            this.#uses(id)
              .of(read.value)
              .some(one => one.as === 'step' && one.role === 'argument'),
          ),
      ),
    );
  }

  /** All that the callee does with the callback is to take it out of where it was put. */
  #isOnlyRemoved(fn: FunctionFacts, contract: Contract): boolean {
    return this.#takers(fn, contract).some(
      ({ targets, parameter }) => targets.length > 0 && targets.every(id => this.#onlyRemoves(id, parameter)),
    );
  }

  #onlyRemoves(id: FunctionId, parameter: number): boolean {
    const uses = this.#uses(id);
    const reads = new Set(uses.parameter(parameter).map(read => read.value));
    if (reads.size === 0 || [...reads].some(read => uses.of(read).length > 0)) return false;
    return [...this.#program.steps(id).values()].some(
      step => step.kind === 'access' && step.mode === 'delete' && step.value !== undefined && reads.has(step.value),
    );
  }

  /** A parameter of the function is somebody else's callback: it is told of where it is given. */
  #isParameter(fn: FunctionFacts, value: ValueId): boolean {
    const facts = fn.values[value];
    if (facts?.kind === 'choice' || (facts?.kind === 'from' && facts.how === 'copy'))
      return facts.values.some(part => this.#isParameter(fn, part));
    if (facts?.kind !== 'read') return false;
    const { root } = facts.place;
    if (root.kind === 'parameter') return true;
    if (root.kind === 'value') return this.#isParameter(fn, root.of);
    const owner = root.kind === 'captured' ? this.#program.functions.get(root.from) : undefined;
    const held = root.kind === 'captured' ? owner?.slots[root.slot]?.value : undefined;
    return owner !== undefined && owner !== fn && held != null && this.#isParameter(owner, held);
  }

  /** `createServer(app.callback())`: a handler that a library makes answers for its errors. */
  #isMadeOutside(fn: FunctionFacts, value: ValueId): boolean {
    const facts = fn.values[value];
    const made = facts?.kind === 'result' ? this.#program.steps(fn.id).get(facts.of) : undefined;
    return made?.kind === 'call' && made.target.kind === 'external';
  }

  /** `reduce`: from the second call on, the first argument is the promise that the last call gave. */
  #mistakesAccumulator(id: FunctionId): boolean {
    const reads = this.#uses(id).parameter(0);
    const used = reads.some(read => this.#uses(id).of(read.value).length > 0);
    return used && this.#consumption.observed({ kind: 'parameter', fn: id, index: 0, inside: [] }, 'error') === null;
  }

  #overlaps({ how, period }: Contract, work: readonly FunctionId[]): 'never' | 'rarely' | 'may' {
    if (how !== 'interval' || !work.some(id => this.#mayOverlap(id))) return 'never';
    return period !== undefined && period >= LONG ? 'rarely' : 'may';
  }

  #mayOverlap(id: FunctionId): boolean {
    return this.#suspension.ofFunction(id) && !this.#hasClaim(id);
  }

  #plainUse(fn: FunctionFacts, use: PlainUse, values: Map<string, Extract<MisusedPromise, { kind: 'value' }>>): void {
    const nodes = this.#made.of(fn.id, use.value);
    if (!nodes && !this.#isTyped(fn, use)) return;
    if (use.gives === 'or-value' && nodes) return;
    if (use.as === 'condition' && nodes?.some(node => this.#mayBeMissing(node))) return;
    const [made] = nodes ?? [];
    const site = this.#program.site(fn.id, use.at);
    const stored =
      nodes?.length === 1 && made?.fn === fn.id && !within(made.at, use.at) && !this.#isElement(fn, use.value);
    const at = stored && made ? this.#program.site(fn.id, made.at) : site;
    const key = at.at.join(' ');
    const known = values.get(key);
    if (known) return void known.uses.push({ site, as: use.as });
    values.set(key, {
      kind: 'value',
      in: fn.id,
      at,
      uses: [{ site, as: use.as }],
      made: made ?? null,
      maybe: use.gives === 'or-value',
      confidence: use.gives !== undefined || made?.confidence === 'high' ? 'high' : 'medium',
    });
  }

  /** Taken out of a container: the container is right, what is done with its elements is not. */
  #isElement(fn: FunctionFacts, value: ValueId): boolean {
    const facts = fn.values[value];
    return facts?.kind === 'element' || (facts?.kind === 'read' && facts.place.path.length > 0);
  }

  /**
   * Its type says so, and the type is to be believed: what a place holds may be missing whatever its type says, and a
   * test asks just that.
   */
  #isTyped(fn: FunctionFacts, { as, gives, value }: PlainUse): boolean {
    if (gives === undefined) return false;
    if (gives === 'or-value' || as !== 'condition') return true;
    const facts = fn.values[value];
    switch (facts?.kind) {
      case 'result':
      case 'combined':
        return true;
      case 'element':
        return facts.key === null;
      case 'read':
        return facts.place.path.length === 0 && this.#isSetOnce(facts.place.root);
      default:
        return false;
    }
  }

  /** A variable that is set later on, or again, may be tested for whether it was. */
  #isSetOnce(root: Place['root']): boolean {
    if (root.kind !== 'captured' && root.kind !== 'module') return true;
    const slot = variableAt(this.#program, root)?.slot;
    return slot !== undefined && !slot.assignedAgain && slot.value !== null;
  }

  /** What makes it may give nothing instead: a test asks for that. */
  #mayBeMissing({ fn, step }: PromiseNode): boolean {
    const targets = step?.kind === 'call' ? this.#graph.targets(fn, step.id) : [];
    return targets.some(id => {
      const callee = this.#program.functions.get(id);
      if (callee?.calling !== 'value') return false;
      return this.#writes.returned(id).some(value => this.#isNothing(callee, value));
    });
  }

  /** Nothing, or what a container gives, which may have nothing there. */
  #isNothing(fn: FunctionFacts, value: ValueId): boolean {
    const facts = fn.values[value];
    if (facts?.kind === 'choice') return facts.values.some(one => this.#isNothing(fn, one));
    if (facts?.kind === 'element') return true;
    if (facts?.kind === 'read') {
      const { root, path } = facts.place;
      return path.some(step => !('field' in step)) || (root.kind === 'value' && this.#isNothing(fn, root.of));
    }
    return facts !== undefined && isNothing(facts);
  }
}

const FEW = 3;

/** Milliseconds that hardly any work lasts: rounds so far apart do not meet. */
const LONG = 10 * 60 * 1000;
const within = (inner: readonly [number, number], outer: readonly [number, number]): boolean =>
  inner[0] >= outer[0] && inner[1] <= outer[1];
