/**
 * Locks that the project makes itself become locks like those of libraries: the facts of the functions that implement
 * the shape get the acquisitions and releases that they amount to. A class that is nothing but a lock is the lock; in
 * any other class or scope the place that holds the state is.
 */
import type {
  Acquire,
  FunctionFacts,
  LockKind,
  ModuleFacts,
  Place,
  Step,
  StepId,
  TypeId,
  ValueId,
} from '../../model/facts.ts';
import { closed, Editor, lockedCall, lockName, lockPlace } from './handMadeEdit.ts';
import { ModuleShapes, type WholeShape } from './handMadeFind.ts';
import { type Broken, clears, FunctionIndex, isCount, placeKey, type Shape } from './handMadeIndex.ts';
import { type ChainShape, isMember, ShapeFinder, type WaitShape } from './handMadeShapes.ts';
import { innerBlocks } from '../steps.ts';
import { LockOwners } from './handMadeOwners.ts';
import { accessesTo, ModuleIndex } from './handMadeModule.ts';
import { cellKey, handsOnOrBack, serialIn, spinIn, spinReleases, wakingCalls } from './handMadeWaiters.ts';

export interface HandMade {
  module: ModuleFacts;
  /** Locks, by what their shape is. */
  locks: readonly Shape[];
  broken: readonly Broken[];
}

const KIND: LockKind = {
  library: 'hand-made',
  capacity: { kind: 'exactly', n: 1 },
  reentrant: 'no',
  blocks: 'task',
  readers: 'none',
  queue: 'other',
  ownerChecked: false,
  reach: 'loop',
  lease: false,
  keyed: false,
  limiter: false,
};

export function withHandMadeLocks(module: ModuleFacts): HandMade {
  if (!module.functions.some(mayTake)) return { module, locks: [], broken: [] };
  return new Rewriter(module).run();
}

/** Something is chained, awaited, queued or spun on. */
const mayTake = (fn: FunctionFacts): boolean =>
  new FunctionIndex(fn).list.some(
    ({ step }) =>
      step.kind === 'chain' ||
      step.kind === 'await' ||
      (step.kind === 'call' &&
        (step.newOf === 'lib#Promise' ||
          (step.target.kind === 'external' && step.target.name === 'lib#Atomics.compareExchange'))),
  );

/** Nothing but promises made for the wait, and looks at what tells that it is over. */
const isPlainWait = (step: Step): boolean =>
  innerBlocks(step)
    .flat()
    .every(inner => {
      if (inner.kind === 'branch' || inner.kind === 'loop') return isPlainWait(inner);
      if (inner.kind === 'call') return inner.newOf === 'lib#Promise' || inner.target.kind === 'value';
      return inner.kind === 'access' || inner.kind === 'await' || (inner.kind === 'exit' && inner.how === 'break');
    });

class Rewriter {
  readonly #module: ModuleFacts;
  readonly #index: ModuleIndex;
  readonly #editors = new Map<string, Editor>();
  readonly #added: FunctionFacts[] = [];
  readonly #locks: Shape[] = [];
  readonly #shapes: ModuleShapes;
  readonly #owners: LockOwners;
  readonly #kinds: Record<TypeId, LockKind> = {};
  readonly #fields = new Map<TypeId, Map<string, TypeId>>();
  readonly #whole = new Set<string>();
  /** Steps that free a lock, and say so by now. */
  readonly #freed = new Set<string>();
  #classes = new Set<TypeId>();

  constructor(module: ModuleFacts) {
    this.#module = module;
    this.#index = new ModuleIndex(module.functions);
    this.#shapes = new ModuleShapes(this.#index);
    this.#owners = new LockOwners(this.#index, module.types);
  }

