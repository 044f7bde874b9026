/**
 * What becomes of the results of waiting for several promises whatever they end with: whether anybody looks at those
 * that failed. Followed through variables, elements, destructuring, callbacks and reactions.
 */
import type { At, Block, Condition, FunctionFacts, FunctionId, Step, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { functionUses, type FunctionUsesOf, type Key, keyName, type Use } from './consumptionIndex.ts';
import { conditionReads } from '../steps.ts';
import { type MayReject, mayReject, worse } from './mayReject.ts';
import { isHandled } from './promisesFate.ts';
import { type Program, type Site, walkSteps } from '../program.ts';
import { type WriteIndex, writeIndex } from '../writeIndex.ts';
import { settledOwners, type SettledOwners } from './settledOwners.ts';
import { asksForFulfilled, constantsForFailed, isNothingForFailed } from './settledOutcomes.ts';

export type SettledProblem =
  /** Nobody takes the results, or only how many there are. */
  | 'dropped'
  /** They are used as if all had succeeded. */
  | 'as-values'
  /** Those that failed are left out. */
  | 'filtered'
  /** Another value stands in for those that failed. */
  | 'defaulted';

export interface SettledResult {
  in: FunctionId;
  at: Site;
  value: ValueId;
  problem: SettledProblem;
  /** They are the ends of the parts of something that is ended itself. */
  isClosing: boolean;
  /** The places that show it. */
  shown: readonly Site[];
}

export interface SettledResults {
  found: readonly SettledResult[];
  examined: readonly Site[];
}

export const settledResults = defineAnalysis<SettledResults>('settled-results', (get, program) => {
  const finder = new Finder(get, program);
  for (const fn of program.functions.values()) finder.look(fn);
  return finder;
});

/** What is known of one set of results. */
interface Looks {
  /** A reason is read, a status decides, or somebody else has the results. */
  checked: boolean;
  filtered: Site[];
  values: Site[];
  defaulted: Site[];
  /** How many there are is asked, of all and of a selection. */
  counted: Site[];
}

/** The place stands in the block, and the block ends by throwing. */
function throwsAfter(block: Block, [start, end]: At): boolean {
  const last = block.at(-1);
  if (last?.kind !== 'exit' || last.how !== 'throw') return false;
  let isInside = false;
  walkSteps(block, step => (isInside ||= step.at[0] <= start && end <= step.at[1]));
  return isInside;
}

type What = 'promise' | 'results' | 'element';
interface Followed {
  fn: FunctionId;
  value: ValueId;
  what: What;
}

class Finder implements SettledResults {
  readonly found: SettledResult[] = [];
  readonly examined: Site[] = [];
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #uses: FunctionUsesOf;
  readonly #rejects: MayReject;
  readonly #writes: WriteIndex;
  readonly #owners: SettledOwners;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#uses = get(functionUses);
    this.#rejects = get(mayReject);
    this.#writes = get(writeIndex);
    this.#owners = get(settledOwners);
  }

  look(fn: FunctionFacts): void {
    const awaited = new Map<ValueId, At>();
    fn.values.forEach((value, id) => {
      if (value.kind === 'combined' && value.until === 'settled') awaited.set(id, value.at);
    });
    for (const [value, at] of awaited) {
      const site = this.#program.site(fn.id, at);
      this.examined.push(site);
      const facts = fn.values[value];
      const parts = facts?.kind === 'combined' ? facts.values : [];
      const rejection = parts.map(part => this.#rejects.value(fn.id, part)).reduce(worse, 'never');
      if (isHandled(rejection) || this.#isCleanUp(fn, at)) continue;
      const looks = this.#follow(fn.id, value);
      const problem = problemOf(looks);
      if (!problem || (problem.problem === 'dropped' && this.#owners.onlyWaits(fn, parts))) continue;
      const isClosing = problem.problem === 'dropped' && this.#owners.closesParts(fn, parts);
      this.found.push({ in: fn.id, at: site, value, ...problem, isClosing });
    }
  }

  /** What is waited for was told to stop just before, or the failure that it follows is thrown again. */
  #isCleanUp(fn: FunctionFacts, at: At): boolean {
    return [...this.#program.steps(fn.id).values()].some(step =>
      step.kind === 'cancel'
        ? (step.how === 'abort' || step.how === 'cancel') && step.at[1] <= at[0]
        : step.kind === 'try' && step.handlers.some(({ body }) => throwsAfter(body, at)),
    );
  }

  #follow(fn: FunctionId, value: ValueId): Looks {
    const looks: Looks = { checked: false, filtered: [], values: [], defaulted: [], counted: [] };
    const queue: Followed[] = [{ fn, value, what: 'promise' }];
    const seen = new Set<string>();
    for (let at = queue.pop(); at && !looks.checked; at = queue.pop()) {
      const key = `${at.fn} ${at.value} ${at.what}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (at.what === 'element') this.#answer(at, looks);
      for (const use of this.#uses(at.fn).of(at.value)) this.#use(at, use, looks, queue);
    }
    return looks;
  }

  #use(at: Followed, use: Use, looks: Looks, queue: Followed[]): void {
    const go = (value: ValueId, what: What = at.what): void => void queue.push({ fn: at.fn, value, what });
    switch (use.as) {
      case 'alias':
        if (this.#isSelection(at, use.value)) looks.filtered.push(this.#siteOf(at.fn, use.value, at));
        return go(use.value);
      case 'computed':
        // Awaiting gives the results; anything else computed from them is no look at a reason.
        return at.what === 'promise' ? go(use.value, 'results') : undefined;
      case 'part':
        return this.#part(at, use.value, use.keys, looks, go);
      case 'spread':
        return go(use.value);
      case 'held':
      case 'slot':
      case 'combined':
        // Kept together with something else, or seen by inner functions: whoever reads it there may look.
        if (use.as !== 'combined' || at.what !== 'promise') looks.checked = true;
        else go(use.value, 'promise');
        return;
      case 'step':
        return this.#step(at, use.step, use.role, use.index, looks, queue);
    }
  }

  /** A copy of the elements that a callback chose. */
  #isSelection(at: Followed, value: ValueId): boolean {
    const facts = this.#program.functions.get(at.fn)?.values[value];
    return at.what === 'results' && facts?.kind === 'from' && this.#filters(at);
  }

  /** Some callback that is given the elements answers with their status, or whether they have a value. */
  #filters({ fn, value }: Followed): boolean {
    return [...this.#program.steps(fn).values()].some(
      step =>
        step.kind === 'loop' &&
        step.over === value &&
        step.body.some(
          inner => inner.kind === 'call' && this.#graph.targets(fn, inner.id).some(id => this.#keepsFulfilled(id)),
        ),
    );
  }

  #keepsFulfilled(id: FunctionId): boolean {
    const fn = this.#program.functions.get(id);
    return (
      fn !== undefined &&
      [...this.#program.steps(id).values()].some(
        step => step.kind === 'exit' && step.value !== undefined && this.#asksForValue(fn, step.value),
      )
    );
  }

  /** `r.status === "fulfilled"`, `"value" in r`, as an answer. */
  #asksForValue(fn: FunctionFacts, value: ValueId): boolean {
    const facts = fn.values[value];
    return facts?.kind === 'choice' && facts.when !== null && asksForFulfilled(fn, facts.when);
  }

  #part(
    at: Followed,
    value: ValueId,
    keys: readonly Key[],
    looks: Looks,
    go: (value: ValueId, what?: What) => void,
  ): void {
    const last = keys.at(-1);
    const name = keyName(last);
    if (name === 'reason') looks.checked = true;
    else if (name === 'length') looks.counted.push(this.#siteOf(at.fn, value, at));
    else if (name === 'value' && (at.what === 'element' || keys.length > 1)) this.#valueRead(at, value, looks);
    // `result.value.size`: what it has settled to is no result itself.
    else if (at.what !== 'promise' && isWithinValue(keys, at.what)) this.#valueRead(at, value, looks);
    else if (name === 'status' && (at.what === 'element' || keys.length > 1)) this.#statusRead(at, value, looks);
    else if (at.what !== 'promise') go(value, 'element');
  }

  /** Its use decides: a default stands in for it, or it is taken as it is. */
  #valueRead(at: Followed, value: ValueId, looks: Looks): void {
    const uses = this.#uses(at.fn).of(value);
    const fn = this.#program.functions.get(at.fn);
    // Of `result.value.size` the whole speaks.
    if (fn && isReadFurther(fn, value)) return;
    const hasDefault =
      fn !== undefined && constantsForFailed(fn).some(({ kept }) => this.#isMadeOf(fn, kept, value, 4));
    const isDefaulted =
      hasDefault ||
      uses.some(use => {
        const facts = use.as === 'alias' ? fn?.values[use.value] : undefined;
        return facts?.kind === 'choice' && facts.when?.kind === 'nullish';
      });
    (isDefaulted ? looks.defaulted : looks.values).push(this.#siteOf(at.fn, value, at));
  }

  /** A value itself, or something computed from it. */
  #isMadeOf(fn: FunctionFacts, made: ValueId, value: ValueId, depth: number): boolean {
    if (made === value) return true;
    const facts = depth > 0 ? fn.values[made] : undefined;
    const any = (parts: readonly ValueId[]): boolean => parts.some(part => this.#isMadeOf(fn, part, value, depth - 1));
    if (facts?.kind === 'from' || facts?.kind === 'array') return any(facts.values);
    if (facts?.kind === 'template') return any(facts.parts.filter(part => typeof part === 'number'));
    if (facts?.kind === 'read') return facts.place.root.kind === 'value' && any([facts.place.root.of]);
    const step = facts?.kind === 'result' ? this.#program.steps(fn.id).get(facts.of) : undefined;
    return step?.kind === 'call' && any([...step.args, ...(step.receiver === undefined ? [] : [step.receiver])]);
  }

  /** A test for whether there is a value, which only chooses between that and a constant. */
  #isDefault({ fn: id, value }: Followed, condition: Condition): boolean {
    const fn = this.#program.functions.get(id);
    const text = JSON.stringify(condition);
    return (
      fn !== undefined && constantsForFailed(fn).some(one => one.result === value && JSON.stringify(one.when) === text)
    );
  }

  /** In the answer of a callback that chooses the elements which have a value: the others are left out. */
  #statusRead(at: Followed, value: ValueId, looks: Looks): void {
    const fn = this.#program.functions.get(at.fn);
    const leavesOut = this.#leavesOut(at.fn);
    const answers = fn !== undefined && this.#keepsFulfilled(at.fn) && this.#answersOnly(at.fn);
    if (leavesOut || answers) looks.filtered.push(this.#siteOf(at.fn, value, at));
    else looks.checked = true;
    if (leavesOut) this.#countKept(at.fn, looks);
  }

  /** `flatMap(r => (r.status === "fulfilled" ? [r.value] : []))`: the answer for those that failed is a list of nothing. */
  #leavesOut(id: FunctionId): boolean {
    const fn = this.#program.functions.get(id);
    return fn !== undefined && this.#writes.returned(id).some(value => isNothingForFailed(fn, value));
  }

  /** How many there are in what the answers make up. */
  #countKept(id: FunctionId, looks: Looks): void {
    for (const { caller, step } of this.#graph.callers(id)) {
      const answer = this.#uses(caller).resultOf(step);
      for (const use of answer === undefined ? [] : this.#uses(caller).of(answer)) {
        if (use.as !== 'held') continue;
        for (const part of this.#uses(caller).of(use.value))
          if (part.as === 'part' && part.keys.length === 1 && /^\.?length$/.test(part.keys[0] ?? ''))
            looks.counted.push(this.#program.site(caller, this.#program.functions.get(caller)?.nameAt ?? [0, 0]));
      }
    }
  }

  /** A predicate: nothing but its answer, and whoever calls it chooses by it. */
  #answersOnly(id: FunctionId): boolean {
    return this.#graph.callers(id).some(({ caller, step }) => this.#chooses(caller, step));
  }

  /** The loop that calls it goes over results of which a selection is made. */
  #chooses(fn: FunctionId, call: number): boolean {
    const facts = this.#program.functions.get(fn);
    for (const step of this.#program.steps(fn).values()) {
      if (step.kind !== 'loop' || step.over === undefined || !step.body.some(inner => inner.id === call)) continue;
      const { over } = step;
      return this.#uses(fn)
        .of(over)
        .some(use => {
          const made = use.as === 'alias' || use.as === 'part' ? facts?.values[use.value] : undefined;
          const isKept =
            use.as === 'part' &&
            this.#uses(fn)
              .of(use.value)
              .some(one => one.as !== 'step' || one.role !== 'argument' || one.step.id !== call);
          return made?.kind === 'from' || (made?.kind === 'element' && isKept);
        });
    }
    return false;
  }

  #step(
    at: Followed,
    step: Step,
    role: Extract<Use, { as: 'step' }>['role'],
    index: number,
    looks: Looks,
    queue: Followed[],
  ): void {
    switch (role) {
      case 'await':
      case 'over':
      case 'drop':
      case 'base':
        return;
      case 'condition':
        // `"reason" in result`, `isRejected(result)`: a branch on what it is. Of an answer's parts `#answer` tells.
        if (at.what !== 'element' || this.#leavesOut(at.fn)) return;
        if (step.kind === 'branch' && this.#isDefault(at, step.condition))
          looks.defaulted.push(this.#program.site(at.fn, step.at));
        else looks.checked = true;
        return;
      case 'chain':
        return this.#reaction(step, at, looks, queue);
      case 'argument':
        return this.#argument(at, step, index, looks, queue);
      case 'receiver':
        return;
      default:
        looks.checked = true;
    }
  }

  /** `.then(results => …)`. */
  #reaction(step: Step, at: Followed, looks: Looks, queue: Followed[]): void {
    if (step.kind !== 'chain' || at.what !== 'promise') return;
    const result = this.#uses(at.fn).resultOf(step.id);
    if (step.onFulfilled === undefined) {
      if (result !== undefined) queue.push({ fn: at.fn, value: result, what: 'promise' });
      return;
    }
    const handlers = this.#graph.functionsIn(at.fn, step.onFulfilled);
    if (handlers.length === 0) looks.checked = true;
    for (const id of handlers) this.#into(id, 0, 'results', looks, queue);
  }

  /** Callbacks of the language are followed; whoever else gets results takes them over. */
  #argument(at: Followed, step: Step, index: number, looks: Looks, queue: Followed[]): void {
    const targets = step.kind === 'call' ? this.#graph.targets(at.fn, step.id) : [];
    const isIteration = step.kind === 'call' && step.target.kind === 'value' && this.#isOverResults(at, step);
    // The whole array is every callback's third argument.
    if (isIteration && at.what !== 'element') return;
    if (isIteration && targets.length > 0) for (const id of targets) this.#into(id, index, at.what, looks, queue);
    else looks.checked = true;
  }

  #isOverResults(at: Followed, call: Step): boolean {
    for (const step of this.#program.steps(at.fn).values())
      if (step.kind === 'loop' && step.over !== undefined && step.body.some(inner => inner.id === call.id)) return true;
    return false;
  }

  #into(id: FunctionId, index: number, what: What, looks: Looks, queue: Followed[]): void {
    for (const read of this.#uses(id).parameter(index)) {
      const at: Followed = { fn: id, value: read.value, what };
      if (read.keys.length === 0) queue.push(at);
      else
        this.#part(
          at,
          read.value,
          read.keys,
          looks,
          (value, part = what) => void queue.push({ fn: id, value, what: part }),
        );
    }
  }

  /** `"value" in r`, as what a callback answers: no step tests it. */
  #answer(at: Followed, looks: Looks): void {
    const fn = this.#program.functions.get(at.fn);
    for (const value of fn?.values ?? []) {
      if (value.kind !== 'choice' || !value.when || !conditionReads(value.when).includes(at.value)) continue;
      if (this.#isDefault(at, value.when)) continue;
      if (fn && this.#leavesOut(at.fn)) {
        looks.filtered.push(this.#program.site(at.fn, fn.nameAt));
        this.#countKept(at.fn, looks);
      } else if (fn && asksForFulfilled(fn, value.when) && this.#answersOnly(at.fn))
        looks.filtered.push(this.#program.site(at.fn, fn.nameAt));
      else looks.checked = true;
    }
  }

  #siteOf(fn: FunctionId, value: ValueId, otherwise: Followed): Site {
    for (const use of this.#uses(fn).of(value)) if (use.as === 'step') return this.#program.site(fn, use.step.at);
    const step = [...this.#program.steps(fn).values()].find(one => one.kind === 'access' && one.value === value);
    const facts = this.#program.functions.get(otherwise.fn);
    return this.#program.site(fn, step?.at ?? facts?.nameAt ?? [0, 0]);
  }
}

/** A part of what a result has settled to, by the keys from the results or from one of them. */
function isWithinValue(keys: readonly Key[], what: 'results' | 'element'): boolean {
  const names = keys.map(keyName);
  return names.indexOf('value') === (what === 'element' ? 0 : 1) && names.at(-1) !== 'value';
}

/** Another value of the function is a part of the place that this one is read from. */
function isReadFurther(fn: FunctionFacts, value: ValueId): boolean {
  const read = fn.values[value];
  if (read?.kind !== 'read') return false;
  const [root, path] = [JSON.stringify(read.place.root), JSON.stringify(read.place.path).slice(0, -1)];
  return fn.values.some(
    other =>
      other.kind === 'read' &&
      other.place.path.length > read.place.path.length &&
      JSON.stringify(other.place.root) === root &&
      JSON.stringify(other.place.path).startsWith(`${path},`),
  );
}

function problemOf(looks: Looks): { problem: SettledProblem; shown: readonly Site[] } | null {
  if (looks.checked) return null;
  if (looks.filtered.length > 0)
    return looks.counted.length > 1 ? null : { problem: 'filtered', shown: looks.filtered };
  if (looks.values.length > 0) return { problem: 'as-values', shown: looks.values };
  if (looks.defaulted.length > 0) return { problem: 'defaulted', shown: looks.defaulted };
  return { problem: 'dropped', shown: looks.counted };
}
