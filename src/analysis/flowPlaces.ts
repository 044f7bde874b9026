/** Where tokens are kept: variables, fields, elements, exports; and which bodies a name may stand for. */
import type { FunctionFacts, FunctionId, PathStep, Place, TypeId, ValueId } from '../model/facts.ts';
import { FlowObjects } from './flowObjects.ts';
import { FlowSolver, type NodeId, type TokenId } from './flowSolver.ts';
import type { TypeHierarchy } from './hierarchy.ts';
import type { Program } from './program.ts';

export interface FunctionNodes {
  facts: FunctionFacts;
  values: NodeId;
  parameters: NodeId;
  self: NodeId;
  returned: NodeId;
}
export type Method = { type: TypeId; id: FunctionId };

/** Members of one name that a receiver of unknown type may have. */
const NAMED_LIMIT = 4;

export abstract class FlowPlaces {
  readonly solver: FlowSolver;
  readonly objects: FlowObjects;
  readonly instantiated = new Set<TypeId>();
  protected readonly program: Program;
  protected readonly functions = new Map<FunctionId, FunctionNodes>();
  protected readonly slots = new Map<string, NodeId>();
  /** Method calls, and reads of typed fields, whose receiver stayed unknown in the first round. */
  protected readonly open: (() => void)[] = [];
  protected readonly methodsNamed = new Map<string, FunctionId[]>();

  constructor(program: Program, hierarchy: TypeHierarchy) {
    this.program = program;
    this.solver = new FlowSolver(token => this.objects.token(token).kind !== 'object');
    this.objects = new FlowObjects(this.solver, program, hierarchy);
    for (const type of program.types.values()) {
      for (const [name, id] of Object.entries(type.methods)) {
        const list = this.methodsNamed.get(name);
        if (list) list.push(id);
        else this.methodsNamed.set(name, [id]);
      }
    }
  }

  protected slot(fn: FunctionId, slot: string): NodeId {
    const key = `${fn}:${slot}`;
    let node = this.slots.get(key);
    if (node === undefined) {
      node = this.solver.newNode();
      this.slots.set(key, node);
      const owner = this.functions.get(fn);
      const declared = owner?.facts.slots[slot];
      if (owner && declared?.value != null) this.solver.addEdge(owner.values + declared.value, node);
      else if (owner && declared === undefined && fn.endsWith('#')) this.exported(owner, slot, node);
    }
    return node;
  }

  /** A name of a module that is no variable of it: an export by expression, a re-export, or (`*`) all of them. */
  protected exported(body: FunctionNodes, name: string, node: NodeId): void {
    const module = this.program.modules.get(body.facts.id.slice(0, -1));
    const direct = (key: string): void => {
      const exported = module && Object.hasOwn(module.exports, key) ? module.exports[key] : undefined;
      if (!exported) return;
      this.solver.addEdge(
        'value' in exported ? body.values + exported.value : this.slot(`${exported.file}#`, exported.name),
        node,
      );
    };
    if (!module) return;
    if (name !== '*') {
      direct(name);
      // A property of what `module.exports` was set to.
      if (!Object.hasOwn(module.exports, name) && Object.hasOwn(module.exports, 'export='))
        this.solver.addEdge(this.stepRead(body, this.slot(body.facts.id, 'export='), { field: name }), node);
      return;
    }
    direct('export=');
    const token = this.objects.objectToken(body.facts, 'namespace', null, 'object');
    this.solver.addToken(node, token);
    for (const key of Object.keys(module.exports)) {
      const property = this.objects.propertyOf(token, key, undefined);
      if (property !== undefined && key !== 'export=') this.solver.addEdge(this.slot(body.facts.id, key), property);
    }
    for (const other of module.exportsAll) this.solver.addEdge(this.slot(`${other}#`, '*'), node);
  }

  /** A node that holds what an element of the containers in `base` may be. */
  protected elementRead(fn: FunctionNodes, base: NodeId, key: number | string | { value: ValueId } | null): NodeId {
    const node = this.solver.newNode();
    const name =
      typeof key === 'object' && key !== null
        ? this.constantKey(fn, key.value)
        : key === null
          ? undefined
          : String(key);
    this.solver.addEdge(this.objects.anonymousElements(base).all, node);
    this.solver.watch(base, token => {
      // `[key, value]` pairs of a map or object are its elements: the value of a pair is the element itself.
      // The slot of an event's listeners holds the listeners themselves.
      if ((name === '1' || name === undefined) && this.objects.token(token).kind === 'function')
        this.solver.addToken(node, token);
      const property =
        name === undefined ? this.objects.elements(token).all : this.objects.propertyOf(token, name, undefined);
      if (property !== undefined) this.solver.addEdge(property, node);
    });
    return node;
  }

  protected constantKey(fn: FunctionNodes, value: ValueId): string | undefined {
    const key = fn.facts.values[value];
    if (key?.kind !== 'constant') return undefined;
    return key.text.startsWith('"') ? (JSON.parse(key.text) as string) : key.text;
  }

