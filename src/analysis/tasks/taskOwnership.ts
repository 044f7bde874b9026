/**
 * The ownership tree: every task that is started (promises, timers, threads, processes), who starts it, who owns it and
 * how it ends. What is wrong with one is here too, so that the rule and the graph agree.
 */
import type { Call, FunctionId, Step, Value } from '../../model/facts.ts';
import type { Confidence } from '../../model/report.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { callGraph } from '../flow/callGraph.ts';
import { functionUses } from '../promises/consumptionIndex.ts';
import { type Failure, milder } from '../promises/mayReject.ts';
import { type Platforms, platforms } from '../flow/platforms.ts';
import { isInProgram } from '../steps.ts';
import { closedAround } from './ownershipClosing.ts';
import { type LifeCycles, lifeCycles } from './ownershipClasses.ts';
import { type HandleFate, handleFates } from './ownershipHandles.ts';
import { names, type Names, shortType, spawnWords } from './ownershipNames.ts';
import { type ProcessScopes, processScopes } from './ownershipScopes.ts';
import type { Program, Site } from '../program.ts';
import { type PromiseFate, promiseFates } from '../promises/promisesFate.ts';

/** What is wrong with a task, as facts; the rule words it. */
export type OrphanProblem =
  /** `void f()`. */
  | { kind: 'void'; rejection: Failure }
  /** It uses an object that the scope around it closes; `closing`: where. */
  | { kind: 'outlives'; closing: Site }
  /** `f().catch(report)`: errors are owned, the lifetime is not. `endless`: a loop that nothing can stop. */
  | { kind: 'caught'; endless: boolean }
  /** An async closure, run on the spot, with its own catch-all. */
  | { kind: 'closure' }
  /** Kept in a field by a starting member and joined by no member; `told`: an end-like member tells it to stop. */
  | { kind: 'not-joined'; holder: string; told: boolean; rejection: Failure }
  /** An interval that nobody can clear, or does. `isEndless`: started once, or of a class that nobody can end. */
  | { kind: 'interval'; holder: string | null; ending: string | null; isEndless: boolean }
  | { kind: 'unwatched'; what: 'thread' | 'process'; holder: string | null };

export interface Task {
  site: Site;
  what: 'promise' | HandleFate['what'];
  name: string;
  startedBy: FunctionId;
  /** The functions that run in it. */
  work: readonly FunctionId[];
  /** Who owns it, in a word or two; null: nobody. */
  owner: string | null;
  end: 'joined' | 'cancelled' | 'by itself' | 'detached' | 'orphan';
  /** It is awaited where it is started: an ordinary call. */
  onTheSpot: boolean;
  confidence: Confidence;
  problem: OrphanProblem | null;
  /** What it was told from. */
  fate: PromiseFate | HandleFate;
}

export const taskOwnership = defineAnalysis<readonly Task[]>('task-ownership', (get, program) => {
  const teller = new Teller(get, program);
  return [...get(promiseFates).map(fate => teller.promise(fate)), ...get(handleFates).map(fate => teller.handle(fate))];
});

/** Steps that start nothing. */
const ONLY_LISTENS: ReadonlySet<Step['kind']> = new Set(['access', 'register', 'drop', 'exit']);