  run(): HandMade {
    const { chains, waits, readers } = this.#shapes.shapes();
    const whole = this.#shapes.whole(chains);
    this.#shapes.countPermits(waits);
    this.#shapes.addReaders(readers, [...waits, ...whole], waits);
    this.#classes = this.#owners.classes([...chains, ...waits, ...whole]);
    for (const one of whole) this.#takeWhole(one);
    for (const chain of chains) if (!this.#whole.has(chain.fn)) this.#rewriteChain(chain);
    for (const wait of waits) if (!this.#whole.has(wait.fn)) this.#rewriteWait(wait);
    this.#chainedTasks();
    this.#serialQueues();
    this.#spins();
    return { module: this.#result(), locks: this.#locks, broken: this.#shapes.broken };
  }

  #fn(id: string): FunctionFacts {
    const fn = this.#index.of(id)?.fn;
    if (!fn) throw new Error(`no function ${id}`);
    return fn;
  }

  #editor(id: string): Editor {
    let editor = this.#editors.get(id);
    if (!editor) this.#editors.set(id, (editor = new Editor(this.#fn(id))));
    return editor;
  }

  /** The lock of a shape, as the function at hand reaches it. */
  #lockOf(shape: Shape, place: Place = shape.place): Place {
    const owner = this.#owners.ownerOf(shape);
    const kind = this.#kindOf(shape);
    if (owner && this.#classes.has(owner.id)) {
      this.#kinds[owner.id] = kind;
      return { root: place.root, type: owner.id, path: [] };
    }
    const type = `hand-made#${shape.kind === 'atomics' ? 'spin' : shape.mode === 'permit' ? 'semaphore' : 'lock'}`;
    this.#kinds[type] = kind;
    const lock = lockPlace(place);
    const last = lock.path.findLast(step => 'field' in step);
    if (last && 'field' in last && last.of !== undefined) {
      let fields = this.#fields.get(last.of);
      if (!fields) this.#fields.set(last.of, (fields = new Map<string, TypeId>()));
      fields.set(last.field, type);
    } else if (lock.root.kind === 'module') this.#declareSlot(`${lock.root.file}#`, lock.root.name, type);
    else if (lock.root.kind === 'captured') this.#declareSlot(lock.root.from, lock.root.slot, type);
    return lock;
  }

  #kindOf(shape: Shape): LockKind {
    if (shape.kind === 'atomics') return { ...KIND, blocks: 'thread', reach: 'process' };
    if (shape.mode === 'permit') return { ...KIND, ...this.#owners.permitsOf(shape), limiter: true };
    return shape.mode === 'shared' ? { ...KIND, readers: 'reader-first' } : KIND;
  }

