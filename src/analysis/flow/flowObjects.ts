/**
 * The objects, properties and classes that flow: tokens for functions, classes and object sites, nodes for their
 * properties and elements. Fields of a class are shared by its instances (field-based, keyed by the declaring class);
 * properties of literals, containers and undeclared fields belong to their site.
 */
import type { FunctionFacts, FunctionId, TypeId } from '../../model/facts.ts';
import type { ObjectSite } from './callGraph.ts';
import type { FlowSolver, NodeId, TokenId } from './flowSolver.ts';
import type { TypeHierarchy } from '../hierarchy.ts';
import type { Program } from '../program.ts';

export type Token =
  | { kind: 'function'; id: FunctionId }
  /** What settles a promise made at a site: a call's argument is what the promise gives. */
  | { kind: 'resolver'; of: TokenId }
  | { kind: 'object'; site: ObjectSite }
  | { kind: 'class'; type: TypeId };

/** Of a container: elements written with an unknown key, and all that a read with one sees. */
interface Elements {
  written?: NodeId;
  all?: NodeId;
}

/** Allocation sites told apart of one class. */
const SITES_PER_CLASS = 16;

export class FlowObjects {
  readonly tokens: Token[] = [];
  readonly #functions = new Map<FunctionId, TokenId>();
  readonly #classes = new Map<TypeId, TokenId>();
  readonly #resolvers = new Map<TokenId, TokenId>();
  /** By the name of the site. */
  readonly #objects = new Map<string, TokenId>();
  readonly #elements = new Map<string, Elements>();
  readonly #anonymous = new Map<NodeId, Required<Elements>>();
  /** What the properties of tokens and types are kept under. */
  readonly #owners: (string | undefined)[] = [];
  readonly #typeOwners = new Map<TypeId, string>();
  /** Tokens that stand for many objects, and the objects that they stand for already. */
  readonly #summaries = new Set<TokenId>();
  readonly #summarised = new Set<TokenId>();
  readonly #sites = new Map<TypeId, number>();
  readonly #byField = new Map<string, { owner: string; node: NodeId }[]>();
  /** The properties of each owner by their names, so that a read of any element sees them. */
  readonly #named = new Map<string, Map<string, NodeId>>();
  /** Objects whose properties are copied into others (`{ ...a }`), by owner key. */
  readonly #copies = new Map<string, Set<string>>();
  readonly hierarchy: TypeHierarchy;
  readonly #solver: FlowSolver;
  readonly #program: Program;

  constructor(solver: FlowSolver, program: Program, hierarchy: TypeHierarchy) {
    this.#solver = solver;
    this.#program = program;
    this.hierarchy = hierarchy;
  }

