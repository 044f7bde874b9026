/** Code that lives as long as the process: entry modules, and functions that only they run. */
import type { FunctionId, Step, StepId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import type { Program } from '../program.ts';

export interface ProcessScopes {
  /**
   * The file is started from outside: named by its package, imported by no other file, or only by one that is itself
   * started and does nothing but load it (`bin/tool.js`).
   */
  isEntry(file: string): boolean;
  /**
   * A module body, or a function that only module bodies (through such functions) call, react with, or start by a timer
   * that fires once: it runs once.
   */
  isProcessScope(fn: FunctionId): boolean;
}

export const processScopes = defineAnalysis<ProcessScopes>('process-scopes', (get, program) => {
  const entries = new Set(program.packages.flatMap(one => one.entries));
  const importers = new Map<string, string[]>();
  for (const { file, imports, importsTypes } of program.modules.values())
    for (const imported of imports)
      if (!importsTypes?.includes(imported)) importers.set(imported, [...(importers.get(imported) ?? []), file]);
  const loaders = loadersOf(program);
  const scopes = new Scopes(program, get(callGraph));
  return {
    isEntry: file => {
      const loads = importers.get(file) ?? [];
      return entries.has(file) || loads.every(one => !importers.has(one) && loaders.has(one));
    },
    isProcessScope: fn => scopes.runsOnce(fn),
  };
});

/** Modules whose whole body is to load others: no functions, and no steps but the reads of what they load. */
function loadersOf(program: Program): ReadonlySet<string> {
  const found = new Set([...program.modules.keys()].filter(file => loadsOnly(program, `${file}#`)));
  for (const id of program.functions.keys()) {
    const file = program.fileOf(id);
    if (id !== `${file}#`) found.delete(file);
  }
  return found;
}

const loadsOnly = (program: Program, body: FunctionId): boolean =>
  [...program.steps(body).values()].every(step => step.kind === 'access');

/** A step that makes a function run later; `null`: maybe more than once. */
interface Start {
  from: FunctionId;
  step: StepId | null;
}

class Scopes {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #known = new Map<FunctionId, boolean>();
  #starts: ReadonlyMap<FunctionId, readonly Start[]> | undefined;

  constructor(program: Program, graph: CallGraph) {
    this.#program = program;
    this.#graph = graph;
  }

  runsOnce(fn: FunctionId): boolean {
    const answer = this.#known.get(fn);
    if (answer !== undefined) return answer;
    // A function that (indirectly) calls itself runs more than once.
    this.#known.set(fn, false);
    const once = fn === `${this.#program.fileOf(fn)}#` || this.#isRunOnce(fn);
    this.#known.set(fn, once);
    return once;
  }

  #isRunOnce(fn: FunctionId): boolean {
    if (!this.#program.functions.has(fn) || this.#graph.escapes(fn)) return false;
    const callers = this.#graph.callers(fn);
    this.#starts ??= this.#collect();
    const starts = this.#starts.get(fn) ?? [];
    return (
      callers.length + starts.length > 0 &&
      callers.every(({ caller }) => this.runsOnce(caller)) &&
      starts.every(({ from, step }) => step !== null && this.#isOnce(from, step))
    );
  }

  #isOnce(fn: FunctionId, step: StepId): boolean {
    return !this.#program.repeatedSteps(fn).has(step) && this.runsOnce(fn);
  }

  #collect(): ReadonlyMap<FunctionId, readonly Start[]> {
    const found = new Map<FunctionId, Start[]>();
    for (const from of this.#program.functions.keys()) {
      for (const step of this.#program.steps(from).values()) {
        if (step.kind === 'call') continue;
        for (const target of this.#graph.targets(from, step.id)) {
          const start = { from, step: startsOnce(step) ? step.id : null };
          const list = found.get(target);
          if (list) list.push(start);
          else found.set(target, [start]);
        }
      }
    }
    return found;
  }
}

/** A promise settles once, and a timer that is no interval fires once. */
function startsOnce(step: Step): boolean {
  if (step.kind !== 'spawn') return step.kind === 'chain';
  return step.how !== 'interval' && step.times.kind === 'exactly' && step.times.n === 1;
}
