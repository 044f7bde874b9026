/**
 * How a program ends: which handlers of termination signals it has, and whether one of them stops each of its intakes
 * and waits for what is in flight (ALGORITHMS 6, "Shutdown").
 */
import type { Call, Cancel, EntryPoint, FunctionId, Place, Register, Step, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { type AbortListeners, abortListeners } from './abortListeners.ts';
import { isEndName } from './ownershipClasses.ts';
import { pendingWork, type PendingWork } from './pendingWork.ts';
import type { Program, Site } from '../program.ts';
import { type Intake, programs, type RunningProgram } from './programs.ts';
import type { Ref } from '../refs.ts';

export interface Shutdown {
  program: RunningProgram;
  /** The first intake that no handler stops and waits for; null: all are stopped. */
  open: Intake | null;
  /** All of those. */
  unstopped: readonly Intake[];
  /** The handlers of termination signals that there are. */
  handlers: readonly { site: Site; name: string; exits: boolean }[];
}

export const shutdowns = defineAnalysis<readonly Shutdown[]>('shutdowns', (get, program) => {
  const judge = new Judge(get, program);
  return get(programs)
    .filter(one => one.intakes.length > 0)
    .map(one => judge.of(one));
});

interface Handler {
  fn: FunctionId;
  register: Register;
  starts: readonly FunctionId[];
  /** All that the handler runs, reactions and callbacks too. */
  reach: ReadonlySet<FunctionId>;
  exits: boolean;
}

const TERMINATION = /^(?:SIG(?:TERM|INT|QUIT|HUP|USR2|BREAK)|message|disconnect|shutdown)$/;

class Judge {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #eval: Evaluator;
  readonly #pending: PendingWork;
  readonly #onAbort: AbortListeners;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#eval = get(evaluator);
    this.#pending = get(pendingWork);
    this.#onAbort = get(abortListeners);
  }

  of(program: RunningProgram): Shutdown {
    const running = this.#withHandlers(program.startUp);
    const handlers = this.#withEndHooks(running, this.#handlers(running));
    const intakes = program.intakes.filter(
      intake =>
        !(program.isCommand && intake.what === 'server') &&
        !this.#drains(running, intake) &&
        !this.#endsByItself(program, intake) &&
        !handlers.some(handler => this.#stops(handler, intake)),
    );
    return {
      program,
      open: intakes[0] ?? null,
      unstopped: intakes,
      handlers: handlers.map(({ fn, register, exits }) => ({
        site: this.#program.site(fn, register.at),
        name: register.entry.event ?? register.entry.label,
        exits,
      })),
    };
  }

  /** What runs in the program: started, and the handlers of events (a listener may register the signal's handler). */
  #withHandlers(startUp: ReadonlySet<FunctionId>): ReadonlySet<FunctionId> {
    return this.#closure(startUp, step => step.kind !== 'register' || step.entry.trigger !== 'route');
  }

  #closure(from: Iterable<FunctionId>, follows: (step: Step) => boolean): ReadonlySet<FunctionId> {
    const found = new Set(from);
    for (const id of found)
      for (const step of this.#program.steps(id).values()) {
        if (follows(step)) for (const callee of this.#graph.targets(id, step.id)) found.add(callee);
        // Listeners of a signal run as it is aborted, by whoever does that.
        if (step.kind === 'cancel' && step.how === 'abort')
          for (const listener of this.#onAbort(id, step)) found.add(listener);
      }
    return found;
  }

  #handlers(running: ReadonlySet<FunctionId>): Handler[] {
    return this.#registered(
      running,
      ({ trigger, event }) => trigger === 'signal' && (event === undefined || TERMINATION.test(event)),
    );
  }

  /** What a framework runs when it ends its objects, where something makes it do so when the program is told to end. */
  #withEndHooks(running: ReadonlySet<FunctionId>, handlers: readonly Handler[]): readonly Handler[] {
    const isTold =
      handlers.some(({ exits }) => !exits) ||
      [...running].some(fn =>
        [...this.#program.steps(fn).values()].some(step => step.kind === 'call' && step.known?.drains !== undefined),
      );
    if (!isTold) return handlers;
    return [...handlers, ...this.#registered(running, ({ trigger, event }) => trigger === 'hook' && event === 'end')];
  }

  #registered(running: ReadonlySet<FunctionId>, isWanted: (entry: EntryPoint) => boolean): Handler[] {
    const found: Handler[] = [];
    for (const fn of running)
      for (const step of this.#program.steps(fn).values()) {
        if (step.kind !== 'register' || !isWanted(step.entry)) continue;
        const starts = this.#graph.targets(fn, step.id);
        const reach = this.#closure(starts, () => true);
        found.push({
          fn,
          register: step,
          starts,
          reach,
          exits: starts.length > 0 && starts.every(id => this.#pending.exitsAtOnce(id)),
        });
      }
    return found;
  }

  /** A helper that takes care of termination: known to the tables, or of which nothing is known but what it is called. */
  #drains(running: ReadonlySet<FunctionId>, intake: Intake): boolean {
    for (const fn of running)
      for (const step of this.#program.steps(fn).values()) {
        if (step.kind !== 'call') continue;
        if (isUnknownHelper(step, this.#graph.targets(fn, step.id).length)) return true;
        const drains = step.known?.drains;
        if (drains === undefined) continue;
        const of = drains === 'all' ? undefined : drains === 'receiver' ? step.receiver : step.args[drains];
        // What ends one object leaves a loop alone.
        if (of === undefined || (!intake.loop && this.#isOf(fn, of, intake))) return true;
      }
    return false;
  }

  /** The program itself closes it when it has done its work. */
  #endsByItself(program: RunningProgram, intake: Intake): boolean {
    if (intake.what === 'loop') return false;
    for (const fn of program.startUp)
      for (const step of this.#program.steps(fn).values())
        if (step.kind === 'cancel' && step.how === 'close' && this.#isExactly(fn, step.what, intake)) return true;
    return false;
  }

  #stops(handler: Handler, intake: Intake): boolean {
    if (handler.exits) return false;
    // A handler of which nothing is known may do anything.
    if (handler.starts.length === 0) return true;
    for (const fn of handler.reach)
      for (const step of this.#program.steps(fn).values()) if (this.#stopsAt(fn, step, intake)) return true;
    return false;
  }

  #stopsAt(fn: FunctionId, step: Step, intake: Intake): boolean {
    if (step.kind === 'call' && this.#isUnknownEnd(fn, step)) return true;
    if (intake.loop) return this.#stopsLoop(fn, step, intake);
    if (step.kind === 'cancel') return step.how === 'close' && this.#isOf(fn, step.what, intake);
    if (step.kind !== 'call' || step.receiver === undefined || step.target.kind !== 'external') return false;
    return isEndName(memberOf(step.target.name)) && this.#isOf(fn, step.receiver, intake);
  }

  /** `await app.stop()` where nobody knows what `app` is. */
  #isUnknownEnd(fn: FunctionId, { target, id }: Call): boolean {
    if (this.#graph.targets(fn, id).length > 0) return false;
    const facts = this.#program.functions.get(fn);
    if (target.kind === 'method') return isEndName(target.name);
    if (target.kind === 'unresolved') return isEndName(target.text.replace(/.*\./, ''));
    const callee = target.kind === 'value' ? facts?.values[target.of] : undefined;
    if (callee?.kind !== 'read') return false;
    const last = callee.place.path.at(-1);
    const { root } = callee.place;
    const name =
      last && 'field' in last
        ? last.field
        : root.kind === 'parameter'
          ? facts?.parameters[root.index]?.name
          : root.kind === 'captured'
            ? root.slot
            : undefined;
    return name !== undefined && isEndName(name);
  }

  /** It sets what the loop looks at, or aborts or closes what the loop uses. */
  #stopsLoop(fn: FunctionId, step: Step, { fn: owner, loop }: Intake): boolean {
    if (!loop) return false;
    const facts = this.#program.functions.get(owner);
    if (!facts) return false;
    if (step.kind === 'access' && step.mode === 'write') {
      const written = placeKey(step.place);
      return written !== null && facts.values.some(value => value.kind === 'read' && placeKey(value.place) === written);
    }
    if (step.kind !== 'cancel') return false;
    if (step.how === 'abort') return true;
    return step.how === 'close' && !this.#isSettledElsewhere(fn, step, owner);
  }

  /** The thing that is closed is none that the loop's function mentions. */
  #isSettledElsewhere(fn: FunctionId, step: Cancel, owner: FunctionId): boolean {
    const closed = this.#sites(fn, step.what);
    const facts = this.#program.functions.get(owner);
    if (!facts || closed === null) return true;
    return !facts.values.some((value, id) => {
      if (value.kind !== 'read') return false;
      const used = this.#sites(owner, id);
      return used !== null && [...used].some(site => closed.has(site));
    });
  }

  #sites(fn: FunctionId, what: ValueId | Place): ReadonlySet<string> | null {
    const refs = this.#refs(fn, what);
    const made = refs.flatMap(ref => (ref.kind === 'made' ? [ref.site] : []));
    return made.length > 0 ? new Set(made) : null;
  }

  #refs(fn: FunctionId, what: ValueId | Place): readonly Ref[] {
    const facts = this.#program.functions.get(fn);
    if (!facts) return [];
    const frame = this.#eval.symbolicFrame(facts);
    const found = typeof what === 'number' ? this.#eval.evaluate(frame, what) : this.#eval.place(frame, what);
    return found.flatMap(ref => [...this.#eval.resolve(ref)]);
  }

  #isExactly(fn: FunctionId, what: ValueId | Place, intake: Intake): boolean {
    return this.#refs(fn, what).some(ref => ref.kind === 'made' && intake.made.has(ref.site));
  }

  /** It is the intake, or may be: what is not known to be something else. */
  #isOf(fn: FunctionId, what: ValueId | Place, intake: Intake): boolean {
    const refs = this.#refs(fn, what);
    if (intake.made.size === 0 || refs.length === 0) return true;
    return refs.some(ref => (ref.kind === 'made' ? intake.made.has(ref.site) : ref.kind !== 'constant'));
  }
}

const memberOf = (name: string): string => name.slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf('#')) + 1);

/** A call of something outside that says by its name what it is for. */
function isUnknownHelper({ target, known }: Call, targets: number): boolean {
  if (targets > 0 || known !== undefined) return false;
  const name = target.kind === 'external' ? memberOf(target.name) : target.kind === 'unresolved' ? target.text : '';
  const module = target.kind === 'external' ? target.name.slice(0, target.name.indexOf('#')) : '';
  return /shutdown|gracefully|graceful|terminator|terminus/i.test(`${name} ${module}`);
}

/** State that one function sets and another looks at: a variable, or a field by its name and type. */
function placeKey({ root, path }: Place): string | null {
  const last = path.at(-1);
  if (last) return 'field' in last ? `.${last.field}` : null;
  if (root.kind === 'module') return `${root.file}:${root.name}`;
  return root.kind === 'captured' ? `${root.from}:${root.slot}` : null;
}
