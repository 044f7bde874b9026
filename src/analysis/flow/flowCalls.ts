/** Calls in the flow: which bodies a call runs, and what passes into and out of them. */
import type { FunctionId, StepId, Target, TypeId } from '../../model/facts.ts';
import { Decorators } from './flowDecorators.ts';
import { FlowCopies } from './flowCopies.ts';
import type { FunctionNodes, Method, MissingRead } from './flowPlaces.ts';
import type { NodeId, TokenId } from './flowSolver.ts';
import type { TypeHierarchy } from '../hierarchy.ts';
import type { Program } from '../program.ts';

export type CallLike = {
  fn: FunctionNodes;
  step: StepId;
  args: NodeId[];
  spreads: readonly number[];
  self: NodeId | undefined;
  result: NodeId | undefined;
  constructs?: boolean;
};

export abstract class FlowCalls extends FlowCopies {
  /** `caller step` → callees. */
  readonly targets = new Map<FunctionId, Map<StepId, Set<FunctionId>>>();
  /** Calls whose callees were looked for by the member's name alone. */
  readonly byNameAlone = new Map<FunctionId, Set<StepId>>();
  readonly escaping = new Set<FunctionId>();
  readonly #decorators: Decorators;
  /** The node of what awaiting a promise made at a site gives. */
  protected readonly promises = new Map<TokenId, NodeId>();

  constructor(program: Program, hierarchy: TypeHierarchy, parts: readonly (readonly string[])[]) {
    super(program, hierarchy, parts);
    this.#decorators = new Decorators(program);
  }

  protected addSelf(id: FunctionId, token: TokenId): void {
    const callee = this.functions.get(id);
    if (callee) this.solver.addToken(callee.self, token);
  }

  protected constrainTarget(call: CallLike, target: Target): void {
    switch (target.kind) {
      case 'functions':
        for (const id of target.ids) this.#link(call, id);
        return;
      case 'value': {
        const of = call.fn.values + target.of;
        const value = call.fn.facts.values[target.of];
        const read = value?.kind === 'read' ? this.calledMember(call.fn, value.place) : undefined;
        if (read) this.open.push(() => this.#callMissing(call, { ...read, node: of }));
        return this.callValue(call, of);
      }
      case 'method':
        return this.#callMethod(call, target.type, target.name);
      case 'external':
      case 'unresolved':
        for (const arg of call.args) this.#escape(arg);
        return;
    }
  }

  /** Functions found by the member's name alone: whose they are is not known, so no receiver is passed. */
  #callMissing(call: CallLike, read: MissingRead): void {
    const caller = call.fn.facts.id;
    for (const id of this.readMissing(read)) {
      const token = this.objects.token(id);
      if (token.kind !== 'function') continue;
      this.byNameAlone.set(caller, (this.byNameAlone.get(caller) ?? new Set()).add(call.step));
      this.#link({ ...call, self: undefined }, token.id);
    }
  }

