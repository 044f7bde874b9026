/**
 * When two locks seen from different activities are one: unification of their references, renamed apart by activity
 * (ALGORITHMS 2.4). What an activity is given from outside (parameters, `self`, keys) may be anything; what it makes
 * itself is its own; what was made before and is shared is one object.
 */
import type { Lock } from './locks.ts';
import type { Frame, Ref } from '../refs.ts';

/** Whether an object made in this activation is the same for every activity that sees it. */
export type IsShared = (frame: Frame, side: number) => boolean;

/** Circular bindings end after so many hops, and one unification after so many steps. */
const DEPTH = 16;
const STEPS = 500;

type Term = { side: number; ref: Ref };

/** Bindings of the free references of every participant, by `side:ref`. */
export class Unifier {
  readonly #bound = new Map<string, Term>();
  readonly #isShared: IsShared;
  #steps = 0;
  /** Free references of callers were made equal: the caller chooses. */
  chosen = false;
  /** Two keys of unknown relation were taken for equal. */
  unknownKeys = false;

  constructor(isShared: IsShared) {
    this.#isShared = isShared;
  }

  /** Tries to make the two locks one. On failure bindings may be left over: start afresh. */
  unifyLocks(a: Lock, sideA: number, b: Lock, sideB: number): boolean {
    if (a.site !== b.site) return false;
    if (!this.unify({ side: sideA, ref: a.ref }, { side: sideB, ref: b.ref })) return false;
    if (a.entry === null || b.entry === null) return a.entry === b.entry;
    if (typeof a.entry === 'string' && typeof b.entry === 'string') return a.entry === b.entry;
    return this.#unifyKeys(a.entry, sideA, b.entry, sideB);
  }

  /** Whether the two are one lock for certain under the bindings made so far. */
  isSame(a: Lock, sideA: number, b: Lock, sideB: number): boolean {
    if (a.site !== b.site) return false;
    if (!this.#equal({ side: sideA, ref: a.ref }, { side: sideB, ref: b.ref })) return false;
    if (a.entry === null || b.entry === null) return a.entry === b.entry;
    if (typeof a.entry === 'string' || typeof b.entry === 'string') return a.entry === b.entry;
    return this.#equal({ side: sideA, ref: a.entry }, { side: sideB, ref: b.entry });
  }

  #unifyKeys(a: Ref | string, sideA: number, b: Ref | string, sideB: number): boolean {
    if (typeof a === 'string') return typeof b === 'string' ? a === b : this.#keyMatches(b, sideB, a);
    if (typeof b === 'string') return this.#keyMatches(a, sideA, b);
    if (a.kind === 'template' && b.kind === 'template') return this.#unifyTemplates(a, sideA, b, sideB);
    if (a.kind === 'unknown' || b.kind === 'unknown') {
      this.unknownKeys = true;
      return true;
    }
    return this.unify({ side: sideA, ref: a }, { side: sideB, ref: b });
  }