class Teller {
  readonly #program: Program;
  readonly #get: Get;
  readonly #names: Names;
  readonly #cycles: LifeCycles;
  readonly #scopes: ProcessScopes;
  readonly #platforms: Platforms;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#get = get;
    this.#names = get(names);
    this.#cycles = get(lifeCycles);
    this.#scopes = get(processScopes);
    this.#platforms = get(platforms);
  }

  promise(fate: PromiseFate): Task {
    const { node } = fate;
    const problem = this.#promiseProblem(fate);
    return {
      site: this.#program.site(node.fn, node.at),
      what: 'promise',
      name: this.#names.maker(node) ?? 'an async function',
      startedBy: node.fn,
      work: fate.work,
      ...ownerOf(fate, problem),
      onTheSpot: this.#isAwaited(fate),
      confidence: node.confidence,
      problem,
      fate,
    };
  }

  handle(handle: HandleFate): Task {
    const { fn, step, what, fate } = handle;
    const name = step.kind === 'call' ? (this.#names.callee(fn, step) ?? what) : spawnWords(step);
    const problem: OrphanProblem | null =
      fate.kind !== 'lost'
        ? null
        : what === 'thread' || what === 'process'
          ? { kind: 'unwatched', what, holder: fate.holder }
          : {
              kind: 'interval',
              holder: fate.holder,
              ending: fate.ending && `${shortType(fate.ending.type)}.${fate.ending.name}`,
              isEndless: fate.isEndless,
            };
    return {
      site: this.#program.site(fn, step.at),
      what,
      name,
      startedBy: fn,
      work: [],
      owner: fate.kind === 'ended' ? this.#names.fn(fate.by.fn) : fate.kind === 'by-itself' ? 'the runtime' : null,
      end:
        fate.kind === 'ended'
          ? fate.by.how === 'cleared'
            ? 'cancelled'
            : 'joined'
          : fate.kind === 'by-itself'
            ? 'by itself'
            : 'orphan',
      onTheSpot: false,
      confidence: 'high',
      problem,
      fate: handle,
    };
  }

  #promiseProblem(fate: PromiseFate): OrphanProblem | null {
    const { node, rejection, work } = fate;
    const owner = this.#program.functions.get(node.fn)?.owner ?? null;
    switch (fate.fate.kind) {
      case 'detached': {
        if (this.#isDeclaredDetached(fate) || this.#isEntryStart(fate)) return null;
        const closing = this.#closing(fate);
        if (closing) return { kind: 'outlives', closing };
        if (fate.fate.how === 'closure') return { kind: 'closure' };
        if (fate.fate.how === 'void') {
          const worst = this.#isPreload(fate) ? 'undecided' : this.#goesOn(fate) ? 'unseen' : rejection;
          return { kind: 'void', rejection: milder(rejection, worst) };
        }
        const started = owner !== null && this.#cycles.isStart(node.fn);
        return {
          kind: 'caught',
          endless:
            started &&
            this.#cycles.isLoop(this.#rootWork(fate)) &&
            !this.#cycles.tellsToStop(owner, this.#rootWork(fate)),
        };
      }
      case 'unjoined':
        return {
          kind: 'not-joined',
          holder: fate.fate.holder,
          told: owner !== null && this.#cycles.tellsToStop(owner, work),
          rejection: 'never',
        };
      case 'kept':
        if (!fate.fate.startedByClass || fate.fate.holder === null || this.#startsNothing(fate)) return null;
        return {
          kind: 'not-joined',
          holder: fate.fate.holder,
          told: owner !== null && this.#cycles.tellsToStop(owner, this.#rootWork(fate)),
          rejection,
        };
      default:
        return null;
    }
  }

  /** A module is loaded ahead, and nothing is done with it: whoever needs it loads it, and hears of a failure. */
  #isPreload({ node: { step } }: PromiseFate): boolean {
    return step?.kind === 'call' && step.loads === true;
  }

  /** `void load().finally(ready)`: a page goes on whatever becomes of it; none of seven was a defect on real code. */
  #goesOn({ node: { fn, step } }: PromiseFate): boolean {
    return (
      step?.kind === 'chain' && step.onFinally !== undefined && this.#platforms.isForPage(this.#program.fileOf(fn))
    );
  }

  #closing(fate: PromiseFate): Site | null {
    const { fn: id } = fate.node;
    const fn = this.#program.functions.get(id);
    const call = this.#rootCall(fate);
    const step = call && fn ? closedAround(this.#program, fn, call) : null;
    return step && this.#program.site(id, step.at);
  }

  /** `void main()` and `main().catch(…)` at the top level of a module that is started, not imported. */
  #isEntryStart({ node }: PromiseFate): boolean {
    const file = this.#program.fileOf(node.fn);
    if (node.fn !== `${file}#`) return false;
    const body = this.#program.functions.get(node.fn)?.body ?? [];
    return this.#scopes.isEntry(file) || (node.step !== null && isInProgram(body, node.step.id));
  }

  #isDeclaredDetached(fate: PromiseFate): boolean {
    return this.#rootWork(fate).some(id =>
      this.#program.functions.get(id)?.declared?.some(one => one.tag === 'detached'),
    );
  }

  /** `new Promise(resolve => this.on('close', resolve))`: it only waits to be told, and no work of its own goes on. */
  #startsNothing({ node, rejection }: PromiseFate): boolean {
    const made = node.step;
    if (made?.kind !== 'call' || made.newOf === undefined || rejection !== 'never') return false;
    const executors = [...this.#program.steps(node.fn).values()].flatMap(step =>
      step.kind === 'call' && step !== made && step.at[0] === made.at[0] && step.at[1] === made.at[1]
        ? this.#get(callGraph).targets(node.fn, step.id)
        : [],
    );
    return (
      executors.length > 0 &&
      executors.every(id => [...this.#program.steps(id).values()].every(step => ONLY_LISTENS.has(step.kind)))
    );
  }

  /** The bodies at the root of a chain. */
  #rootWork(fate: PromiseFate): readonly FunctionId[] {
    const { node, work } = fate;
    const call = node.step?.kind === 'chain' ? this.#rootCall(fate) : null;
    return call ? this.#get(callGraph).targets(node.fn, call.id) : work;
  }

  /** The call that a promise comes from, through its reactions. */
  #rootCall({ node }: PromiseFate): Call | null {
    const steps = this.#program.steps(node.fn);
    let step: Step | null | undefined = node.step;
    for (let depth = 0; step?.kind === 'chain' && depth < 8; depth += 1) {
      const facts: Value | undefined = this.#program.functions.get(node.fn)?.values[step.of];
      step = facts?.kind === 'result' ? steps.get(facts.of) : undefined;
    }
    return step?.kind === 'call' ? step : null;
  }

  #isAwaited({ node }: PromiseFate): boolean {
    return this.#get(functionUses)(node.fn)
      .of(node.value)
      .some(use => use.as === 'step' && use.role === 'await');
  }
}

function ownerOf({ fate, node }: PromiseFate, problem: OrphanProblem | null): Pick<Task, 'owner' | 'end'> {
  switch (fate.kind) {
    case 'owned':
      return { owner: fate.how, end: 'joined' };
    case 'mistaken':
      return { owner: null, end: 'by itself' };
    case 'detached':
    case 'unjoined':
      return { owner: problem ? null : node.fn, end: problem ? 'orphan' : 'detached' };
    default:
      return { owner: null, end: 'orphan' };
  }
}
