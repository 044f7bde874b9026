/** Changes to the facts of one function: a copy is made first, the facts that were read stay as they are. */
import type {
  Acquire,
  At,
  Block,
  Call,
  FunctionFacts,
  Place,
  Release,
  Step,
  StepId,
  Value,
  ValueId,
} from '../../model/facts.ts';
import { FunctionIndex, type Shape } from './handMadeIndex.ts';
import { innerBlocks } from '../steps.ts';

/** The name of the lock that a place stands for. */
export const LOCK_SUFFIX = ' (lock)';

export const lockName = (name: string): string => (name.endsWith(LOCK_SUFFIX) ? name : name + LOCK_SUFFIX);

/** The lock that a place is the state of, as a place of its own. */
export function lockPlace(place: Place): Place {
  const at = place.path.findLastIndex(step => 'field' in step);
  if (at >= 0)
    return {
      ...place,
      path: place.path.map((step, index) =>
        index === at && 'field' in step ? { ...step, field: lockName(step.field) } : step,
      ),
    };
  const { root } = place;
  if (root.kind === 'module') return { ...place, root: { ...root, name: lockName(root.name) } };
  if (root.kind === 'captured') return { ...place, root: { ...root, slot: lockName(root.slot) } };
  return place;
}

export class Editor {
  readonly fn: FunctionFacts;
  #next: StepId;

  constructor(fn: FunctionFacts) {
    this.fn = structuredClone(fn);
    this.#next = 1 + Math.max(-1, ...new FunctionIndex(fn).list.map(({ step }) => step.id));
  }

  id(): StepId {
    this.#next += 1;
    return this.#next - 1;
  }

  value(value: Value): ValueId {
    this.fn.values.push(value);
    return this.fn.values.length - 1;
  }

  blockOf(id: StepId): { block: Block; index: number } | undefined {
    const search = (block: Block): { block: Block; index: number } | undefined => {
      for (const [index, step] of block.entries()) {
        if (step.id === id) return { block, index };
        for (const inner of innerBlocks(step)) {
          const found = search(inner);
          if (found) return found;
        }
      }
      return undefined;
    };
    return search(this.fn.body);
  }

  insertAfter(id: StepId, ...steps: Step[]): void {
    const home = this.blockOf(id);
    home?.block.splice(home.index + 1, 0, ...steps);
  }

  insertBefore(id: StepId, ...steps: Step[]): void {
    const home = this.blockOf(id);
    home?.block.splice(home.index, 0, ...steps);
  }

  replace(id: StepId, step: Step): void {
    const home = this.blockOf(id);
    if (home) home.block[home.index] = step;
  }

  remove(id: StepId): void {
    const home = this.blockOf(id);
    home?.block.splice(home.index, 1);
  }

  /** What follows a step in its block runs under a `finally` that frees the lock. */
  guardRest(id: StepId, at: At, place: Place): void {
    const home = this.blockOf(id);
    if (!home) return;
    const rest = home.block.splice(home.index + 1);
    home.block.push({
      kind: 'try',
      id: this.id(),
      at,
      body: rest,
      handlers: [],
      orElse: [],
      finally: [this.release(at, place)],
    });
  }

  acquire({ at, mode }: Pick<Shape, 'at' | 'mode'>, place: Place): Acquire {
    return {
      kind: 'acquire',
      id: this.id(),
      at,
      lock: place,
      mode,
      units: { kind: 'exactly', n: 1 },
      wait: 'endless',
      failure: 'throws',
    };
  }

  release(at: At, place: Place): Release {
    return { kind: 'release', id: this.id(), at, lock: place };
  }

  /** The whole body becomes: take the lock, and hand it to the caller. */
  becomeAcquire(shape: Pick<Shape, 'at' | 'mode'>, place: Place): void {
    const acquire = this.acquire(shape, place);
    const token = this.value({ kind: 'result', of: acquire.id });
    this.fn.calling = 'promise';
    this.fn.body = [acquire, { kind: 'exit', id: this.id(), at: shape.at, how: 'return', value: token }];
  }
}

/**
 * A function that takes the lock, runs the work, waits for it and frees the lock; and the step that calls it.
 * `step.of`: the promise whose end the work waits for, which is thereby waited for.
 */
export function lockedCall(
  editor: Editor,
  step: { id: StepId; at: At; of?: ValueId },
  work: ValueId,
  place: Place,
  number: number,
): { synthetic: FunctionFacts; call: Call } {
  const { at } = step;
  const keyAt = place.path.findIndex(part => 'key' in part && typeof part.key === 'number');
  const keyed = keyAt < 0 ? undefined : place.path[keyAt];
  const key = keyed && 'key' in keyed && typeof keyed.key === 'number' ? keyed.key : undefined;
  const args = key === undefined ? [work] : [work, key];
  const outer = closed(editor, place);
  const path = outer.path.map((part, index) => (index === keyAt ? { key: 1 } : part));
  const synthetic: FunctionFacts = {
    id: `${editor.fn.id}/locked:${number}`,
    name: editor.fn.name,
    at,
    nameAt: at,
    parameters: args.map((_, index) => ({
      name: index === 0 ? 'work' : 'key',
      type: null,
      optional: false,
      rest: false,
    })),
    calling: 'promise',
    parent: editor.fn.id,
    owner: null,
    isStatic: false,
    synthetic: true,
    captures: [],
    slots: {},
    ...lockedBody(at, args.length, { ...outer, path }),
  };
  const target: Call['target'] = { kind: 'functions', ids: [synthetic.id] };
  const receiver = step.of === undefined ? {} : { receiver: step.of };
  return { synthetic, call: { kind: 'call', id: step.id, at, target, ...receiver, args, gives: 'promise' } };
}

/** `acquire; try { return await work() } finally { release }`; the parameters are the first values. */
function lockedBody(at: At, parameters: number, lock: Place): Pick<FunctionFacts, 'values' | 'body'> {
  const values: Value[] = Array.from({ length: parameters }, (_, index) => ({
    kind: 'read',
    place: { root: { kind: 'parameter', index }, type: null, path: [] },
  }));
  values.push({ kind: 'result', of: 2 }, { kind: 'settled', of: parameters });
  const units: Acquire['units'] = { kind: 'exactly', n: 1 };
  const body: Block = [
    { kind: 'acquire', id: 0, at, lock, mode: 'exclusive', units, wait: 'endless', failure: 'throws' },
    {
      kind: 'try',
      id: 1,
      at,
      body: [
        { kind: 'call', id: 2, at, target: { kind: 'value', of: 0 }, args: [] },
        { kind: 'await', id: 3, at, values: [parameters], until: 'all', wait: 'endless', strength: 'callee' },
        { kind: 'exit', id: 4, at, how: 'return', value: parameters + 1 },
      ],
      handlers: [],
      orElse: [],
      finally: [{ kind: 'release', id: 5, at, lock }],
    },
  ];
  return { values, body };
}

/** The place as a closure of the function sees it. */
export function closed(editor: Editor, place: Place): Place {
  if (place.root.kind !== 'self') return place;
  const { fn } = editor;
  if (!fn.slots['this']) {
    const value = editor.value({ kind: 'read', place: { root: { kind: 'self' }, type: fn.owner, path: [] } });
    fn.slots['this'] = { value, assignedAgain: false, type: fn.owner, at: fn.nameAt };
  }
  return { ...place, root: { kind: 'captured', from: fn.id, slot: 'this' } };
}
