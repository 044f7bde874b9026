/**
 * Where control comes from outside, before anything is walked: module bodies, and the exported API that nothing in the
 * project calls (RULES, "Entry point"). Registered handlers are found on the way by whoever walks.
 */
import type { FunctionId, ModuleFacts, StepId, TypeId } from '../../model/facts.ts';
import { type CallGraph, callGraph } from './callGraph.ts';
import { type Activity } from './activities.ts';
import { defineAnalysis } from '../analysis.ts';
import { findApiFiles } from './apiFiles.ts';
import { connectedFiles } from './connectedFiles.ts';
import { type Evaluator, evaluator } from './evaluator.ts';
import type { Program } from '../program.ts';
import type { Frame, Ref } from '../refs.ts';

/** Exposure follows what exported functions return this far. */
const RETURN_DEPTH = 2;

export interface EntryPoints {
  /** Module bodies, and exported API. */
  roots: readonly Activity[];
  /** Files whose exports are the project's API. */
  apiFiles: ReadonlySet<string>;
}

export const entryPoints = defineAnalysis<EntryPoints>('entry-points', (get, program) => {
  const evaluate = get(evaluator);
  const apiFiles = findApiFiles(program, get(connectedFiles));
  const roots = new Map<number, Activity>();
  for (const module of program.modules.values()) {
    const body = program.functions.get(`${module.file}#`);
    if (!body) continue;
    const frame = evaluate.symbolicFrame(body);
    roots.set(frame.id, {
      frame,
      label: module.file,
      trigger: 'module',
      evidence: 'framework',
      instances: 'once',
      from: null,
      test: module.test,
      repeated: false,
    });
  }
  const exposure = new Exposure(program, evaluate, get(callGraph), roots);
  for (const file of [...apiFiles].sort()) exposure.exposeModule(file);
  exposure.exposeUnreached();
  return { roots: [...roots.values()], apiFiles };
});

class Exposure {
  readonly #program: Program;
  readonly #eval: Evaluator;
  readonly #graph: CallGraph;
  readonly #roots: Map<number, Activity>;
  readonly #seen = new Set<number>();
  readonly #files = new Set<string>();
  /** API that something in the project calls. */
  readonly #called: { frame: Frame; name: string }[] = [];
  /** Private methods that something in the project calls. */
  readonly #hidden: { frame: Frame; name: string }[] = [];

  constructor(program: Program, evaluate: Evaluator, graph: CallGraph, roots: Map<number, Activity>) {
    this.#program = program;
    this.#eval = evaluate;
    this.#graph = graph;
    this.#roots = roots;
  }