  #declareSlot(owner: string, slot: string, type: TypeId): void {
    const facts = this.#index.of(owner)?.fn;
    if (!facts) return;
    const editor = this.#editor(owner);
    if (editor.fn.slots[slot]) return;
    const original = Object.entries(facts.slots).find(([name]) => lockName(name) === slot)?.[1];
    const at = original?.at ?? facts.nameAt;
    const value = editor.value({ kind: 'object', fields: {}, spreads: [], type, at });
    editor.fn.slots[slot] = { value, assignedAgain: false, type, at };
  }

  #takeWhole(shape: WholeShape): void {
    if (this.#whole.has(shape.fn)) return;
    this.#whole.add(shape.fn);
    this.#locks.push(shape);
    const fn = this.#fn(shape.fn);
    const place = this.#lockOf(shape, inFunction(shape.place, fn));
    this.#editor(shape.fn).becomeAcquire({ ...shape, at: fn.nameAt }, place);
    for (const id of shape.releases) {
      const index = this.#index.of(id);
      if (!index) continue;
      const editor = this.#editor(id);
      const own = index.accesses().find(({ step }) => placeKey(index.fn, step.place) === shape.key)?.step.place;
      const root = own?.root ?? (index.fn.owner !== null ? ({ kind: 'self' } as const) : shape.place.root);
      const lock = this.#lockOf(shape, { ...shape.place, root });
      const waking = shape.queue === undefined ? [] : wakingCalls(index, shape.queue);
      // Those who wait are told by their promises' own functions, and these never throw.
      for (const call of waking) editor.replace(call.id, { ...call, known: { ...call.known, neverThrows: true } });
      editor.fn.body.unshift(editor.release(index.fn.nameAt, lock));
    }
  }

  #rewriteChain(shape: ChainShape): void {
    const editor = this.#editor(shape.fn);
    const work = shape.chain.onFulfilled ?? shape.chain.onFinally;
    if (work === undefined) return;
    this.#locks.push(shape);
    const { synthetic, call } = lockedCall(editor, shape.chain, work, this.#lockOf(shape), this.#added.length);
    this.#added.push(synthetic);
    editor.replace(shape.chain.id, call);
  }

  #rewriteWait(shape: WaitShape): void {
    const editor = this.#editor(shape.fn);
    const place = this.#lockOf(shape);
    const acquire = editor.acquire(shape, place);
    editor.insertAfter(shape.after.id, acquire);
    this.#locks.push(shape);
    if (shape.kind === 'previous') this.#freeByResolver(shape, acquire);
    else this.#freeByFlag(shape);
    const owner = this.#owners.ownerOf(shape);
    if (owner && this.#classes.has(owner.id)) this.#hideState(shape);
  }

  /** In a class that is nothing but a lock, the flag and the wait for it are what taking the lock means. */
  #hideState({ fn, key, wait }: WaitShape): void {
    if (wait && isPlainWait(wait)) this.#editor(fn).remove(wait.id);
    for (const { home, step } of accessesTo(this.#index, key))
      if (step.mode === 'write') this.#editors.get(home.fn.id)?.remove(step.id);
  }

  /** Falsy writes to the flag (for counters: changes) outside of where it is taken. */
  #freeByFlag(shape: WaitShape): void {
    const home = this.#index.of(shape.fn);
    const counts = home !== undefined && isCount(home, shape.set);
    for (const placed of accessesTo(this.#index, shape.key)) {
      const { home: index, step } = placed;
      if (step.at === shape.set.at) continue;
      const frees = counts ? isCount(index, step) : clears(index, step);
      const once = `${index.fn.id} ${step.id}`;
      // Several functions may take the lock: what frees it for one frees it for all.
      if (!frees || this.#freed.has(once)) continue;
      this.#freed.add(once);
      const place = this.#lockOf(shape, { ...shape.place, root: step.place.root });
      const editor = this.#editor(index.fn.id);
      const either = shape.queue === undefined ? undefined : handsOnOrBack(index, placed, shape.queue);
      editor.insertBefore(either?.id ?? step.id, editor.release(step.at, place));
    }
    if (!counts && shape.set.mode === 'write') this.#freeByResolver(shape, null);
  }

  /** Calls of the function that resolves the promise which the next one waits for; it may be handed to the caller. */
  #freeByResolver(shape: WaitShape, acquire: Acquire | null): void {
    const fn = this.#fn(shape.fn);
    const keys = this.#owners.resolversOf(fn);
    for (const index of this.#index.within(fn)) {
      const isResolver = (value: ValueId | undefined): boolean =>
        index.alternatives(value).some(id => {
          const facts = index.value(id);
          if (facts?.kind !== 'read') return false;
          if (facts.place.root.kind === 'value') return isMember(facts.place, 'resolve') && index.fn.id === fn.id;
          const key = placeKey(index.fn, facts.place);
          return key !== null && keys.has(key);
        });
      for (const { step } of index.list) {
        if (
          acquire &&
          step.kind === 'exit' &&
          step.how === 'return' &&
          index.fn.id === fn.id &&
          isResolver(step.value)
        ) {
          const editor = this.#editor(fn.id);
          const token = editor.value({ kind: 'result', of: acquire.id });
          editor.replace(step.id, { ...step, value: token });
        }
        const released =
          (step.kind === 'call' && step.target.kind === 'value' && isResolver(step.target.of)) ||
          (step.kind === 'settle' && step.how === 'resolve' && index.fn.id !== fn.id);
        if (!released || acquire === null) continue;
        const editor = this.#editor(index.fn.id);
        const place = this.#lockOf(
          shape,
          index.fn.id === fn.id ? shape.place : closed(this.#editor(fn.id), shape.place),
        );
        editor.insertBefore(step.id, editor.release(step.at, place));
      }
    }
  }

  /** `tail = (async () => { await previous; … })()`: the rest of the task holds the lock. */
  #chainedTasks(): void {
    for (const index of this.#index.all()) {
      if (index.fn.synthetic || index.fn.id.endsWith('.constructor')) continue;
      const finder = new ShapeFinder(index.fn, this.#index);
      for (const { step: write } of index.accesses()) {
        const key = write.mode === 'write' || write.mode === 'update' ? placeKey(index.fn, write.place) : null;
        if (key === null) continue;
        for (const { step: call } of index.calls()) {
          if (call.target.kind !== 'functions' || call.id > write.id || !finder.isMadeOf(write.value, call.id).made)
            continue;
          for (const id of call.target.ids) this.#taskBody(id, write.place, key);
        }
      }
    }
  }

  #taskBody(id: string, place: Place, key: string): void {
    const body = this.#index.of(id);
    if (!body || body.fn.calling !== 'promise' || body.fn.parent === null || this.#editors.has(id)) return;
    const inner = new ShapeFinder(body.fn, this.#index);
    const wait = body.fn.body.find(step => step.kind === 'await' && step.values.some(value => inner.reads(value, key)));
    if (!wait) return;
    const owner = this.#fn(body.fn.parent);
    const shape: Shape = { kind: 'previous', fn: owner.id, place, key, at: wait.at, mode: 'exclusive', capacity: 1 };
    const lock = this.#lockOf(shape, closed(this.#editor(owner.id), place));
    const editor = this.#editor(id);
    editor.guardRest(wait.id, wait.at, lock);
    editor.insertAfter(wait.id, editor.acquire(shape, lock));
    this.#locks.push(shape);
  }

  #serialQueues(): void {
    for (const index of this.#index.all()) {
      if (this.#whole.has(index.fn.id) || this.#editors.has(index.fn.id)) continue;
      const serial = serialIn(this.#index, index);
      if (!serial) continue;
      const { fn } = index;
      const place = inFunction(serial.place, fn);
      const shape: Shape = {
        kind: 'serial',
        fn: fn.id,
        place,
        key: serial.queue,
        at: fn.nameAt,
        mode: 'exclusive',
        capacity: 1,
      };
      this.#locks.push(shape);
      const editor = this.#editor(fn.id);
      const work = editor.value({
        kind: 'read',
        place: { root: { kind: 'parameter', index: serial.work }, type: null, path: [] },
      });
      const step: { id: StepId; at: FunctionFacts['at'] } = { id: editor.id(), at: fn.nameAt };
      const { synthetic, call } = lockedCall(editor, step, work, this.#lockOf(shape), this.#added.length);
      this.#added.push(synthetic);
      const result = editor.value({ kind: 'result', of: call.id });
      editor.fn.body = [call, { kind: 'exit', id: editor.id(), at: fn.nameAt, how: 'return', value: result }];
    }
  }

  #spins(): void {
    for (const index of this.#index.all()) {
      const spin = spinIn(index);
      const key = spin && cellKey(index, spin.call);
      const view = spin ? index.value(spin.call.args[0]) : undefined;
      if (!spin || key === null || key === undefined || view?.kind !== 'read') continue;
      const shape: Shape = {
        kind: 'atomics',
        fn: index.fn.id,
        place: view.place,
        key,
        at: spin.call.at,
        mode: 'exclusive',
        capacity: 1,
      };
      this.#locks.push(shape);
      const editor = this.#editor(index.fn.id);
      editor.insertAfter(spin.loop.id, editor.acquire(shape, this.#lockOf(shape, view.place)));
      for (const other of this.#index.all())
        for (const call of spinReleases(other, key)) {
          const released = other.value(call.args[0]);
          if (released?.kind !== 'read') continue;
          const edited = this.#editor(other.fn.id);
          edited.insertBefore(call.id, edited.release(call.at, this.#lockOf(shape, released.place)));
        }
    }
  }

  #result(): ModuleFacts {
    if (this.#editors.size === 0) return this.#module;
    const functions = this.#module.functions.map(fn => this.#editors.get(fn.id)?.fn ?? fn);
    const types = this.#module.types.map(type => {
      const added = this.#fields.get(type.id);
      if (!added) return type;
      const fields = { ...type.fields };
      for (const [name, lockType] of added) {
        const original = Object.entries(type.fields).find(([field]) => lockName(field) === name)?.[1];
        fields[name] = {
          type: lockType,
          readonly: true,
          isStatic: original?.isStatic ?? false,
          at: original?.at ?? type.at,
          hidden: true,
        };
      }
      return { ...type, fields };
    });
    return {
      ...this.#module,
      functions: [...functions, ...this.#added],
      types,
      locks: { ...this.#module.locks, ...this.#kinds },
    };
  }
}

/** The place as the function itself reaches it, when a closure of it was looked at. */
function inFunction(place: Place, fn: FunctionFacts): Place {
  const { root } = place;
  return root.kind === 'captured' && root.slot === 'this' && root.from === fn.id
    ? { ...place, root: { kind: 'self' } }
    : place;
}
