/**
 * Flow of function values through the whole program: constraints from facts (ALGORITHMS 3.1, L1 and L2). Promises are
 * transparent: what flows into a promise flows out of awaiting it.
 */
import type { FunctionFacts, FunctionId, Step, StepId, Value, ValueId } from '../../model/facts.ts';
import { FlowCalls, type CallLike } from './flowCalls.ts';
import type { Token } from './flowObjects.ts';
import type { FunctionNodes } from './flowPlaces.ts';
import type { NodeId } from './flowSolver.ts';
import type { TypeHierarchy } from '../hierarchy.ts';
import { type Program, walkSteps } from '../program.ts';

const ROUNDS = 3;

export class Flow extends FlowCalls {
  constructor(program: Program, hierarchy: TypeHierarchy, parts: readonly (readonly string[])[]) {
    super(program, hierarchy, parts);
    for (const facts of program.functions.values()) {
      const values = this.solver.newNodes(facts.values.length + facts.parameters.length + 2);
      const parameters = values + facts.values.length;
      this.functions.set(facts.id, {
        facts,
        values,
        parameters,
        called: calledValues(facts),
        self: parameters + facts.parameters.length,
        returned: parameters + facts.parameters.length + 1,
      });
    }
    for (const nodes of this.functions.values()) this.#constrainFunction(nodes);
    this.solver.solve();
    // Receivers that nothing flows into: dispatch by class hierarchy, fields by type. What that brings flows on. Then
    // members by their names alone.
    for (let round = 0; round < ROUNDS; round += 1) {
      this.byName = round > 0;
      if (this.byName) this.names.learn(this.slots);
      for (const fallBack of this.open) fallBack();
      this.solver.solve();
    }
  }

  /** What each value may be; plain data, which keeps nothing of what led there. */
  tokensOfValues(): ReadonlyMap<FunctionId, ReadonlyMap<ValueId, readonly Token[]>> {
    const held = new Map<FunctionId, ReadonlyMap<ValueId, readonly Token[]>>();
    for (const { facts, values } of this.functions.values()) {
      const own = new Map<ValueId, readonly Token[]>();
      for (const id of facts.values.keys()) {
        const tokens = this.solver.tokens(values + id);
        if (tokens.size > 0) own.set(id, this.objects.tokensOf(tokens));
      }
      if (own.size > 0) held.set(facts.id, own);
    }
    return held;
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
        return this.solver.addEdge(this.placeNode(fn, value.place, fn.called.has(id)), node);
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
      if (made?.kind === 'function') this.addSelf(made.id, token);
    }
    for (const spread of value.spreads)
      this.solver.watch(fn.values + spread, source => {
        if (this.objects.isSummary(source)) this.solver.addToken(node, source);
        else this.objects.copyProperties(source, token);
      });
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
        return this.callValue(
          { fn, step: step.id, args: step.args.map(value), spreads: [], self: undefined, result: undefined },
          value(step.body),
        );
      case 'register':
        return this.callValue(
          { fn, step: step.id, args: [], spreads: [], self: undefined, result: undefined },
          value(step.handler),
        );
      case 'chain': {
        const result = this.#resultNode(fn, step.id);
        for (const handler of [step.onFulfilled, step.onRejected, step.onFinally]) {
          if (handler === undefined) continue;
          const args = handler === step.onFulfilled ? [value(step.of)] : [];
          this.callValue(
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
      if (step.newOf === 'lib#Promise') this.promises.set(token, result);
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
    if (step.constructs) call.constructs = true;
    if (step.known?.copies) this.copyMembers(fn, step, step.known.copies, result);
    this.constrainTarget(call, step.target);
  }
}

/** Values that are callees of calls. */
function calledValues(facts: FunctionFacts): Set<ValueId> {
  const found = new Set<ValueId>();
  walkSteps(facts.body, step => {
    if (step.kind === 'call' && step.target.kind === 'value') found.add(step.target.of);
  });
  return found;
}