  functionToken(id: FunctionId): TokenId {
    return this.#token(this.#functions, id, () => ({ kind: 'function', id }));
  }
  classToken(type: TypeId): TokenId {
    return this.#token(this.#classes, type, () => ({ kind: 'class', type }));
  }
  resolverToken(of: TokenId): TokenId {
    return this.#token(this.#resolvers, of, () => ({ kind: 'resolver', of }));
  }
  /** Instances of one class are told apart up to a number of sites; the next ones are one. */
  objectToken(fn: FunctionFacts, ordinal: string, type: TypeId | null, what: ObjectSite['what']): TokenId {
    let id = `${fn.id}@${ordinal}`;
    if (what === 'instance' && type !== null && this.#program.types.has(type) && !this.#objects.has(id)) {
      const sites = this.#sites.get(type) ?? 0;
      if (sites >= SITES_PER_CLASS) id = `${type}@others`;
      else this.#sites.set(type, sites + 1);
    }
    return this.#token(this.#objects, id, () => ({ kind: 'object', site: { id, in: fn.id, type, what } }));
  }
  /**
   * Where too many objects meet: one token for all literals of a type, or all of unknown type, that has what any of them
   * has (by name, so that it still tells one property from another). Classes share their fields anyway.
   */
  summary(id: TokenId): TokenId | undefined {
    if (this.#summaries.has(id)) return id;
    const token = this.token(id);
    if (token.kind !== 'object' || token.site.what === 'promise') return undefined;
    const { what, type } = token.site;
    const name = `${what} ${type ?? ''}@others`;
    const summary = this.#token(this.#objects, name, () => ({
      kind: 'object',
      site: { id: name, in: token.site.in, type, what },
    }));
    this.#summaries.add(summary);
    if (!this.#summarised.has(id)) {
      this.#summarised.add(id);
      this.#solver.defer(() => this.copyProperties(id, summary));
    }
    return summary;
  }

  /** Whether a token stands for many objects: it has so many properties that it is passed on, never copied. */
  isSummary(id: TokenId): boolean {
    return this.#summaries.has(id);
  }

  /** What instances inherit: one object per class or constructor function; undefined for anything else. */
  prototypeToken(id: TokenId): TokenId | undefined {
    const token = this.token(id);
    if (token.kind !== 'class' && token.kind !== 'function') return undefined;
    const name = token.kind === 'class' ? token.type : token.id;
    const type = this.#program.types.has(name) ? name : null;
    const site = { id: `${name}@prototype`, in: `${name.slice(0, name.indexOf('#'))}#`, type } as const;
    return this.#token(this.#objects, site.id, () => ({
      kind: 'object',
      site: { ...site, what: type === null ? 'object' : 'instance' },
    }));
  }
  token(id: TokenId): Token {
    const token = this.tokens[id];
    if (!token) throw new Error(`no token ${id}`);
    return token;
  }
  tokensOf(ids: Iterable<TokenId>): Token[] {
    return Array.from(ids, id => this.token(id));
  }
  #token<K>(ids: Map<K, TokenId>, key: K, make: () => Token): TokenId {
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = this.tokens.push(make()) - 1;
    ids.set(key, id);
    return id;
  }

  /** The node of a named property of a token; `of` is the declaring type when the checker knew it. */
  propertyOf(id: TokenId, field: string, of: TypeId | undefined): NodeId | undefined {
    const token = this.token(id);
    if (token.kind === 'function') return this.#property(this.ownerKey(id), field);
    if (token.kind === 'resolver') return undefined;
    if (token.kind === 'class')
      return this.typedProperty(this.hierarchy.declaring(token.type, field) ?? token.type, field);
    const { site } = token;
    if (site.what === 'instance' && site.type !== null) {
      const declaring = this.hierarchy.declaring(site.type, field);
      if (declaring !== undefined) return this.typedProperty(declaring, field);
      if (of !== undefined && !field.startsWith('on:') && this.#program.types.get(of)?.kind === 'class')
        return this.typedProperty(of, field);
    }
    if (this.#sharesFields(site) && !field.startsWith('on:')) return this.#undeclared(site.type, field);
    return this.#property(this.#ownOwner(id, site), field);
  }

  /** A member that no class of the chain declares, but that something writes (`F.prototype.m = …` elsewhere). */
  #undeclared(type: TypeId, field: string): NodeId {
    const node = this.typedProperty(type, field);
    for (const base of this.hierarchy.ancestors(type))
      if (base !== type && this.#program.types.get(base)?.kind === 'class')
        this.#solver.addEdge(this.typedProperty(base, field), node);
    return node;
  }

  /** The node of a field of a type, shared by all its instances. */
  typedProperty(type: TypeId, field: string): NodeId {
    return this.#property(this.#typeOwner(type), field);
  }

  /** Elements written with an unknown key; reads of unknown keys see `all`. */
  elements(id: TokenId): { written: NodeId; all: NodeId } {
    const owner = this.ownerKey(id);
    return { written: this.#elementNode(owner, 'written'), all: this.#elementNode(owner, 'all') };
  }
  /** The same for a container that no token stands for: keyed by the node it is read from. */
  anonymousElements(node: NodeId): { written: NodeId; all: NodeId } {
    let known = this.#anonymous.get(node);
    if (!known) {
      known = { written: this.#solver.newNode(), all: this.#solver.newNode() };
      this.#anonymous.set(node, known);
      this.#solver.addEdge(known.written, known.all);
    }
    return known;
  }

  /** `{ ...from }` into another object: properties known now and later. */
  copyProperties(from: TokenId, into: TokenId): void {
    const target = this.ownerKey(into);
    this.#copyMethods(from, target);
    const token = this.token(from);
    const type = token.kind === 'object' && token.site.what === 'instance' ? token.site.type : null;
    this.#copyOwner(this.ownerKey(from), target);
    if (type !== null)
      for (const base of this.hierarchy.ancestors(type))
        if (base !== type) this.#copyOwner(this.#typeOwner(base), target);
  }

  #copyMethods(from: TokenId, target: string): void {
    const token = this.token(from);
    const type = token.kind === 'class' ? token.type : token.kind === 'object' ? token.site.type : null;
    if (type === null || target === `t ${type}`) return;
    for (const base of this.hierarchy.ancestors(type)) {
      const facts = this.#program.types.get(base);
      const table = token.kind === 'class' ? facts?.statics : facts?.methods;
      for (const [name, id] of Object.entries(table ?? {}))
        this.#solver.addToken(this.#property(target, name), this.functionToken(id));
    }
  }

  #copyOwner(source: string, target: string): void {
    if (source === target) return;
    const all = this.#copies.get(source);
    if (all?.has(target)) return;
    if (all) all.add(target);
    else this.#copies.set(source, new Set([target]));
    for (const [field, node] of this.#named.get(source) ?? [])
      this.#solver.addEdge(node, this.#property(target, field));
    this.#solver.addEdge(this.#elementNode(source, 'written'), this.#elementNode(target, 'written'));
  }

  /** The named properties of a token known so far. */
  membersOf(id: TokenId): readonly (readonly [string, NodeId])[] {
    return [...(this.#named.get(this.ownerKey(id)) ?? [])];
  }

  /** Nodes of all properties of this name, of whatever object. */
  propertiesNamed(field: string): readonly { owner: string; node: NodeId }[] {
    return this.#byField.get(field) ?? [];
  }

  /** What the properties of a token are kept under. */
  ownerKey(id: TokenId): string {
    return (this.#owners[id] ??= this.#ownerOf(id));
  }
  #ownerOf(id: TokenId): string {
    const token = this.token(id);
    switch (token.kind) {
      case 'function':
        return `fn ${token.id}`;
      case 'class':
        return this.#typeOwner(token.type);
      case 'resolver':
        return `r ${token.of}`;
      case 'object': {
        const { site } = token;
        return this.#sharesFields(site) ? this.#typeOwner(site.type) : `o ${site.id}`;
      }
    }
  }
  /** What properties are kept under that an object does not share with those of its class. */
  #ownOwner(id: TokenId, site: ObjectSite): string {
    return this.#sharesFields(site) ? `o ${site.id}` : this.ownerKey(id);
  }
  #sharesFields(site: ObjectSite): site is ObjectSite & { type: TypeId } {
    return site.what === 'instance' && site.type !== null && this.#program.types.has(site.type);
  }
  #typeOwner(type: TypeId): string {
    let owner = this.#typeOwners.get(type);
    if (owner === undefined) this.#typeOwners.set(type, (owner = `t ${type}`));
    return owner;
  }

  #property(owner: string, field: string): NodeId {
    let named = this.#named.get(owner);
    const known = named?.get(field);
    if (known !== undefined) return known;
    const node = this.#solver.newNode();
    if (!named) this.#named.set(owner, (named = new Map<string, NodeId>()));
    named.set(field, node);
    if (!owner.startsWith('t ')) this.#solver.addEdge(node, this.#elementNode(owner, 'all'));
    const alike = this.#byField.get(field);
    if (alike) alike.push({ owner, node });
    else this.#byField.set(field, [{ owner, node }]);
    for (const into of this.#copies.get(owner) ?? []) this.#solver.addEdge(node, this.#property(into, field));
    return node;
  }

  #elementNode(owner: string, which: 'written' | 'all'): NodeId {
    let nodes = this.#elements.get(owner);
    if (!nodes) this.#elements.set(owner, (nodes = {}));
    const known = nodes[which];
    if (known !== undefined) return known;
    const node = this.#solver.newNode();
    nodes[which] = node;
    if (which === 'all') this.#solver.addEdge(this.#elementNode(owner, 'written'), node);
    return node;
  }
}