  /** Recursion is no caller: API that no entry point reaches is one itself. */
  exposeUnreached(): void {
    const reached = new Set<FunctionId>();
    const reach = (from: FunctionId): void => {
      const queue = [from];
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        if (reached.has(next)) continue;
        reached.add(next);
        // A closure that code of the project calls is reached from there; another one by whoever it is given to.
        for (const value of this.#program.functions.get(next)?.values ?? [])
          if (value.kind === 'function' && this.#graph.callers(value.id).length === 0) queue.push(value.id);
        for (const step of this.#program.steps(next).keys()) queue.push(...this.#graph.targets(next, step));
      }
    };
    for (const root of this.#roots.values()) if (root.trigger !== 'module') reach(root.frame.fn.id);
    const called = [...this.#called, ...this.#hidden];
    for (const fn of new Set(called.map(({ frame }) => frame.fn.id))) {
      if (reached.has(fn) || this.#isStarted(fn)) continue;
      const all = called.filter(({ frame }) => frame.fn.id === fn);
      // Objects that are given out tell more than the class.
      const given = all.filter(({ frame }) => frame.self?.some(ref => ref.kind === 'made'));
      for (const { frame, name } of given.length > 0 ? given : all) this.#addRoot(frame, name);
      reach(fn);
    }
  }

  /** Called by code that runs at load time, or that a module registers. */
  #isStarted(fn: FunctionId): boolean {
    return this.#graph.callers(fn).some(edge => this.#fromModules.has(edge.caller));
  }

  /** What module bodies run or register. */
  get #fromModules(): ReadonlySet<FunctionId> {
    return (this.#started ??= this.#reachedFromModules());
  }
  #started: ReadonlySet<FunctionId> | undefined;

  #reachedFromModules(): ReadonlySet<FunctionId> {
    const found = new Set<FunctionId>();
    const queue = [...this.#program.modules.keys()].map(file => `${file}#`);
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      for (const step of this.#program.steps(next).keys()) queue.push(...this.#graph.targets(next, step));
    }
    return found;
  }

  exposeModule(file: string): void {
    const module = this.#program.modules.get(file);
    if (!module || this.#files.has(file)) return;
    this.#files.add(file);
    for (const name of Object.keys(module.exports).sort()) this.#exposeExport(module, name, new Set());
    for (const other of module.exportsAll) this.exposeModule(other);
  }

  #exposeExport(module: ModuleFacts, name: string, seen: Set<string>): void {
    const key = `${module.file}:${name}`;
    const exported = module.exports[name];
    if (!exported || seen.has(key)) return;
    seen.add(key);
    if ('value' in exported) {
      const body = this.#program.functions.get(`${module.file}#`);
      if (body)
        for (const ref of this.#eval.evaluate(this.#eval.symbolicFrame(body), exported.value))
          this.#expose(ref, name, 0);
      return;
    }
    const from = this.#program.modules.get(exported.file);
    if (!from) return;
    if (exported.name === '*') this.exposeModule(exported.file);
    else if (from.exports[exported.name]) this.#exposeExport(from, exported.name, seen);
    else for (const other of from.exportsAll) this.#exposeFrom(other, exported.name, seen);
  }

  #exposeFrom(file: string, name: string, seen: Set<string>): void {
    const module = this.#program.modules.get(file);
    if (!module) return;
    if (module.exports[name]) this.#exposeExport(module, name, seen);
    else
      for (const other of module.exportsAll)
        if (!seen.has(`*${other}`) && seen.add(`*${other}`)) this.#exposeFrom(other, name, seen);
  }

  #expose(ref: Ref, name: string, depth: number): void {
    if (this.#seen.has(ref.id) || depth > RETURN_DEPTH + 2) return;
    this.#seen.add(ref.id);
    switch (ref.kind) {
      case 'function': {
        const fn = this.#program.functions.get(ref.fn);
        if (fn) this.#exposeFunction(this.#eval.frame(fn, null, [], ref.frame), name, depth);
        // A function that makes objects is the type of them.
        return this.#program.types.has(ref.fn) ? this.#exposeMembers(ref.fn, null, depth) : undefined;
      }
      case 'class':
        return this.#exposeMembers(ref.type, null, depth);
      case 'made':
        if ('step' in ref.at) return ref.type === null ? undefined : this.#exposeMembers(ref.type, ref, depth);
        return this.#exposeLiteral(ref, name, depth);
      case 'task':
        for (const inner of this.#eval.settled(ref)) this.#expose(inner, name, depth + 1);
        return;
      default:
    }
  }

  #exposeLiteral(ref: Ref & { kind: 'made' }, name: string, depth: number): void {
    const value = 'value' in ref.at ? ref.frame.fn.values[ref.at.value] : undefined;
    if (value?.kind !== 'object') return;
    for (const [field, part] of Object.entries(value.fields))
      for (const inner of this.#eval.evaluate(ref.frame, part)) this.#expose(inner, `${name}.${field}`, depth + 1);
  }

  #exposeMembers(type: TypeId, self: Ref | null, depth: number): void {
    const done = new Set<string>();
    for (const id of this.#eval.types.ancestors(type)) {
      const facts = this.#program.types.get(id);
      if (!facts) continue;
      for (const [name, method] of Object.entries(facts.methods)) {
        if (done.has(name)) continue;
        done.add(name);
        if (facts.hidden?.includes(name)) {
          this.#hide(method, self);
          continue;
        }
        const wrapped = this.#eval.decoratedMethod(id, name, method, self ? [self] : null);
        if (wrapped) for (const { frame } of wrapped) this.#addRoot(frame, `${facts.name}.${name}`);
        else this.#exposeMethod(method, self, depth);
      }
      if (self === null && id === type)
        for (const [name, method] of Object.entries(facts.statics))
          if (!facts.hidden?.includes(name)) this.#exposeMethod(method, null, depth);
    }
  }

  /** Nobody outside calls it; its callers may be functions that unknown code has. */
  #hide(id: FunctionId, self: Ref | null): void {
    const fn = this.#program.functions.get(id);
    if (!fn) return;
    const frame = this.#eval.frame(fn, self ? [self] : null, [], null);
    if (this.#isCalled(frame)) this.#hidden.push({ frame, name: fn.name });
  }

  #isCalled(frame: Frame): boolean {
    const { id } = frame.fn;
    return this.#graph
      .callers(id)
      .some(edge => edge.caller !== id && !this.#isTest(edge.caller) && this.#mayCall(edge, frame));
  }

  #exposeMethod(id: FunctionId, self: Ref | null, depth: number): void {
    const fn = this.#program.functions.get(id);
    if (fn) this.#exposeFunction(this.#eval.frame(fn, self ? [self] : null, [], null), fn.name, depth);
  }

  #exposeFunction(frame: Frame, name: string, depth: number): void {
    if (this.#isCalled(frame)) {
      this.#called.push({ frame, name });
      return;
    }
    this.#addRoot(frame, name);
    if (depth >= RETURN_DEPTH) return;
    for (const ref of this.#eval.returns(frame)) this.#expose(ref, `result of ${name}`, depth + 1);
  }

  /** Of the closures that one wrapper gives (`const save = exclusive(lock, write)`), a call runs the one that it names. */
  #mayCall({ caller, step: id }: { caller: FunctionId; step: StepId }, frame: Frame): boolean {
    const facts = this.#program.functions.get(caller);
    const step = this.#program.steps(caller).get(id);
    if (frame.parent === null || !facts || step?.kind !== 'call') return true;
    const run = this.#eval
      .callees(this.#eval.symbolicFrame(facts), step)
      .filter(callee => callee.frame.fn.id === frame.fn.id);
    return run.length === 0 || run.some(callee => callee.guessed || callee.frame.parent === frame.parent);
  }

  #addRoot(frame: Frame, name: string): void {
    const module = this.#program.modules.get(this.#program.fileOf(frame.fn.id));
    this.#roots.set(frame.id, {
      frame,
      label: name,
      trigger: 'export',
      evidence: 'exported',
      instances: 'many',
      from: null,
      test: module?.test ?? false,
      repeated: false,
    });
  }

  #isTest(fn: FunctionId): boolean {
    return this.#program.modules.get(this.#program.fileOf(fn))?.test ?? false;
  }
}
