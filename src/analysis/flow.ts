/**
 * Flow of function values through the whole program: constraints from facts (ALGORITHMS 3.1, L1 and L2). Promises are
 * transparent: what flows into a promise flows out of awaiting it.
 */
import type { FunctionId, Step, StepId, Target, TypeId, Value, ValueId } from '../model/facts.ts';
import { type FunctionNodes, FlowPlaces, type Method } from './flowPlaces.ts';
import type { NodeId, TokenId } from './flowSolver.ts';
import type { TypeHierarchy } from './hierarchy.ts';
import { type Program, walkSteps } from './program.ts';

type CallLike = {
  fn: FunctionNodes;
  step: StepId;
  args: NodeId[];
  spreads: readonly number[];
  self: NodeId | undefined;
  result: NodeId | undefined;
};

export class Flow extends FlowPlaces {
  /** `caller step` → callees. */
  readonly targets = new Map<FunctionId, Map<StepId, Set<FunctionId>>>();
  readonly escaping = new Set<FunctionId>();
  /** The node of what awaiting a promise made at a site gives. */
  readonly #promises = new Map<TokenId, NodeId>();

  constructor(program: Program, hierarchy: TypeHierarchy) {
    super(program, hierarchy);
    for (const facts of program.functions.values()) {
      const values = this.solver.newNodes(facts.values.length + facts.parameters.length + 2);
      const parameters = values + facts.values.length;
      this.functions.set(facts.id, {
        facts,
        values,
        parameters,
        self: parameters + facts.parameters.length,
        returned: parameters + facts.parameters.length + 1,
      });
    }
    for (const nodes of this.functions.values()) this.#constrainFunction(nodes);
    this.solver.solve();
    // Receivers that nothing flows into: dispatch by class hierarchy, fields by type. What that brings flows on.
    for (let round = 0; round < 2; round += 1) {
      this.objects.readUnknownKeys();
      for (const fallBack of this.open) fallBack();
      this.solver.solve();
    }
  }

  valueNode(fn: FunctionId, value: ValueId): NodeId | undefined {
    const nodes = this.functions.get(fn);
    return nodes && value < nodes.facts.values.length ? nodes.values + value : undefined;
  }

  #constrainFunction(fn: FunctionNodes): void {
    const { facts } = fn;
    facts.parameters.forEach((parameter, index) => {
      if (parameter.initial !== undefined) this.solver.addEdge(fn.values + parameter.initial, fn.parameters + index);
    });
    facts.values.forEach((value, id) => this.#constrainValue(fn, value, fn.values + id, id));
    walkSteps(facts.body, step => this.#constrainStep(fn, step));
  }

  #constrainValue(fn: FunctionNodes, value: Value, node: NodeId, id: ValueId): void {
    const from = (other: ValueId): void => this.solver.addEdge(fn.values + other, node);
    switch (value.kind) {
      case 'function':
        return this.solver.addToken(node, this.objects.functionToken(value.id));
      case 'class':
        return this.solver.addToken(node, this.objects.classToken(value.type));
      case 'read':
        return this.solver.addEdge(this.placeNode(fn, value.place), node);
      case 'settled':
      case 'ordered':
      case 'view':
        return from(value.of);
      case 'choice':
        return value.values.forEach(from);
      case 'from':
        return value.how === 'copy' ? value.values.forEach(from) : undefined;
      case 'object':
        return this.#constrainObject(fn, value, node, id);
      case 'array':
      case 'combined':
        return this.#constrainArray(fn, value, node, id);
      case 'element':
        return this.solver.addEdge(this.elementRead(fn, fn.values + value.of, value.key), node);
      case 'result':
      case 'constant':
      case 'template':
      case 'unknown':
        return undefined;
    }
  }

