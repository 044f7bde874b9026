/** Where tokens are kept: variables, fields, elements, exports; and which bodies a name may stand for. */
import type { FunctionFacts, FunctionId, PathStep, Place, TypeId, ValueId } from '../../model/facts.ts';
import { findApiClasses } from './apiFiles.ts';
import { FlowObjects } from './flowObjects.ts';
import { FlowNames } from './flowNames.ts';
import { FlowSolver, type NodeId, type TokenId } from './flowSolver.ts';
import { listedKeys } from './listedKeys.ts';
import type { TypeHierarchy } from '../hierarchy.ts';
import { passedOnBy, type Program } from '../program.ts';

export interface FunctionNodes {
  facts: FunctionFacts;
  values: NodeId;
  parameters: NodeId;
  self: NodeId;
  /** Values that are callees of calls. */
  called: ReadonlySet<ValueId>;
  returned: NodeId;
}
export type Method = { type: TypeId; id: FunctionId };

/** Values written with unknown keys that each may be the one read by name. */
const FEW_VALUES = 4;

/** Functions that are looked at as objects with members, where they meet. */
const FUNCTION_HOLDERS = 24;

/** A read of a member. `named`: what the code calls the receiver; `file`: where it is read. */
export interface MissingRead {
  base: NodeId;
  field: string;
  node: NodeId;
  named: string | undefined;
  file: string;
  /** Whether other objects' members of that name may be meant: not where the type of the receiver is known. */
  elsewhere: 'never' | 'unknown-receiver' | 'always';
}

export abstract class FlowPlaces {
  readonly solver: FlowSolver;
  readonly objects: FlowObjects;
  readonly instantiated = new Set<TypeId>();
  protected readonly program: Program;
  protected readonly functions = new Map<FunctionId, FunctionNodes>();
  protected readonly slots = new Map<string, NodeId>();
  /** Method calls, and reads of typed fields, whose receiver stayed unknown in the first round. */
  protected readonly open: (() => void)[] = [];
  protected readonly names: FlowNames;
  readonly #parts: readonly (readonly string[])[];
  /** Whether members may be looked for by their names alone: only when everything else has said what it can. */
  protected byName = false;

