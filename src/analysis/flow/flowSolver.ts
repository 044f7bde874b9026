/**
 * Inclusion-based flow of tokens (functions, classes, objects) through a graph of nodes: Andersen's analysis with
 * difference propagation (Pearce, Kelly, Hankin: "Efficient field-sensitive pointer analysis", 2004), without the cycle
 * collapsing that our sparse graphs do not need. Nodes and tokens are small integers; what they stand for is the
 * caller's business.
 */

/**
 * A node that holds more objects than this takes what stands for the others instead (`summary`). Functions are what the
 * graph is about (a dispatcher has hundreds of true handlers): their limit only bounds the cost.
 */
const OBJECT_LIMIT = 24;
const SUMMARY_LIMIT = 12;
const FUNCTION_LIMIT = 1000;
/** Functions that any node may hold, and how many more all of them together may: then only the first are taken. */
const USUAL_FUNCTIONS = 40;
const FUNCTIONS_BEYOND = 4_000;
/** From this many successors on a node's are kept as a set besides. */
const MANY_SUCCESSORS = 12;

export type NodeId = number;
export type TokenId = number;

export class FlowSolver {
  readonly #tokens: (Set<TokenId> | undefined)[] = [];
  readonly #pending: (TokenId[] | undefined)[] = [];
  readonly #successors: (NodeId[] | undefined)[] = [];
  readonly #watchers: (((token: TokenId) => void)[] | undefined)[] = [];
  readonly #successorSets: (Set<NodeId> | undefined)[] = [];
  readonly #worklist: NodeId[] = [];
  /** How many of a node's tokens are objects. */
  readonly #objects: (number | undefined)[] = [];
  readonly #isFunction: (token: TokenId) => boolean;
  readonly #summary: (token: TokenId) => TokenId | undefined;
  #nodes = 0;
  readonly #deferred: (() => void)[] = [];
  #functionsBeyond = 0;

  /**
   * @param isFunction tells the tokens that calls are resolved to from the others, the objects
   * @param summary what stands for an object where there are too many; itself when it is such a token
   */
  constructor(
    isFunction: (token: TokenId) => boolean = () => true,
    summary: (token: TokenId) => TokenId | undefined = () => undefined,
  ) {
    this.#isFunction = isFunction;
    this.#summary = summary;
  }

  newNode(): NodeId {
    return this.#nodes++;
  }

  /** The first of `count` consecutive nodes. */
  newNodes(count: number): NodeId {
    const first = this.#nodes;
    this.#nodes += count;
    return first;
  }

  addToken(node: NodeId, token: TokenId): void {
    let set = this.#tokens[node];
    if (!set) this.#tokens[node] = set = new Set();
    if (set.has(token)) return;
    if (this.#isFunction(token)) {
      if (set.size >= USUAL_FUNCTIONS) {
        if (set.size >= FUNCTION_LIMIT || this.#functionsBeyond >= FUNCTIONS_BEYOND) return;
        this.#functionsBeyond += 1;
      }
    } else {
      const objects = this.#objects[node] ?? 0;
      if (objects >= OBJECT_LIMIT) {
        const summary = this.#summary(token);
        if (summary === undefined || objects >= OBJECT_LIMIT + SUMMARY_LIMIT || set.has(summary)) return;
        token = summary;
      }
      this.#objects[node] = objects + 1;
    }
    set.add(token);
    const pending = this.#pending[node];
    if (pending) pending.push(token);
    else {
      this.#pending[node] = [token];
      this.#worklist.push(node);
    }
  }

  /** Everything in `from` also flows into `to`. */
  addEdge(from: NodeId, to: NodeId): void {
    if (from === to) return;
    if (!this.#isNewEdge(from, to)) return;
    const set = this.#tokens[from];
    if (set) for (const token of set) this.addToken(to, token);
  }

  #isNewEdge(from: NodeId, to: NodeId): boolean {
    const successors = this.#successors[from];
    if (!successors) this.#successors[from] = [to];
    else if (successors.length < MANY_SUCCESSORS) {
      if (successors.includes(to)) return false;
      successors.push(to);
    } else {
      let known = this.#successorSets[from];
      if (!known) this.#successorSets[from] = known = new Set(successors);
      if (known.has(to)) return false;
      known.add(to);
      successors.push(to);
    }
    return true;
  }

  /** Calls `act` once for every token that is or will be in the node. */
  watch(node: NodeId, act: (token: TokenId) => void): void {
    (this.#watchers[node] ??= []).push(act);
    const set = this.#tokens[node];
    if (!set) return;
    const waiting = new Set(this.#pending[node]);
    for (const token of [...set]) if (!waiting.has(token)) act(token);
  }

  /** For what comes up while tokens are added: done in `solve`. */
  defer(act: () => void): void {
    this.#deferred.push(act);
  }

  /** Runs to the fixpoint. */
  solve(): void {
    this.#propagate();
    for (let act = this.#deferred.pop(); act; act = this.#deferred.pop()) {
      act();
      this.#propagate();
    }
  }

  #propagate(): void {
    for (let node = this.#worklist.pop(); node !== undefined; node = this.#worklist.pop()) {
      const pending = this.#pending[node];
      this.#pending[node] = undefined;
      if (!pending) continue;
      const successors = this.#successors[node];
      if (successors)
        for (let i = 0; i < successors.length; i += 1)
          for (const token of pending) this.addToken(successors[i] as NodeId, token);
      const watchers = this.#watchers[node];
      if (watchers) for (let i = 0; i < watchers.length; i += 1) for (const token of pending) watchers[i]?.(token);
    }
  }

  tokens(node: NodeId): ReadonlySet<TokenId> {
    return this.#tokens[node] ?? NONE;
  }
}

const NONE: ReadonlySet<TokenId> = new Set();