  #constrainObject(fn: FunctionNodes, value: Value & { kind: 'object' }, node: NodeId, id: ValueId): void {
    const token = this.objects.objectToken(fn.facts, `v${id}`, value.type, 'object');
    this.solver.addToken(node, token);
    for (const [field, part] of Object.entries(value.fields)) {
      const property = this.objects.propertyOf(token, field, undefined);
      if (property !== undefined) this.solver.addEdge(fn.values + part, property);
      // An accessor or method of a literal runs with the object as its `self`.
      const made = fn.facts.values[part];
      if (made?.kind === 'function') this.#addSelf(made.id, token);
    }
    for (const spread of value.spreads)
      this.solver.watch(fn.values + spread, source => this.objects.copyProperties(source, token));
  }

  #addSelf(id: FunctionId, token: TokenId): void {
    const callee = this.functions.get(id);
    if (callee) this.solver.addToken(callee.self, token);
  }

  #constrainArray(fn: FunctionNodes, value: Value & { kind: 'array' | 'combined' }, node: NodeId, id: ValueId): void {
    const token = this.objects.objectToken(fn.facts, `v${id}`, null, 'array');
    if (value.kind === 'combined') {
      // The values of a combinator are arrays of promises, or promises: both come out as the elements of its result.
      this.solver.addToken(node, token);
      for (const part of value.values) {
        this.solver.addEdge(this.elementRead(fn, fn.values + part, null), this.objects.elements(token).written);
        if (value.until === 'first' || value.until === 'any')
          this.solver.addEdge(this.elementRead(fn, fn.values + part, null), node);
        else this.solver.watch(fn.values + part, source => this.objects.copyProperties(source, token));
      }
      return;
    }
    this.solver.addToken(node, token);
    value.values.forEach((part, index) => {
      if (value.spreads.includes(index))
        this.solver.addEdge(this.elementRead(fn, fn.values + part, null), this.objects.elements(token).written);
      else {
        const exact = value.spreads.every(spread => spread > index);
        const property = exact
          ? this.objects.propertyOf(token, String(index), undefined)
          : this.objects.elements(token).written;
        if (property !== undefined) this.solver.addEdge(fn.values + part, property);
      }
    });
  }

  #constrainStep(fn: FunctionNodes, step: Step): void {
    const value = (id: ValueId): NodeId => fn.values + id;
    switch (step.kind) {
      case 'call':
        return this.#constrainCall(fn, step);
      case 'access':
        if (step.value !== undefined && step.mode !== 'read') this.write(fn, step.place, value(step.value));
        return;
      case 'spawn':
        return this.#callValue(
          { fn, step: step.id, args: step.args.map(value), spreads: [], self: undefined, result: undefined },
          value(step.body),
        );
      case 'register':
        return this.#callValue(
          { fn, step: step.id, args: [], spreads: [], self: undefined, result: undefined },
          value(step.handler),
        );
      case 'chain': {
        const result = this.#resultNode(fn, step.id);
        for (const handler of [step.onFulfilled, step.onRejected, step.onFinally]) {
          if (handler === undefined) continue;
          const args = handler === step.onFulfilled ? [value(step.of)] : [];
          this.#callValue(
            {
              fn,
              step: step.id,
              args,
              spreads: [],
              self: undefined,
              result: handler === step.onFinally ? undefined : result,
            },
            value(handler),
          );
        }
        if (step.onFulfilled === undefined) this.solver.addEdge(value(step.of), result);
        return;
      }
      case 'exit':
        if (step.how === 'return' && step.value !== undefined) this.solver.addEdge(value(step.value), fn.returned);
        return;
      case 'yield':
        if (step.value !== undefined) this.#constrainYield(fn, step.value, step.delegate);
        return;
      default:
    }
  }

  #constrainYield(fn: FunctionNodes, yielded: ValueId, delegate: boolean): void {
    const token = this.objects.objectToken(fn.facts, 'generator', null, 'array');
    this.solver.addToken(fn.returned, token);
    const from = delegate ? this.elementRead(fn, fn.values + yielded, null) : fn.values + yielded;
    this.solver.addEdge(from, this.objects.elements(token).written);
  }

  readonly #results = new Map<FunctionId, Map<StepId, NodeId>>();
  /** The node of what a step gives: a value of kind `result` reads from it. */
  #resultNode(fn: FunctionNodes, step: StepId): NodeId {
    let table = this.#results.get(fn.facts.id);
    if (!table) {
      table = new Map();
      this.#results.set(fn.facts.id, table);
      for (const [id, value] of fn.facts.values.entries()) {
        if (value.kind !== 'result') continue;
        let node = table.get(value.of);
        if (node === undefined) table.set(value.of, (node = this.solver.newNode()));
        this.solver.addEdge(node, fn.values + id);
      }
    }
    let node = table.get(step);
    if (node === undefined) table.set(step, (node = this.solver.newNode()));
    return node;
  }

  #constrainCall(fn: FunctionNodes, step: Step & { kind: 'call' }): void {
    const result = this.#resultNode(fn, step.id);
    const args = step.args.map(arg => fn.values + arg);
    let self = step.receiver === undefined ? undefined : fn.values + step.receiver;
    if (step.newOf !== undefined) {
      this.instantiated.add(step.newOf);
      const token = this.objects.objectToken(
        fn.facts,
        `s${step.id}`,
        step.newOf,
        step.newOf === 'lib#Promise' ? 'promise' : 'instance',
      );
      this.solver.addToken(result, token);
      if (step.newOf === 'lib#Promise') this.#promises.set(token, result);
      self = result;
    }
    const call: CallLike = {
      fn,
      step: step.id,
      args,
      spreads: step.spreads ?? [],
      self,
      result: step.newOf === undefined ? result : undefined,
    };
    this.#constrainTarget(call, step.target);
  }

  #constrainTarget(call: CallLike, target: Target): void {
    switch (target.kind) {
      case 'functions':
        for (const id of target.ids) this.#link(call, id);
        return;
      case 'value':
        return this.#callValue(call, call.fn.values + target.of);
      case 'method':
        return this.#callMethod(call, target.type, target.name);
      case 'external':
      case 'unresolved':
        for (const arg of call.args) this.#escape(arg);
        return;
    }
  }

  #escape(node: NodeId): void {
    this.solver.watch(node, id => {
      const token = this.objects.token(id);
      if (token.kind === 'function') this.escaping.add(token.id);
    });
  }

  #callValue(call: CallLike, callee: NodeId): void {
    this.solver.watch(callee, id => {
      const token = this.objects.token(id);
      if (token.kind === 'function') this.#link(call, token.id);
      else if (token.kind === 'class') this.#construct(call, token.type);
      else if (token.kind === 'resolver') this.#resolve(call, token.of);
    });
  }

  /** `resolve(x)`: the promise gives x. */
  #resolve(call: CallLike, promise: TokenId): void {
    const [given] = call.args;
    const node = this.#promises.get(promise);
    if (given !== undefined && node !== undefined) this.solver.addEdge(given, node);
  }

  /** `new (someClass)(…)`: a class that came as a value. */
  #construct(call: CallLike, type: TypeId): void {
    const construct = this.objects.hierarchy.constructorOf(type);
    this.instantiated.add(type);
    const token = this.objects.objectToken(call.fn.facts, `s${call.step} ${type}`, type, 'instance');
    if (call.result !== undefined) this.solver.addToken(call.result, token);
    if (construct === undefined) return;
    this.#addSelf(construct, token);
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
      if (property !== undefined) this.#callValue(call, property);
    });
    this.open.push(() => {
      if ((this.targets.get(call.fn.facts.id)?.get(call.step)?.size ?? 0) > 0) return;
      for (const method of this.dispatch(declared, name)) this.#linkMethod(call, method, name);
      this.#callValue(call, this.objects.typedProperty(declared, name));
    });
  }

  #linkMethod(call: CallLike, method: Method, name: string, receiver?: TokenId): void {
    if (!this.#linkDecorated(call, method.type, name)) this.#link(call, method.id, receiver);
  }

  /** A decorated method is what the decorator made of it: the value that the module body holds. */
  #linkDecorated(call: CallLike, type: TypeId, name: string): boolean {
    const decorated = this.program.types.get(type)?.decorated?.[name];
    const original = this.program.types.get(type)?.methods[name];
    if (decorated === undefined) return false;
    const module = this.functions.get(`${type.slice(0, type.lastIndexOf('#'))}#`);
    if (!module) return false;
    this.solver.watch(module.values + decorated, id => {
      const token = this.objects.token(id);
      if (token.kind === 'function' && token.id !== original) this.#link(call, token.id);
    });
    this.open.push(() => {
      const others = [...this.solver.tokens(module.values + decorated)].filter(
        id => this.objects.token(id).kind === 'function',
      );
      if (original !== undefined && others.length <= 1) this.#link(call, original);
    });
    return true;
  }

  /** An edge: arguments into parameters, receiver into self, what is returned into the result. */
  #link(call: CallLike, id: FunctionId, receiver?: TokenId): void {
    const callee = this.functions.get(id);
    if (!callee) return;
    let table = this.targets.get(call.fn.facts.id);
    if (!table) {
      table = new Map<StepId, Set<FunctionId>>();
      this.targets.set(call.fn.facts.id, table);
    }
    let set = table.get(call.step);
    if (!set) table.set(call.step, (set = new Set()));
    if (receiver !== undefined) this.solver.addToken(callee.self, receiver);
    if (set.has(id)) return;
    set.add(id);
    if (call.self !== undefined && receiver === undefined) this.solver.addEdge(call.self, callee.self);
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
