/**
 * Activities: what runs on its own. Entry points (module bodies, exported API, registered handlers), and work that is
 * started and not joined by who started it. Each with how many of it may run side by side, and the evidence for that.
 */
import type { EntryPoint, FunctionFacts, FunctionId, Register, Spawn, StepId } from '../../model/facts.ts';
import type { Program } from '../program.ts';
import type { Frame, Refs } from '../refs.ts';

export interface Activity {
  readonly frame: Frame;
  /** `POST /transfer`, `transfer`, `timer in start`. */
  readonly label: string;
  readonly trigger: string;
  readonly evidence: EntryPoint['evidence'];
  /** `many`: it may run beside itself. Known when all activities are. */
  instances: 'once' | 'serial' | 'many';
  /** The activation that starts or registers it. */
  readonly from: Frame | null;
  readonly test: boolean;
  /** Started by code that runs it in a loop. */
  readonly repeated: boolean;
  /** It can begin only once the program serves, or its modules are loaded. Known when all activities are. */
  late?: boolean;
}

/** Triggers that nothing fires before the program serves, or before its modules are loaded. */
const AFTER_STARTUP = new Set(['route', 'export', 'message', 'job', 'hook', 'signal']);

export class Activities {
  readonly #program: Program;
  readonly #byFrame = new Map<number, Activity>();
  readonly #calls = new Map<number, Set<number>>();
  readonly #reached = new Map<number, ReadonlySet<number>>();
  /** What each activation starts or registers. */
  readonly #started = new Map<number, Activity[]>();
  readonly #functionRef: (refs: Refs) => { fn: FunctionFacts; frame: Frame }[];

  /** `activationsOf` gives the activations of function values that are called with unknown arguments. */
  constructor(program: Program, activationsOf: (refs: Refs) => { fn: FunctionFacts; frame: Frame }[]) {
    this.#program = program;
    this.#functionRef = activationsOf;
  }

  add(activity: Activity): void {
    const known = this.#byFrame.get(activity.frame.id);
    if (!known) this.#byFrame.set(activity.frame.id, activity);
    else if (activity.instances === 'many') known.instances = 'many';
    if (!activity.from) return;
    const started = this.#started.get(activity.from.id);
    if (started) started.push(known ?? activity);
    else this.#started.set(activity.from.id, [known ?? activity]);
  }

  /** A task that nobody joins. */
  addTask(frame: Frame, from: Frame, step: StepId): void {
    this.add({
      frame,
      label: `task ${frame.fn.name}`,
      trigger: 'task',
      evidence: 'framework',
      instances: 'once',
      from,
      test: false,
      repeated: this.isRepeated(from.fn, step),
    });
  }

  /** What a timer, thread, route, event … runs. */
  addHandler(from: Frame, step: Spawn | Register, refs: Refs): void {
    for (const { frame } of this.#functionRef(refs)) {
      if (step.kind === 'register') {
        const { entry } = step;
        this.add({
          frame,
          label: entry.label,
          trigger: entry.trigger,
          evidence: entry.evidence,
          instances: entry.instances,
          from,
          test: entry.test,
          repeated: this.isRepeated(from.fn, step.id),
        });
      } else {
        const instances = step.how === 'interval' && frame.fn.calling !== 'value' ? 'many' : 'once';
        this.add({
          frame,
          label: `${step.how} in ${from.fn.name}`,
          trigger: step.how,
          evidence: 'inferred',
          instances,
          from,
          test: false,
          repeated: this.isRepeated(from.fn, step.id),
        });
      }
    }
  }

  addCall(from: Frame, to: Frame): void {
    let set = this.#calls.get(from.id);
    if (!set) this.#calls.set(from.id, (set = new Set()));
    set.add(to.id);
  }

  /** Whether the step lies in a loop of its function. */
  isRepeated(fn: FunctionFacts, step: StepId): boolean {
    return this.#program.repeatedSteps(fn.id).has(step);
  }

  list(): Activity[] {
    return [...this.#byFrame.values()];
  }

  /** Activations that an activity runs, its own first. Ask when everything is walked. */
  reached(activity: Activity): ReadonlySet<number> {
    const known = this.#reached.get(activity.frame.id);
    if (known) return known;
    const found = new Set<number>();
    this.#reach(activity, found);
    this.#reached.set(activity.frame.id, found);
    return found;
  }

  /** The activations that these activities run, taken together. */
  reachedByAny(activities: Iterable<Activity>): ReadonlySet<number> {
    const found = new Set<number>();
    for (const activity of activities) this.#reach(activity, found);
    return found;
  }

  /** Adds the activations that an activity runs; gives those that were not known yet. */
  #reach(activity: Activity, found: Set<number>): readonly number[] {
    if (found.has(activity.frame.id)) return [];
    found.add(activity.frame.id);
    const more = [activity.frame.id];
    for (const id of more)
      for (const next of this.#calls.get(id) ?? []) {
        if (found.has(next)) continue;
        found.add(next);
        more.push(next);
      }
    return more;
  }

  /**
   * What is started by something that runs many times, runs many times: call when all activities are known. Timers and
   * tasks take it over; handlers know their own multiplicity.
   */
  settle(): void {
    const queue = this.list().filter(activity => activity.instances === 'many');
    const waiting = new Map<number, Activity[]>();
    for (const activity of this.list()) {
      if (activity.instances === 'many' || activity.from === null) continue;
      if (activity.repeated) {
        activity.instances = 'many';
        queue.push(activity);
        continue;
      }
      const started = waiting.get(activity.from.id);
      if (started) started.push(activity);
      else waiting.set(activity.from.id, [activity]);
    }
    const seen = new Set<number>();
    for (let starter = queue.pop(); starter; starter = queue.pop())
      for (const frame of this.#reach(starter, seen))
        for (const activity of waiting.get(frame) ?? []) {
          activity.instances = 'many';
          queue.push(activity);
        }
    this.#settleLate();
  }

  /** What only such code starts as begins after start-up begins after it too. */
  #settleLate(): void {
    const early: Activity[] = [];
    for (const activity of this.#byFrame.values()) {
      activity.late = activity.from !== null || AFTER_STARTUP.has(activity.trigger);
      if (!activity.late) early.push(activity);
    }
    const seen = new Set<number>();
    for (const activity of early)
      for (const frame of this.#reach(activity, seen))
        for (const started of this.#started.get(frame) ?? []) {
          if (!started.late || AFTER_STARTUP.has(started.trigger)) continue;
          started.late = false;
          early.push(started);
        }
  }

  siteOf(activity: Activity): { file: string; at: readonly [number, number]; in: FunctionId } {
    return this.#program.site(activity.frame.fn.id, activity.frame.fn.nameAt);
  }
}
