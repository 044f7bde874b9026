/** One function as the recognition of hand-made locks sees it: its steps in order, its shared places, where values come from. */
import type { Access, At, Block, Call, FunctionFacts, Place, Step, StepId, Value, ValueId } from '../../model/facts.ts';
import { innerBlocks } from '../steps.ts';
import { isOfInstance } from '../valueParts.ts';

/** A step with the block it stands in and the compound steps around it, innermost first. */
export interface Placed {
  readonly step: Step;
  readonly block: Block;
  readonly index: number;
  readonly around: readonly Step[];
}

export class FunctionIndex {
  readonly fn: FunctionFacts;
  readonly list: Placed[] = [];
  readonly #byId = new Map<StepId, Placed>();

  constructor(fn: FunctionFacts) {
    this.fn = fn;
    this.#add(fn.body, []);
  }

  #add(block: Block, around: readonly Step[]): void {
    block.forEach((step, index) => {
      const placed = { step, block, index, around };
      this.list.push(placed);
      this.#byId.set(step.id, placed);
      for (const inner of innerBlocks(step)) this.#add(inner, [step, ...around]);
    });
  }

  at(id: StepId): Placed | undefined {
    return this.#byId.get(id);
  }

  value(id: ValueId | undefined): Value | undefined {
    return id === undefined ? undefined : this.fn.values[id];
  }

  /** The step that a value is the result of. */
  resultOf(id: ValueId | undefined): Step | undefined {
    const value = this.value(id);
    return value?.kind === 'result' ? this.#byId.get(value.of)?.step : undefined;
  }

  /** What a value may be: choices and copies opened. */
  alternatives(id: ValueId | undefined, depth = 6): ValueId[] {
    const value = this.value(id);
    if (id === undefined || !value || depth === 0) return [];
    if (value.kind === 'choice' || (value.kind === 'from' && value.how === 'copy'))
      return value.values.flatMap(part => this.alternatives(part, depth - 1));
    return [id];
  }

  /** Whether a value may be what the step gives. */
  isResultOf(id: ValueId | undefined, step: Step): boolean {
    return this.alternatives(id).some(one => this.resultOf(one)?.id === step.id);
  }

  isConstant(id: ValueId | undefined, texts: readonly string[]): boolean {
    const value = this.value(id);
    return value?.kind === 'constant' && texts.includes(value.text);
  }

  accesses(): (Placed & { step: Access })[] {
    return this.list.flatMap(placed => (placed.step.kind === 'access' ? [{ ...placed, step: placed.step }] : []));
  }

  calls(): (Placed & { step: Call })[] {
    return this.list.flatMap(placed => (placed.step.kind === 'call' ? [{ ...placed, step: placed.step }] : []));
  }

  /** A suspension strictly between two steps, as the text stands. */
  suspendsBetween(from: StepId, to: StepId): boolean {
    return this.list.some(({ step }) => step.kind === 'await' && step.id > from && step.id < to);
  }
}

/** One text for one shared place of a module, from wherever it is reached; null: not shared, or not told apart. */
export function placeKey(fn: FunctionFacts, { root, path }: Place): string | null {
  const start = isOfInstance(root)
    ? 'this'
    : root.kind === 'module'
      ? `@${root.file}#${root.name}`
      : root.kind === 'captured'
        ? `^${root.from} ${root.slot}`
        : null;
  if (start === null || (start === 'this' && path.length === 0)) return null;
  const parts = path.map(step => {
    if ('field' in step) return `.${step.of ?? ''}.${step.field}`;
    if ('any' in step) return '[*]';
    return `[${typeof step.key === 'string' ? step.key : keyText(fn, step.key)}]`;
  });
  return start + parts.join('');
}

function keyText(fn: FunctionFacts, key: ValueId): string {
  const value = fn.values[key];
  return value?.kind === 'constant' ? value.text : '?';
}

/** A counter is changed: `n++`, `n -= 1`; not what puts something under a key: `pending.set(id, promise)`. */
export function isCount(index: FunctionIndex, { mode, place, value }: Access): boolean {
  const facts = index.value(value);
  const last = place.path.at(-1);
  if (mode === 'update' && last && 'key' in last && facts?.kind === 'result') return false;
  if (mode === 'update') return !place.path.some(part => 'any' in part);
  const key = mode === 'write' ? placeKey(index.fn, place) : null;
  if (key === null || facts?.kind !== 'from' || facts.how !== 'compute') return false;
  return facts.values.some(part => readsPlace(index, part, key));
}

/** The shared places that a value may be read from. */
export const placesRead = (index: FunctionIndex, value: ValueId): string[] =>
  index.alternatives(value).flatMap(id => {
    const facts = index.value(id);
    const key = facts?.kind === 'read' ? placeKey(index.fn, facts.place) : null;
    return key === null ? [] : [key];
  });

/** A value is what the place holds. */
export const readsPlace = (index: FunctionIndex, value: ValueId, key: string): boolean =>
  placesRead(index, value).includes(key);

/** A hand-made lock, or what was meant to be one. */
export interface Shape {
  kind: 'chain' | 'previous' | 'flag' | 'waiters' | 'serial' | 'atomics';
  fn: string;
  place: Place;
  key: string;
  at: At;
  mode: 'exclusive' | 'shared' | 'permit';
  capacity: number | null;
}

/** A hand-made lock that does not exclude, and why. */
export interface Broken {
  why: 'set-after-await' | 'no-recheck' | 'poisoned';
  fn: string;
  /** Where the check stands. */
  at: At;
  set: At;
  /** `this.tail`. */
  name: string;
  /** For a chain: the handler that may fail. */
  work: ValueId | null;
}

export const TRUE_LIKE = ['true', '1'];
/** What a flag or an owner's place says when nobody holds the lock. */
export const FREE = ['false', 'undefined', 'null'];
export const FALSE_LIKE = ['false', '0', 'null', 'undefined'];

/** Nobody holds what the place stands for from here on: the entry goes, or the flag is cleared. */
export const clears = (index: FunctionIndex, { mode, value }: Access): boolean =>
  mode === 'delete' || (mode === 'write' && index.isConstant(value, FALSE_LIKE));

/** What a person calls a place. */
export function placeName(place: Place): string {
  const fields = place.path.flatMap(step => ('field' in step ? [step.field] : []));
  const { root } = place;
  const start =
    root.kind === 'module' ? root.name : root.kind === 'captured' && root.slot !== 'this' ? root.slot : 'this';
  return [start, ...fields].join('.');
}