  protected rootNode(fn: FunctionNodes, place: Place): NodeId {
    const { root } = place;
    switch (root.kind) {
      case 'self':
        return fn.self;
      case 'parameter':
        return root.index < fn.facts.parameters.length ? fn.parameters + root.index : this.solver.newNode();
      case 'captured':
        return this.slot(root.from, root.slot);
      case 'module':
        return this.slot(`${root.file}#`, root.name);
      case 'value':
        return fn.values + root.of;
      case 'external':
      case 'store':
      case 'unknown':
        return this.solver.newNode();
    }
  }

  protected placeNode(fn: FunctionNodes, place: Place): NodeId {
    return place.path.reduce((base, step) => this.stepRead(fn, base, step), this.rootNode(fn, place));
  }

  protected stepRead(fn: FunctionNodes, base: NodeId, step: PathStep): NodeId {
    if (!('field' in step))
      return this.elementRead(
        fn,
        base,
        'any' in step ? null : typeof step.key === 'string' ? step.key : { value: step.key },
      );
    const node = this.solver.newNode();
    const { field, of } = step;
    const isClass = of !== undefined && this.program.types.get(of)?.kind === 'class';
    if (of !== undefined && isClass) this.solver.addEdge(this.objects.typedProperty(of, field), node);
    this.solver.watch(base, token => {
      const property = this.objects.propertyOf(token, field, of);
      if (property !== undefined) this.solver.addEdge(property, node);
      this.readMethod(token, field, node);
    });
    if (of === undefined) this.open.push(() => this.readByName(base, field, node));
    else {
      this.open.push(() => {
        if (this.solver.tokens(base).size > 0) return;
        this.solver.addEdge(this.objects.typedProperty(of, field), node);
        for (const target of this.dispatch(of, field))
          this.solver.addToken(node, this.objects.functionToken(target.id));
      });
    }
    return node;
  }

  /** A receiver of which nothing is known: whatever has a member of that name, when that is little. */
  protected readByName(base: NodeId, field: string, node: NodeId): void {
    if (this.solver.tokens(base).size > 0 || this.solver.tokens(node).size > 0 || field.startsWith('on:')) return;
    const found = new Set<TokenId>();
    for (const property of this.objects.propertiesNamed(field))
      for (const token of this.solver.tokens(property))
        if (this.objects.token(token).kind === 'function') found.add(token);
    for (const method of this.methodsNamed.get(field) ?? []) found.add(this.objects.functionToken(method));
    if (found.size <= NAMED_LIMIT) for (const token of found) this.solver.addToken(node, token);
  }

  /** A method read as a value: `const { run } = service`, `handler = this.onData`. */
  protected readMethod(id: TokenId, field: string, node: NodeId): void {
    const token = this.objects.token(id);
    const type = token.kind === 'class' ? token.type : token.kind === 'object' ? token.site.type : null;
    if (type === null) return;
    if (token.kind === 'object' && token.site.what === 'promise' && field === 'resolve')
      this.solver.addToken(node, this.objects.resolverToken(id));
    const method = this.objects.hierarchy.methodOf(type, field, token.kind === 'class');
    if (method) this.solver.addToken(node, this.objects.functionToken(method.id));
  }

  protected write(fn: FunctionNodes, place: Place, from: NodeId): void {
    const last = place.path[place.path.length - 1];
    if (!last) return this.solver.addEdge(from, this.rootNode(fn, place));
    const base = place.path
      .slice(0, -1)
      .reduce((node, step) => this.stepRead(fn, node, step), this.rootNode(fn, place));
    if ('field' in last) {
      const { field, of } = last;
      if (of !== undefined) this.solver.addEdge(from, this.objects.typedProperty(of, field));
      this.solver.watch(base, token => {
        const property = this.objects.propertyOf(token, field, of);
        if (property !== undefined) this.solver.addEdge(from, property);
      });
      return;
    }
    const name = 'any' in last ? undefined : typeof last.key === 'string' ? last.key : this.constantKey(fn, last.key);
    this.solver.addEdge(from, this.objects.anonymousElements(base).written);
    this.solver.watch(base, token => {
      const property =
        name === undefined ? this.objects.elements(token).written : this.objects.propertyOf(token, name, undefined);
      if (property !== undefined) this.solver.addEdge(from, property);
    });
  }

  /** Class-hierarchy analysis restricted to instantiated classes, unless that leaves nothing. */
  protected dispatch(declared: TypeId, name: string): Method[] {
    const below = this.objects.hierarchy.descendants(declared);
    const live = below.filter(type => this.instantiated.has(type));
    const found = new Map<FunctionId, Method>();
    for (const type of [declared, ...(live.length > 0 ? live : below)]) {
      const method = this.objects.hierarchy.methodOf(type, name) ?? this.objects.hierarchy.methodOf(type, name, true);
      if (method) found.set(method.id, { type: method.type.id, id: method.id });
    }
    return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}