  /** A key that is not constant against one that is. */
  #keyMatches(key: Ref, side: number, text: string): boolean {
    if (key.kind === 'constant') return key.text === JSON.stringify(text) || key.text === text;
    if (key.kind === 'template') {
      const [first] = key.parts;
      const last = key.parts[key.parts.length - 1];
      if (typeof first === 'string' && !text.startsWith(first)) return false;
      if (typeof last === 'string' && !text.endsWith(last)) return false;
      this.unknownKeys = true;
      return true;
    }
    const bound = this.#resolve({ side, ref: key });
    if (bound.ref.kind === 'constant') return bound.ref.text === JSON.stringify(text);
    this.unknownKeys = true;
    return true;
  }

  #unifyTemplates(a: Ref & { kind: 'template' }, sideA: number, b: Ref & { kind: 'template' }, sideB: number): boolean {
    const [firstA, firstB] = [a.parts[0], b.parts[0]];
    if (
      typeof firstA === 'string' &&
      typeof firstB === 'string' &&
      !firstA.startsWith(firstB) &&
      !firstB.startsWith(firstA)
    )
      return false;
    const [lastA, lastB] = [a.parts[a.parts.length - 1], b.parts[b.parts.length - 1]];
    if (typeof lastA === 'string' && typeof lastB === 'string' && !lastA.endsWith(lastB) && !lastB.endsWith(lastA))
      return false;
    const sameShape =
      a.parts.length === b.parts.length &&
      a.parts.every((part, index) =>
        typeof part === 'string' ? part === b.parts[index] : typeof b.parts[index] === 'object',
      );
    if (!sameShape) {
      this.unknownKeys = true;
      return true;
    }
    return a.parts.every((part, index) => {
      const other = b.parts[index];
      return typeof part === 'string' || typeof other !== 'object'
        ? true
        : this.unify({ side: sideA, ref: part }, { side: sideB, ref: other });
    });
  }

  #resolve(term: Term): Term {
    let at = term;
    let hops = 0;
    for (let next = this.#bound.get(key(at)); next && hops < DEPTH; next = this.#bound.get(key(at))) {
      at = next;
      hops += 1;
    }
    return at;
  }

  unify(left: Term, right: Term): boolean {
    this.#steps += 1;
    if (this.#steps > STEPS) return false;
    const a = this.#resolve(left);
    const b = this.#resolve(right);
    if (a.ref === b.ref && (a.side === b.side || this.#isConstant(a))) return true;
    if (isFree(a.ref)) return this.#bind(a, b);
    if (isFree(b.ref)) return this.#bind(b, a);
    return this.#unifyShapes(a, b);
  }

  #bind(free: Term, to: Term): boolean {
    // What one activity makes for itself, nobody else can hand in.
    if (to.ref.kind === 'made' && to.side !== free.side && !this.#isConstant(to)) return false;
    this.chosen = true;
    this.#bound.set(key(free), to);
    return true;
  }

  #unifyShapes(a: Term, b: Term): boolean {
    const [x, y] = [a.ref, b.ref];
    if (x.kind === 'made' && y.kind === 'made')
      return x.site === y.site && this.#unifyFrames(x.frame, a.side, y.frame, b.side);
    if (x.kind === 'field' && y.kind === 'field')
      return x.name === y.name && this.unify({ side: a.side, ref: x.base }, { side: b.side, ref: y.base });
    if (x.kind === 'element' && y.kind === 'element') return this.#unifyElements(x, a.side, y, b.side);
    if (x.kind === 'pick')
      return this.unify({ side: a.side, ref: x.yes }, b) || this.unify({ side: a.side, ref: x.no }, b);
    if (y.kind === 'pick')
      return this.unify(a, { side: b.side, ref: y.yes }) || this.unify(a, { side: b.side, ref: y.no });
    if (x.kind === 'ordered') return this.unify({ side: a.side, ref: x.of }, b);
    if (y.kind === 'ordered') return this.unify(a, { side: b.side, ref: y.of });
    if (x.kind === 'constant' || y.kind === 'constant') return x.kind === y.kind && x.key === y.key;
    // A field or element against something else that has its type: the caller may have put it there.
    if ((x.kind === 'field' || x.kind === 'element') && (y.kind === 'field' || y.kind === 'element')) {
      this.chosen = true;
      return true;
    }
    return x === y && this.#isConstant(a);
  }

  #unifyElements(x: Ref & { kind: 'element' }, sideX: number, y: Ref & { kind: 'element' }, sideY: number): boolean {
    const sameBase = this.unify({ side: sideX, ref: strip(x.base) }, { side: sideY, ref: strip(y.base) });
    if (!sameBase) return false;
    // Elements of a sorted list may stand anywhere in another caller's list.
    if (x.base.kind === 'ordered' || y.base.kind === 'ordered' || x.of === null || y.of === null) {
      this.chosen = true;
      return true;
    }
    return this.#unifyKeys(x.of, sideX, y.of, sideY);
  }

  #unifyFrames(x: Frame, sideX: number, y: Frame, sideY: number): boolean {
    if (x.fn.id !== y.fn.id || (x.from && y.from && x.from.key !== y.from.key)) return false;
    if (x === y && sideX === sideY) return true;
    // A part of an instance is as much one as the instances are.
    const [selfX, selfY] = [x.self?.[0], y.self?.[0]];
    if (selfX && selfY) return this.unify({ side: sideX, ref: selfX }, { side: sideY, ref: selfY });
    // Made anew in each activity, unless it was there before.
    if (!this.#isShared(x, sideX) || !this.#isShared(y, sideY)) return false;
    for (const [index, one] of x.parameters.entries()) {
      const [a, b] = [one?.[0], y.parameters[index]?.[0]];
      if (a && b && !this.unify({ side: sideX, ref: a }, { side: sideY, ref: b })) return false;
    }
    return x.parent && y.parent ? this.#unifyFrames(x.parent, sideX, y.parent, sideY) : true;
  }

  #isConstant(term: Term): boolean {
    const { ref } = term;
    switch (ref.kind) {
      case 'constant':
      case 'external':
      case 'class':
        return true;
      case 'function':
        return ref.frame === null || this.#isShared(ref.frame, term.side);
      case 'made':
        return this.#isSharedMade(ref, term.side);
      case 'field':
        return this.#isConstant({ side: term.side, ref: ref.base });
      case 'element':
        return this.#isConstant({ side: term.side, ref: ref.base }) && typeof ref.of === 'string';
      case 'template':
        return ref.parts.every(part => typeof part === 'string' || this.#isConstant({ side: term.side, ref: part }));
      default:
        return false;
    }
  }

  /** An instance's own parts are as shared as the instance. */
  #isSharedMade(ref: Ref & { kind: 'made' }, side: number): boolean {
    const { frame } = ref;
    if (frame.self?.length === 1 && frame.self[0]) return this.#isConstant({ side, ref: frame.self[0] });
    return this.#isShared(frame, side);
  }

  #equal(left: Term, right: Term, depth = 0): boolean {
    // Bindings may run in circles (a node and its parent's parent).
    if (depth > DEPTH) return false;
    const a = this.#resolve(left);
    const b = this.#resolve(right);
    if (a.ref === b.ref && (a.side === b.side || this.#isConstant(a))) return true;
    if (isFree(a.ref) || isFree(b.ref)) return false;
    const [x, y] = [a.ref, b.ref];
    if (x.kind === 'field' && y.kind === 'field')
      return x.name === y.name && this.#equal({ side: a.side, ref: x.base }, { side: b.side, ref: y.base }, depth + 1);
    if (x.kind === 'made' && y.kind === 'made' && x.site === y.site) {
      const [selfX, selfY] = [x.frame.self?.[0], y.frame.self?.[0]];
      return (
        selfX !== undefined &&
        selfY !== undefined &&
        this.#equal({ side: a.side, ref: selfX }, { side: b.side, ref: selfY }, depth + 1)
      );
    }
    return false;
  }
}

const key = (term: Term): string => `${term.side}:${term.ref.id}`;
const strip = (ref: Ref): Ref => (ref.kind === 'ordered' || ref.kind === 'rest' ? strip(ref.of) : ref);

/** What the outside chooses: it may be made equal to anything of its kind. Parts of what a caller hands in are, too. */
function isFree(ref: Ref): boolean {
  switch (ref.kind) {
    case 'parameter':
    case 'self':
    case 'opaque':
      return true;
    case 'field':
      return isGiven(ref.base);
    case 'element':
      return ref.base.kind === 'ordered' || isGiven(ref.base);
    default:
      return false;
  }
}

/** Reached from a parameter or an unknown result. */
function isGiven(ref: Ref): boolean {
  if (ref.kind === 'field' || ref.kind === 'element') return isGiven(ref.base);
  if (ref.kind === 'ordered' || ref.kind === 'rest') return isGiven(ref.of);
  return ref.kind === 'parameter' || ref.kind === 'opaque';
}