  /** @param parts the parts of the project that imports connect, each with its files */
  constructor(program: Program, hierarchy: TypeHierarchy, parts: readonly (readonly string[])[]) {
    this.program = program;
    this.#parts = parts;
    this.solver = new FlowSolver(
      token => this.objects.token(token).kind !== 'object',
      token => this.objects.summary(token),
    );
    this.objects = new FlowObjects(this.solver, program, hierarchy);
    this.names = new FlowNames(program, this.solver, this.objects, parts);
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
      const other = Object.hasOwn(module.exports, name) ? undefined : passedOnBy(this.program, module.file, name);
      if (other) this.solver.addEdge(this.slot(`${other.file}#`, other.name), node);
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
    const file = this.program.fileOf(fn.facts.id);
    const name =
      typeof key === 'object' && key !== null
        ? this.constantKey(fn, key.value)
        : key === null
          ? undefined
          : String(key);
    this.solver.addEdge(this.objects.anonymousElements(base).all, node);
    this.#watchHolders(base, token => {
      // `[key, value]` pairs of a map or object are its elements: the value of a pair is the element itself.
      // The slot of an event's listeners holds the listeners themselves.
      if ((name === '1' || name === undefined) && this.objects.token(token).kind === 'function')
        this.solver.addToken(node, token);
      const property =
        name === undefined ? this.objects.elements(token).all : this.objects.propertyOf(token, name, undefined);
      if (property !== undefined) this.solver.addEdge(property, node);
    });
    if (name !== undefined)
      this.open.push(() => {
        this.readMissing({ base, field: name, node, named: undefined, file, elsewhere: 'never' });
      });
    return node;
  }

  protected constantKey(fn: FunctionNodes, value: ValueId): string | undefined {
    const key = fn.facts.values[value];
    if (key?.kind === 'read') {
      const { root, path } = key.place;
      const [member] = path;
      if (root.kind === 'module' && member === undefined) return this.#moduleKey(root.file, root.name);
      // A well-known symbol: `[Symbol.asyncDispose]`.
      if (root.kind === 'external' && root.name === 'lib#Symbol' && member && 'field' in member)
        return `[Symbol.${member.field}]`;
    }
    if (key?.kind !== 'constant') return undefined;
    return key.text.startsWith('"') ? (JSON.parse(key.text) as string) : key.text;
  }

  /** A variable of a module that always is one key: a constant text, or a symbol, which is named by the variable. */
  #moduleKey(file: string, name: string): string | undefined {
    const body = this.program.functions.get(`${file}#`);
    const slot = body && Object.hasOwn(body.slots, name) ? body.slots[name] : undefined;
    const symbol = `[${file}#${name}]`;
    // A name that is no variable is a member of what the module exports.
    if (!body || !slot) return body ? symbol : undefined;
    const value = slot.value == null || slot.assignedAgain ? undefined : body.values[slot.value];
    if (value?.kind === 'constant') return value.text.startsWith('"') ? (JSON.parse(value.text) as string) : value.text;
    const made = value?.kind === 'result' ? this.program.steps(body.id).get(value.of) : undefined;
    const isSymbol =
      made?.kind === 'call' && made.target.kind === 'external' && /^lib#Symbol(\.for)?$/.test(made.target.name);
    return isSymbol ? symbol : undefined;
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

  /** A member that is called, when the place is one: in which object it is looked up. */
  protected calledMember(fn: FunctionNodes, place: Place): Omit<MissingRead, 'node'> | undefined {
    const last = place.path[place.path.length - 1];
    if (!last || !('field' in last)) return undefined;
    const base = this.placeNode(fn, { ...place, path: place.path.slice(0, -1) });
    const named = nameOf(fn, place, place.path.length - 1);
    const elsewhere = last.of === undefined ? 'always' : 'never';
    return { base, field: last.field, named, file: this.program.fileOf(fn.facts.id), elsewhere };
  }

  protected placeNode(fn: FunctionNodes, place: Place, called = false): NodeId {
    return place.path.reduce(
      (base, step, index) =>
        this.stepRead(fn, base, step, nameOf(fn, place, index), called && index === place.path.length - 1),
      this.rootNode(fn, place),
    );
  }

  /** `named`: what the code calls the receiver; `called`: the member is called, which looks elsewhere when it is missing. */
  protected stepRead(fn: FunctionNodes, base: NodeId, step: PathStep, named?: string, called = false): NodeId {
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
    this.#watchHolders(base, token => {
      const property = this.objects.propertyOf(token, field, of);
      if (property !== undefined) this.solver.addEdge(property, node);
      this.readMethod(token, field, node);
    });
    if (of !== undefined) {
      this.open.push(() => {
        if (this.solver.tokens(base).size > 0) return;
        this.solver.addEdge(this.objects.typedProperty(of, field), node);
        for (const target of this.dispatch(of, field))
          this.solver.addToken(node, this.objects.functionToken(target.id));
      });
    }
    const file = this.program.fileOf(fn.facts.id);
    if (!called)
      this.open.push(() => {
        const elsewhere = of === undefined ? 'unknown-receiver' : 'never';
        const found = this.readMissing({ base, field, node, named, file, elsewhere });
        for (const token of found) this.solver.addToken(node, token);
      });
    return node;
  }

  /**
   * A member that nothing was written to by its name: what was written to the object with few unknown keys, else
   * members of that name of other objects (when nothing is known of this one, or it is called), else all of the former.
   * @returns functions of that name, which a call runs without knowing that the receiver is theirs
   */
  protected readMissing(read: MissingRead): readonly TokenId[] {
    const { base, field, node, elsewhere } = read;
    if (this.solver.tokens(node).size > 0 || field.startsWith('on:')) return [];
    const holders = this.solver.tokens(base);
    const written = this.#writtenTo(holders);
    const values = this.#severalOf(written);
    if (values.size === 0 || values.size > FEW_VALUES) {
      if (!this.byName) return [];
      const looks =
        elsewhere === 'always'
          ? [...holders].every(token => this.#mayHaveMore(token))
          : elsewhere === 'unknown-receiver' && holders.size === 0;
      const found = looks ? this.names.find(field, read.named, read.file) : [];
      if (found.length > 0) return found;
    }
    for (const each of written) this.solver.addEdge(each, node);
    return [];
  }

  /** What stands for many objects has all keys of theirs, and says nothing of a member that nobody writes by name. */
  #writtenTo(holders: ReadonlySet<TokenId>): NodeId[] {
    const found: NodeId[] = [];
    let functions = 0;
    for (const token of holders) {
      if (this.objects.isSummary(token)) continue;
      const { kind } = this.objects.token(token);
      if (kind === 'resolver' || (kind === 'function' && ++functions > FUNCTION_HOLDERS)) continue;
      found.push(this.objects.elements(token).written);
    }
    return found;
  }

  /** The values of nodes, up to one more than few. */
  #severalOf(nodes: readonly NodeId[]): Set<TokenId> {
    const values = new Set<TokenId>();
    for (const node of nodes) {
      for (const token of this.solver.tokens(node)) {
        values.add(token);
        if (values.size > FEW_VALUES) return values;
      }
    }
    return values;
  }

  /** An object whose members nothing declares: some may come from where the flow does not see. */
  #mayHaveMore(id: TokenId): boolean {
    const token = this.objects.token(id);
    return token.kind === 'function' || (token.kind === 'object' && token.site.what === 'object' && !token.site.type);
  }

  /** Objects whose members are read or written; where very many functions meet, their members say nothing. */
  #watchHolders(base: NodeId, act: (token: TokenId) => void): void {
    let functions = 0;
    this.solver.watch(base, token => {
      if (this.objects.token(token).kind === 'function' && ++functions > FUNCTION_HOLDERS) return;
      act(token);
    });
  }

  /** A method read as a value: `const { run } = service`, `handler = this.onData`. */
  protected readMethod(id: TokenId, field: string, node: NodeId): void {
    const token = this.objects.token(id);
    const prototype = field === 'prototype' ? this.objects.prototypeToken(id) : undefined;
    if (prototype !== undefined) this.solver.addToken(node, prototype);
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
    this.#takeSelf(base, from);
    if ('field' in last) {
      const { field, of } = last;
      if (of !== undefined) this.solver.addEdge(from, this.objects.typedProperty(of, field));
      this.#watchHolders(base, token => {
        const property = this.objects.propertyOf(token, field, of);
        if (property !== undefined) this.solver.addEdge(from, property);
      });
      return;
    }
    const names = this.#keysOf(fn, last);
    this.solver.addEdge(from, this.objects.anonymousElements(base).written);
    this.#watchHolders(base, token => {
      const properties = names?.map(name => this.objects.propertyOf(token, name, undefined)) ?? [
        this.objects.elements(token).written,
      ];
      for (const property of properties) if (property !== undefined) this.solver.addEdge(from, property);
    });
  }

  /** The keys under which something is written; undefined: nobody knows. */
  #keysOf(fn: FunctionNodes, step: Exclude<PathStep, { field: string }>): readonly string[] | undefined {
    if ('any' in step) return undefined;
    if (typeof step.key === 'string') return [step.key];
    const name = this.constantKey(fn, step.key);
    return name === undefined ? listedKeys(this.program, fn.facts, step.key) : [name];
  }

  /** A function written to a member runs with the object as its `self`. */
  #takeSelf(base: NodeId, written: NodeId): void {
    const functions = [...this.solver.tokens(written)].map(id => this.objects.token(id));
    for (const token of functions) {
      const callee = token.kind === 'function' ? this.functions.get(token.id) : undefined;
      if (callee)
        this.#watchHolders(base, owner => {
          const known = this.objects.token(owner);
          if (known.kind === 'function' || (known.kind === 'object' && known.site.what !== 'array'))
            this.solver.addToken(callee.self, owner);
        });
    }
  }

  /** Class-hierarchy analysis restricted to classes that somebody may make instances of, unless that leaves nothing. */
  protected dispatch(declared: TypeId, name: string): Method[] {
    const below = this.objects.hierarchy.descendants(declared);
    const live = below.filter(type => this.instantiated.has(type) || this.#isMadeOutside(type));
    const found = new Map<FunctionId, Method>();
    for (const type of [declared, ...(live.length > 0 ? live : below)]) {
      const method = this.objects.hierarchy.methodOf(type, name) ?? this.objects.hierarchy.methodOf(type, name, true);
      if (method) found.set(method.id, { type: method.type.id, id: method.id });
    }
    return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** A class of the project's API that the project itself has no use for. */
  #isMadeOutside(type: TypeId): boolean {
    if (this.program.types.get(type)?.isAbstract !== false) return false;
    return (this.#apiClasses ??= findApiClasses(this.program, this.#parts)).has(type);
  }
  #apiClasses: ReadonlySet<TypeId> | undefined;
}

/** What the code calls the object that step `index` of a path reads from: the last field, or the variable. */
function nameOf(fn: FunctionNodes, place: Place, index: number): string | undefined {
  const before = place.path[index - 1];
  if (before) return 'field' in before ? before.field : undefined;
  const { root } = place;
  switch (root.kind) {
    case 'parameter':
      return fn.facts.parameters[root.index]?.name;
    case 'captured':
      return root.slot;
    case 'module':
      return root.name;
    case 'value': {
      const value = fn.facts.values[root.of];
      return value?.kind === 'read' && value.place !== place
        ? nameOf(fn, value.place, value.place.path.length)
        : undefined;
    }
    default:
      return undefined;
  }
}
