/**
 * Symbolic references: what a value stands for, seen from an entry point. Interned, so that equal references are one
 * object. Roots are what cannot be looked through (a parameter of an entry point, `self` of unknown origin, an object
 * made at a site in a frame); fields and elements hang on them. Depth is limited (k-limiting, after Jones and Muchnick
 * 1979): deeper paths become `unknown`, which equals nothing.
 */
import type { FunctionFacts, FunctionId, StepId, TypeId, Value, ValueId, Wait } from '../model/facts.ts';

/** What an activation is told apart by. */
export type FrameShape = Omit<Frame, 'id' | 'depth'>;
/** An activation of a function as far as it is known: what its parameters, `self` and enclosing activation are bound to. */
export interface Frame {
  readonly id: number;
  readonly fn: FunctionFacts;
  /** null: not bound, the reference is the symbolic `self` of the function. */
  readonly self: Refs | null;
  readonly parameters: readonly (Refs | null)[];
  /** The activation of the enclosing function. */
  readonly parent: Frame | null;
  /** Of a function that makes locks for its callers: the call. null: all calls with these bindings are one. */
  readonly from: CallSite | null;
  readonly depth: number;
}

export interface CallSite {
  readonly fn: FunctionId;
  readonly step: StepId;
  /** With the calls around it, where those are told apart, too. */
  readonly key: string;
}

export type Ref = { readonly id: number; readonly key: string; readonly depth: number } & RefShape;
export type RefShape =
  | { readonly kind: 'parameter'; readonly fn: FunctionId; readonly index: number; readonly type: TypeId | null }
  | { readonly kind: 'self'; readonly fn: FunctionId; readonly type: TypeId | null }
  /** Made by a step (`@s4`) or value (`@v7`) of an activation. */
  | {
      readonly kind: 'made';
      readonly frame: Frame;
      readonly at: { step: StepId } | { value: ValueId };
      readonly type: TypeId | null;
      readonly site: string;
    }
  | { readonly kind: 'function'; readonly fn: FunctionId; readonly frame: Frame | null }
  | { readonly kind: 'class'; readonly type: TypeId }
  | {
      readonly kind: 'field';
      readonly base: Ref;
      readonly name: string;
      readonly of: TypeId | null;
      readonly type: TypeId | null;
    }
  /** `key` null: some element; `other`: some element of an earlier round of a loop. */
  | { readonly kind: 'element'; readonly base: Ref; readonly of: Ref | string | null; readonly other: boolean }
  | { readonly kind: 'constant'; readonly text: string }
  | { readonly kind: 'template'; readonly parts: readonly (string | Ref)[] }
  /** The elements of `of`, put in order by the fields of `by` (empty: by themselves). */
  | {
      readonly kind: 'ordered';
      readonly of: Ref;
      readonly by: readonly string[] | null;
      readonly falling: boolean;
      readonly primitive: boolean;
    }
  /** The list without so many of its first elements. */
  | { readonly kind: 'rest'; readonly of: Ref; readonly from: number }
  /** `yes` where `left < right` (or the condition named by `test`) holds, else `no`. */
  | { readonly kind: 'pick'; readonly left: Ref; readonly right: Ref; readonly yes: Ref; readonly no: Ref }
  | { readonly kind: 'view'; readonly of: Ref; readonly wait: Wait }
  /** The promise of an async call: the activation that it runs. */
  | { readonly kind: 'task'; readonly frame: Frame; readonly from: Frame; readonly step: StepId }
  | { readonly kind: 'chain'; readonly frame: Frame; readonly step: StepId }
  | { readonly kind: 'combined'; readonly frame: Frame; readonly value: ValueId }
  /** The releaser that an acquire step of an activation gave. */
  | { readonly kind: 'token'; readonly frame: Frame; readonly step: StepId }
  | { readonly kind: 'external'; readonly name: string }
  /** The result of something unknown: the same wherever it flows in one activation. */
  | { readonly kind: 'opaque'; readonly frame: Frame; readonly what: string; readonly type: TypeId | null }
  /** `deep`: known, but too far in to be told apart. `made`: some object, and not nothing. */
  | { readonly kind: 'unknown'; readonly deep?: true; readonly made?: true };

export type Refs = readonly Ref[];

const DEPTH_LIMIT = 7;
const ALTERNATIVES = 8;

export class RefTable {
  readonly #refs = new Map<string, Ref>();
  readonly #frames = new Map<string, Frame>();
  readonly unknown: Ref;
  /** Some object that was made somewhere. */
  readonly object: Ref;
  readonly #deep: Ref;

