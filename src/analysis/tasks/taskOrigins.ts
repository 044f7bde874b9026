/** Where control comes from to a place: entry points, and tasks whose work leads there. */
import type { FunctionId, Step, StepId } from '../../model/facts.ts';
import type { Get } from '../analysis.ts';
import { callGraph } from '../flow/callGraph.ts';
import { entryPoints } from '../flow/entryPoints.ts';
import type { Program, Site } from '../program.ts';

export type Origin<T> =
  /** `trigger`: of `EntryPoint`, or `module` for code that runs when its module is loaded. */
  { kind: 'entry'; trigger: string; label: string; site: Site } | { kind: 'task'; task: T };

/** More than these say no more. */
const MOST = 10;

/**
 * The nearest origins of functions. `taskAt`: the task that a step starts, when it is one that runs beside its starter;
 * other calls, and reactions to promises, run in the task of whoever makes them.
 */
export class Origins<T> {
  readonly #program: Program;
  readonly #into = new Map<FunctionId, FunctionId[]>();
  readonly #of = new Map<FunctionId, Origin<T>[]>();
  readonly #known = new Map<FunctionId, readonly Origin<T>[]>();

  constructor(get: Get, program: Program, taskAt: (fn: FunctionId, step: StepId) => T | undefined) {
    this.#program = program;
    const graph = get(callGraph);
    for (const { frame, trigger, label, test } of get(entryPoints).roots) {
      const { id, nameAt } = frame.fn;
      const at = trigger === 'module' ? ([nameAt[0], nameAt[0]] as const) : nameAt;
      if (!test) put(this.#of, id, { kind: 'entry', trigger, label, site: program.site(id, at) });
    }
    for (const from of program.functions.keys())
      for (const step of program.steps(from).values()) {
        const task = taskAt(from, step.id);
        for (const to of new Set(graph.targets(from, step.id))) {
          if (task !== undefined) put(this.#of, to, { kind: 'task', task });
          else if (step.kind === 'register') put(this.#of, to, registered(program, from, step));
          else put(this.#into, to, from);
        }
      }
  }

  /** Nearest first; at most ten. None: nothing in the program comes here. */
  of(fn: FunctionId): readonly Origin<T>[] {
    const known = this.#known.get(fn);
    if (known) return known;
    const found = new Set<Origin<T>>();
    const seen = new Set([fn]);
    for (const at of seen) {
      for (const origin of this.#of.get(at) ?? []) found.add(origin);
      if (found.size >= MOST) break;
      for (const before of this.#before(at)) seen.add(before);
    }
    const nearest = withoutRepeats([...found]).slice(0, MOST);
    this.#known.set(fn, nearest);
    return nearest;
  }

  /** A closure that goes to unknown code is called by it, some time after the function around it has run. */
  #before(fn: FunctionId): readonly FunctionId[] {
    const callers = this.#into.get(fn);
    if (callers || this.#of.has(fn)) return callers ?? [];
    const parent = this.#program.functions.get(fn)?.parent ?? null;
    return parent === null || parent === `${this.#program.fileOf(fn)}#` ? [] : [parent];
  }
}

const registered = (
  program: Program,
  from: FunctionId,
  { at, entry }: Step & { kind: 'register' },
): Origin<never> & { kind: 'entry' } => ({
  kind: 'entry',
  trigger: entry.trigger,
  label: entry.label,
  site: program.site(from, at),
});

function withoutRepeats<T>(origins: readonly Origin<T>[]): Origin<T>[] {
  const seen = new Set<unknown>();
  return origins.filter(origin => {
    const key = origin.kind === 'task' ? origin.task : `${origin.trigger} ${origin.site.file} ${origin.site.at[0]}`;
    return !seen.has(key) && seen.add(key);
  });
}

function put<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