  #escape(node: NodeId): void {
    this.solver.watch(node, id => {
      const token = this.objects.token(id);
      if (token.kind === 'function') this.escaping.add(token.id);
    });
  }

  protected callValue(call: CallLike, callee: NodeId): void {
    this.solver.watch(callee, id => {
      const token = this.objects.token(id);
      if (token.kind === 'function') {
        if (call.constructs) this.#constructBy(call, id, token.id);
        else this.#link(call, token.id);
      } else if (token.kind === 'class') this.#construct(call, token.type);
      else if (token.kind === 'resolver') this.#resolve(call, token.of);
    });
  }

  /** `resolve(x)`: the promise gives x. */
  #resolve(call: CallLike, promise: TokenId): void {
    const [given] = call.args;
    const node = this.promises.get(promise);
    if (given !== undefined && node !== undefined) this.solver.addEdge(given, node);
  }

  /** `new (someFunction)(…)`: a constructor function that came as a value. */
  #constructBy(call: CallLike, id: TokenId, fn: FunctionId): void {
    const prototype = this.objects.prototypeToken(id);
    const type = this.program.types.has(fn) ? fn : null;
    if (type !== null) this.instantiated.add(type);
    const token = this.objects.objectToken(
      call.fn.facts,
      `s${call.step} ${fn}`,
      type,
      type === null ? 'object' : 'instance',
    );
    if (prototype !== undefined) this.objects.copyProperties(prototype, token);
    if (call.result !== undefined) this.solver.addToken(call.result, token);
    this.addSelf(fn, token);
    this.#link({ ...call, self: undefined }, fn);
  }

  /** `new (someClass)(…)`: a class that came as a value. */
  #construct(call: CallLike, type: TypeId): void {
    const construct = this.objects.hierarchy.constructorOf(type);
    this.instantiated.add(type);
    const token = this.objects.objectToken(call.fn.facts, `s${call.step} ${type}`, type, 'instance');
    if (call.result !== undefined) this.solver.addToken(call.result, token);
    if (construct === undefined) return;
    this.addSelf(construct, token);
    this.#link({ ...call, self: undefined, result: undefined }, construct);
  }

  #callMethod(call: CallLike, declared: TypeId, name: string): void {
    const { self } = call;
    if (self === undefined) {
      for (const method of this.dispatch(declared, name)) this.#linkMethod(call, method, name);
      return;
    }
    const linked = new Set<TokenId>();
    const isClass = this.program.types.get(declared)?.kind === 'class';
    this.solver.watch(self, id => {
      if (linked.has(id)) return;
      linked.add(id);
      const token = this.objects.token(id);
      // What flows is over-approximate; the receiver's declared class is not.
      const made = token.kind === 'object' ? token.site.type : null;
      if (
        isClass &&
        made !== null &&
        this.program.types.has(made) &&
        !this.objects.hierarchy.ancestors(made).includes(declared)
      )
        return;
      const type = token.kind === 'class' ? token.type : token.kind === 'object' ? token.site.type : null;
      const method = type === null ? undefined : this.objects.hierarchy.methodOf(type, name, token.kind === 'class');
      if (method) {
        this.#linkMethod(call, { type: method.type.id, id: method.id }, name, id);
        return;
      }
      const property = this.objects.propertyOf(id, name, undefined);
      if (property !== undefined) this.callValue(call, property);
    });
    this.open.push(() => {
      if ((this.targets.get(call.fn.facts.id)?.get(call.step)?.size ?? 0) > 0) return;
      for (const method of this.dispatch(declared, name)) this.#linkMethod(call, method, name);
      this.callValue(call, this.objects.typedProperty(declared, name));
    });
  }

  #linkMethod(call: CallLike, method: Method, name: string, receiver?: TokenId): void {
    if (!this.#linkDecorated(call, method.type, name, receiver)) this.#link(call, method.id, receiver);
  }

  /** A decorated method is what the decorator made of it: the value that the module body holds. */
  #linkDecorated(call: CallLike, type: TypeId, name: string, receiver?: TokenId): boolean {
    const decorated = this.program.types.get(type)?.decorated?.[name];
    const original = this.program.types.get(type)?.methods[name];
    if (decorated === undefined) return false;
    const module = this.functions.get(`${type.slice(0, type.lastIndexOf('#'))}#`);
    if (!module) return false;
    let replaced = false;
    this.solver.watch(module.values + decorated, id => {
      const token = this.objects.token(id);
      if (token.kind !== 'function' || this.#decorators.isOriginal(token.id)) return;
      replaced = true;
      this.#link({ ...call, result: undefined }, token.id, receiver);
    });
    const body = original === undefined ? undefined : this.functions.get(original);
    if (body) this.#pass(call, body, receiver);
    this.open.push(() => {
      if (original !== undefined && !replaced) this.#link(call, original, receiver);
    });
    return true;
  }

  /** An edge: arguments into parameters, receiver into self, what is returned into the result. */
  #link(call: CallLike, id: FunctionId, receiver?: TokenId): void {
    const callee = this.functions.get(id);
    if (!callee) return;
    const caller = call.fn.facts.id;
    let table = this.targets.get(caller);
    if (!table) {
      table = new Map<StepId, Set<FunctionId>>();
      this.targets.set(caller, table);
    }
    let set = table.get(call.step);
    if (!set) table.set(call.step, (set = new Set()));
    const isNew = !set.has(id);
    set.add(id);
    this.#decorators.linked(caller, call.step, id);
    if (this.#decorators.wraps(caller, id)) return;
    if (receiver !== undefined) this.solver.addToken(callee.self, receiver);
    if (isNew) this.#pass(call, callee, receiver);
  }

  #pass(call: CallLike, callee: FunctionNodes, receiver: TokenId | undefined): void {
    if (receiver !== undefined) this.solver.addToken(callee.self, receiver);
    else if (call.self !== undefined) this.solver.addEdge(call.self, callee.self);
    if (call.result !== undefined) this.solver.addEdge(callee.returned, call.result);
    this.#passArguments(call, callee);
  }

  #passArguments(call: CallLike, callee: FunctionNodes): void {
    const { parameters } = callee.facts;
    const rest = parameters.findIndex(parameter => parameter.rest);
    const firstSpread = Math.min(...call.spreads, Infinity);
    call.args.forEach((arg, index) => {
      const spread = call.spreads.includes(index);
      const from = spread ? this.elementRead(call.fn, arg, null) : arg;
      for (let to = index; to < parameters.length; to += 1) {
        if (rest >= 0 && to >= rest) break;
        this.solver.addEdge(from, callee.parameters + to);
        if (index < firstSpread) break;
      }
      if (rest >= 0 && (index >= rest || index >= firstSpread)) {
        const token = this.objects.objectToken(callee.facts, 'rest', null, 'array');
        this.solver.addToken(callee.parameters + rest, token);
        const exact = index < firstSpread ? this.objects.propertyOf(token, String(index - rest), undefined) : undefined;
        this.solver.addEdge(from, exact ?? this.objects.elements(token).written);
      }
    });
  }
}