  constructor() {
    this.unknown = this.make({ kind: 'unknown' });
    this.object = this.make({ kind: 'unknown', made: true });
    this.#deep = this.make({ kind: 'unknown', deep: true });
  }

  make(shape: RefShape): Ref {
    const depth = depthOf(shape);
    if (depth > DEPTH_LIMIT && !isOfCall(shape)) return this.#shallower(shape);
    const key = keyOf(shape);
    const known = this.#refs.get(key);
    if (known) return known;
    const ref: Ref = { ...shape, id: this.#refs.size, key, depth };
    this.#refs.set(key, ref);
    return ref;
  }

  /** Of which collection it is stays known of an element whose key is what is deep. */
  #shallower(shape: RefShape): Ref {
    const isDeepKey =
      shape.kind === 'element' && typeof shape.of === 'object' && shape.of !== null && shape.of.depth > 0;
    if (isDeepKey) return this.make({ ...shape, of: this.#deep });
    return shape.kind === 'made' ? this.object : this.unknown;
  }

  frame(
    fn: FunctionFacts,
    self: Refs | null,
    parameters: readonly (Refs | null)[],
    parent: Frame | null,
    from: CallSite | null = null,
  ): Frame {
    return this.frameIf({ fn, self, parameters, parent, from }, () => true) as Frame;
  }

  /** The activation when there is one, or a new one when its depth is welcome. */
  frameIf({ fn, self, parameters, parent, from }: FrameShape, isWelcome: (depth: number) => boolean): Frame | null {
    const key = `${fn.id}|${ids(self)}|${parameters.map(ids).join(',')}|${parent?.id ?? ''}|${from?.key ?? ''}`;
    const known = this.#frames.get(key);
    if (known) return known;
    let depth = parent?.depth ?? 0;
    for (const refs of [self, ...parameters]) for (const ref of refs ?? []) depth = Math.max(depth, ref.depth);
    depth += 1;
    if (!isWelcome(depth)) return null;
    const frame: Frame = { id: this.#frames.size, fn, self, parameters, parent, from, depth };
    this.#frames.set(key, frame);
    return frame;
  }
}

/**
 * A library's part of a call, and the releaser that it gives: as deep as the call, which is bounded where activations are
 * told apart.
 */
const isOfCall = (shape: RefShape): boolean =>
  shape.kind === 'token' || (shape.kind === 'task' && shape.frame.fn.synthetic === true);

const ids = (refs: Refs | null): string => (refs === null ? '*' : refs.map(ref => ref.id).join('/'));

function depthOf(shape: RefShape): number {
  switch (shape.kind) {
    case 'made':
    case 'task':
    case 'token':
    case 'chain':
    case 'combined':
    case 'opaque':
      return shape.frame.depth;
    case 'function':
      return shape.frame?.depth ?? 0;
    case 'field':
      return shape.base.depth + 1;
    case 'element':
      return 1 + Math.max(shape.base.depth, typeof shape.of === 'object' && shape.of ? shape.of.depth : 0);
    case 'template':
      return 1 + Math.max(0, ...shape.parts.map(part => (typeof part === 'string' ? 0 : part.depth)));
    case 'ordered':
    case 'view':
      return shape.of.depth + 1;
    case 'rest':
      return shape.of.depth;
    case 'pick':
      return 1 + Math.max(shape.yes.depth, shape.no.depth);
    default:
      return 0;
  }
}

function keyOf(shape: RefShape): string {
  switch (shape.kind) {
    case 'parameter':
      return `p ${shape.fn} ${shape.index}`;
    case 'self':
      return `s ${shape.fn}`;
    case 'made':
      return `m ${shape.site} ${shape.frame.id}`;
    case 'function':
      return `f ${shape.fn} ${shape.frame?.id ?? ''}`;
    case 'class':
      return `c ${shape.type}`;
    case 'field':
      return `. ${shape.base.id} ${shape.name}`;
    case 'element':
      return `[ ${shape.base.id} ${typeof shape.of === 'object' ? (shape.of?.id ?? '*') : JSON.stringify(shape.of)} ${shape.other ? 'o' : ''}`;
    case 'constant':
      return `k ${shape.text}`;
    case 'template':
      return `t ${shape.parts.map(part => (typeof part === 'string' ? JSON.stringify(part) : part.id)).join(' ')}`;
    case 'ordered':
      return `o ${shape.of.id} ${shape.by?.join('.') ?? '-'} ${shape.falling ? 'f' : ''} ${shape.primitive ? 'p' : ''}`;
    case 'rest':
      return `> ${shape.of.id} ${shape.from}`;
    case 'pick':
      return `? ${shape.left.id} ${shape.right.id} ${shape.yes.id} ${shape.no.id}`;
    case 'view':
      return `v ${shape.of.id} ${shape.wait}`;
    case 'task':
      return `j ${shape.frame.id} ${shape.from.id} ${shape.step}`;
    case 'chain':
      return `h ${shape.frame.id} ${shape.step}`;
    case 'combined':
      return `a ${shape.frame.id} ${shape.value}`;
    case 'token':
      return `r ${shape.frame.id} ${shape.step}`;
    case 'external':
      return `x ${shape.name}`;
    case 'opaque':
      return `u ${shape.frame.id} ${shape.what}`;
    case 'unknown':
      return shape.deep ? '??' : shape.made ? '?!' : '?';
  }
}

/** Alternatives without repeats, in a stable order; too many say nothing. */
export function alternatives(table: RefTable, refs: Iterable<Ref>): Refs {
  const unique = [...new Set(refs)];
  if (unique.length <= 1) return unique;
  if (unique.length > ALTERNATIVES) return [table.unknown];
  return unique.sort((a, b) => a.id - b.id);
}

/** The declared or made type of what a reference stands for. */
export function typeOf(ref: Ref): TypeId | null {
  switch (ref.kind) {
    case 'parameter':
    case 'self':
    case 'made':
    case 'field':
    case 'opaque':
      return ref.type;
    case 'class':
      return ref.type;
    case 'view':
    case 'rest':
      return typeOf(ref.of);
    case 'pick':
      return typeOf(ref.yes) ?? typeOf(ref.no);
    default:
      return null;
  }
}

/** The object that a function, or the one around it, runs on; empty: unknown, or none. */
export const selfOf = (frame: Frame): Refs =>
  frame.self && frame.self.length > 0 ? frame.self : frame.parent ? selfOf(frame.parent) : [];

/** First elements that are told apart of the ones after them. */
const FIRST = 4;

/** A list without so many of its first elements. Where a function copies the rest that it was given, that is the same again. */
export function restOf(table: RefTable, list: Ref, from: number): Ref {
  if (list.kind === 'rest') return restOf(table, list.of, list.from + from);
  if (list.kind === 'unknown') return list;
  const made = madeList(list);
  const given = made?.frame.parameters.flatMap(refs => refs ?? []);
  const known = given?.find(ref => ref.kind === 'rest' && madeList(ref.of)?.site === made?.site);
  return known ?? table.make({ kind: 'rest', of: list, from: Math.min(from, FIRST) });
}

/** The array that a list is, put in order or not. */
export const madeList = (list: Ref): (Ref & { kind: 'made' }) | null =>
  list.kind === 'ordered' ? madeList(list.of) : list.kind === 'made' ? list : null;

/** The key of an element behind those that are told apart: another one each time. */
export const LATER = '…';

/** The key that an element of a rest has in the whole list. */
export function elementOfRest({ from }: Ref & { kind: 'rest' }, key: string): string {
  const index = from + Number(key);
  return !Number.isInteger(index) ? key : index < FIRST ? String(index) : LATER;
}

/** The list that a rest is of. */
export const wholeList = (ref: Ref): Ref => (ref.kind === 'rest' ? ref.of : ref);

/** The lock behind views of it (`withTimeout(lock, …)`); anything else is itself. */
export const viewed = (ref: Ref): Ref => (ref.kind === 'view' ? viewed(ref.of) : ref);

/** What was made, itself or seen through what bounds the wait for it. */
export function madeOf(ref: Ref): (Ref & { kind: 'made' }) | null {
  const lock = viewed(ref);
  return lock.kind === 'made' ? lock : null;
}

/** The acquisition that gave a releaser, as sets of what is held name it. */
export const tokenId = ({ frame, step }: Ref & { kind: 'token' }): string => `${frame.id}.${step}`;
/** The acquisition in the code, by whichever activation. */
export const tokenPlace = ({ frame, step }: Ref & { kind: 'token' }): string => `${frame.fn.id}.${step}`;
export const tokensIn = (refs: Refs): (Ref & { kind: 'token' })[] =>
  refs.flatMap(ref => (ref.kind === 'token' ? [ref] : []));

/** `null` or `undefined`. */
export const isNothing = (what: Ref | Value): boolean =>
  what.kind === 'constant' && (what.text === 'null' || what.text === 'undefined');
