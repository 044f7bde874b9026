/** Activations of functions: told apart by what they are bound to, as long as there are not too many. */
import type { FunctionFacts, FunctionId } from '../../model/facts.ts';
import type { Program } from '../program.ts';
import {
  alternatives,
  type CallSite,
  type Frame,
  type FrameShape,
  type Ref,
  type Refs,
  type RefTable,
} from '../refs.ts';

/** Activations told apart of one function; the next ones are blurred. */
const FRAMES_PER_FUNCTION = 24;
/** … and of a lock helper, which has many callers. */
const FRAMES_PER_HELPER = 256;
/** Bindings made of more activations within each other than this are not told apart. */
const FRAME_DEPTH = 12;
/** Activations told apart in all; a program that needs more is seen without contexts from there on. */
const FRAMES = 60_000;

export class Frames {
  readonly #program: Program;
  readonly #refs: RefTable;
  readonly #helpers: ReadonlySet<FunctionId>;
  readonly #makers: ReadonlySet<FunctionId>;
  readonly #symbolic = new Map<FunctionId, Frame>();
  readonly #framesOf = new Map<FunctionId, Set<number>>();
  readonly #blurredOf = new Map<FunctionId, Set<number>>();
  readonly #ownOf = new Map<FunctionId, Set<number>>();
  #told = 0;

  /**
   * @param helpers functions whose callers decide which lock is taken, or what runs under it
   * @param makers functions of which each call makes another lock
   */
  constructor(program: Program, refs: RefTable, helpers: ReadonlySet<FunctionId>, makers: ReadonlySet<FunctionId>) {
    this.#program = program;
    this.#refs = refs;
    this.#helpers = helpers;
    this.#makers = makers;
  }

  /** The activation of which nothing is known. */
  symbolic(fn: FunctionFacts): Frame {
    let frame = this.#symbolic.get(fn.id);
    if (!frame) {
      frame = this.#refs.frame(
        fn,
        null,
        fn.parameters.map(() => null),
        this.#parentFrame(fn),
      );
      this.#symbolic.set(fn.id, frame);
    }
    return frame;
  }

  /** An activation with these bindings; a blurred one when there are too many, or they are too deep. */
  bound(
    fn: FunctionFacts,
    self: Refs | null,
    parameters: readonly (Refs | null)[],
    parent: Frame | null,
    from: CallSite | null = null,
  ): Frame {
    const enclosing = parent ?? this.#parentFrame(fn);
    const bound = fn.parameters.map((_, index) => parameters[index] ?? null);
    const maker = this.#makers.has(fn.id) ? from : null;
    const shape: FrameShape = { fn, self, parameters: bound, parent: enclosing, from: maker };
    return this.#toldApart(this.#framesOf, shape) ?? this.#widened(fn, self, bound);
  }

  /** The activation when it is one of those told apart of its function, or may become one. */
  #toldApart(all: Map<FunctionId, Set<number>>, shape: FrameShape): Frame | null {
    const { fn } = shape;
    let made = all.get(fn.id);
    if (!made) all.set(fn.id, (made = new Set()));
    const limit = this.#helpers.has(fn.id) ? FRAMES_PER_HELPER : FRAMES_PER_FUNCTION;
    const isRoom = this.#told < FRAMES && made.size < limit;
    const isWelcome = (depth: number): boolean => isRoom && depth <= FRAME_DEPTH;
    const frame = this.#refs.frameIf(shape, isWelcome);
    if (!frame || made.has(frame.id)) return frame;
    if (!isWelcome(frame.depth)) return null;
    made.add(frame.id);
    this.#told += 1;
    return frame;
  }

  /**
   * Which activation made a closure or an argument is forgotten first: what a helper of many callers is given, and whose
   * method it is, stays known. When that, too, makes too many activations, only a yes, a no, something or nothing stays known
   * of what was given: tests are decided by it. In the end not even by whom is known; what was open stays so.
   */
  #widened(fn: FunctionFacts, self: Refs | null, parameters: readonly (Refs | null)[]): Frame {
    const refs = this.#refs;
    const blurred = (one: Refs | null): Refs | null =>
      one === null
        ? null
        : alternatives(
            refs,
            one.map(ref => this.#blurred(ref)),
          );
    const parent = this.#parentFrame(fn);
    const deciding = parameters.map(
      one =>
        one &&
        alternatives(
          refs,
          one.map(ref => this.#presence(ref)),
        ),
    );
    const given = { fn, self, parameters: parameters.map(blurred), parent, from: null };
    const own = { fn, self, parameters: deciding, parent, from: null };
    return (
      this.#toldApart(this.#blurredOf, given) ??
      this.#toldApart(this.#ownOf, own) ??
      refs.frame(fn, blurred(self), deciding, parent)
    );
  }

  /** A value without the activation that it comes from; unknown where that would make two objects one. */
  #blurred(ref: Ref): Ref {
    switch (ref.kind) {
      case 'function':
        return this.#refs.make({ ...ref, frame: null });
      case 'made':
        return ref.frame === this.#symbolic.get(ref.frame.fn.id) ? ref : this.#refs.object;
      case 'field': {
        const base = this.#blurred(ref.base);
        return base.kind === 'unknown' ? base : this.#refs.make({ ...ref, base });
      }
      case 'constant':
      case 'external':
      case 'class':
      case 'parameter':
      case 'self':
      case 'unknown':
        return ref;
      default:
        return this.#refs.unknown;
    }
  }

  #presence(ref: Ref): Ref {
    if (ref.kind === 'constant' && YES_OR_NO.has(ref.text)) return ref;
    return ref.kind === 'made' || (ref.kind === 'unknown' && ref.made) ? this.#refs.object : this.#refs.unknown;
  }

  #parentFrame(fn: FunctionFacts): Frame | null {
    const parent = fn.parent === null ? undefined : this.#program.functions.get(fn.parent);
    return parent ? this.symbolic(parent) : null;
  }
}

const YES_OR_NO = new Set(['true', 'false', 'null', 'undefined']);
