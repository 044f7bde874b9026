/** Who uses a value: every value and step of a function that refers to it, indexed once per function. */
import type { Access, FunctionFacts, FunctionId, Place, Step, Value, ValueId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { walkSteps } from '../program.ts';
import { conditionReads } from '../steps.ts';

/**
 * The key of one part of a container: a field name, a constant key, or null for "some element". `.name` is a field that
 * a type declares, which is never an element of a collection.
 */
export type Key = string | null;

/** Whether a read of `key` may give what lies at `held`. */
export function sameKey(held: Key, key: Key): boolean {
  if (held === null) return key === null || !key.startsWith('.');
  return key === null || keyName(held) === keyName(key);
}
/** The name of a field, or the text of a key; null: any part, or none. */
export const keyName = (key: Key | undefined): string | null => (key?.startsWith('.') ? key.slice(1) : (key ?? null));

export type Role =
  | 'await'
  | 'chain'
  | 'handler'
  | 'argument'
  | 'receiver'
  | 'callee'
  | 'return'
  | 'throw'
  | 'yield'
  | 'drop'
  | 'condition'
  | 'over'
  | 'store'
  | 'base'
  | 'cancel'
  | 'other';

export type Use =
  /** The same thing under another number. */
  | { as: 'alias'; value: ValueId }
  /** Its parts became parts of an array or object made here. */
  | { as: 'spread'; value: ValueId }
  /** It became a part of an array or object made here. */
  | { as: 'held'; value: ValueId; key: Key }
  /** A part of it was taken; `keys` from the outside in. */
  | { as: 'part'; value: ValueId; keys: readonly Key[] }
  /** Joined with others into one promise. */
  | { as: 'combined'; value: ValueId }
  /** Its settled value, or something computed from it. */
  | { as: 'computed'; value: ValueId }
  /** A variable that inner functions (or, at the top level, everybody) can read. */
  | { as: 'slot'; slot: string }
  /** `store`: it is written to `access.place`; `base`: something is done to a part of it (a write, a listener added). */
  | { as: 'step'; step: Step; role: Role; index: number };

export interface FunctionUses {
  of(value: ValueId): readonly Use[];
  /** Values that read a parameter, or a part of it. */
  parameter(index: number): readonly { value: ValueId; keys: readonly Key[] }[];
  /** Steps that name a parameter, or a part of it, as the place that they are about. */
  parameterSteps(index: number): readonly { step: Step; keys: readonly Key[] }[];
  /** The value that is the result of a step. */
  resultOf(step: number): ValueId | undefined;
}

export type FunctionUsesOf = (fn: FunctionId) => FunctionUses;

const NONE: readonly never[] = [];
const EMPTY: FunctionUses = {
  of: () => NONE,
  parameter: () => NONE,
  parameterSteps: () => NONE,
  resultOf: () => undefined,
};

/** The index of every function, built when first asked for. */
export const functionUses = defineAnalysis<FunctionUsesOf>('function-uses', (_get, program) => {
  const made = new Map<FunctionId, FunctionUses>();
  return id => {
    let uses = made.get(id);
    if (!uses) {
      const fn = program.functions.get(id);
      uses = fn ? indexUses(fn) : EMPTY;
      made.set(id, uses);
    }
    return uses;
  };
});

/** The keys of a path, from the outside in. */
export function keysOf(path: Place['path']): Key[] {
  return path.map(step =>
    'field' in step
      ? step.of === undefined
        ? step.field
        : `.${step.field}`
      : 'key' in step && typeof step.key === 'string'
        ? step.key
        : null,
  );
}

/** `worker.onerror = …`: the one listener of an event that has a property for it. */
export function isEndListener({ mode, place }: Access): boolean {
  const last = place.path.at(-1);
  return mode === 'write' && last !== undefined && 'field' in last && /^on(?:error|exit|close)$/.test(last.field);
}

/** Places that a step names directly and takes its thing from. Accesses have values for what they read. */
export function placesOf(step: Step): Place[] {
  const of = (what: ValueId | Place | undefined): Place[] => (typeof what === 'object' ? [what] : []);
  switch (step.kind) {
    case 'cancel':
      return of(step.what);
    case 'wait':
      return of(step.on);
    case 'settle':
      return of(step.promise);
    case 'access':
      // `this.worker.on('exit', …)`: something is done to a part of what the holder holds.
      return (step.mode === 'update' && step.place.path.length > 0) || isEndListener(step) ? [step.place] : [];
    default:
      return [];
  }
}

/** Builds the index of one function in one pass over its values and steps. */
export function indexUses(fn: FunctionFacts): FunctionUses {
  const uses = new Map<ValueId, Use[]>();
  const parameters = new Map<number, { value: ValueId; keys: Key[] }[]>();
  const named = new Map<number, { step: Step; keys: Key[] }[]>();
  const results = new Map<number, ValueId>();
  const add = (value: ValueId, use: Use): void => {
    const list = uses.get(value);
    if (list) list.push(use);
    else uses.set(value, [use]);
  };
  fn.values.forEach((value, id) => {
    if (value.kind === 'result' && !results.has(value.of)) results.set(value.of, id);
    if (value.kind === 'read' && value.place.root.kind === 'parameter') {
      const reads = parameters.get(value.place.root.index) ?? [];
      reads.push({ value: id, keys: keysOf(value.place.path) });
      parameters.set(value.place.root.index, reads);
    }
    addValueUses(value, id, add);
  });
  for (const [slot, { value }] of Object.entries(fn.slots)) if (value !== null) add(value, { as: 'slot', slot });
  walkSteps(fn.body, step => {
    addStepUses(step, add);
    for (const { root, path } of placesOf(step)) {
      if (root.kind === 'parameter')
        named.set(root.index, [...(named.get(root.index) ?? []), { step, keys: keysOf(path) }]);
    }
  });
  return {
    of: value => uses.get(value) ?? NONE,
    parameter: index => parameters.get(index) ?? NONE,
    parameterSteps: index => named.get(index) ?? NONE,
    resultOf: step => results.get(step),
  };
}

/** It became a member of an object that is made here, and nobody takes that member. */
export const isLeftThere = (uses: FunctionUses, { value, key }: Use & { as: 'held' }): boolean =>
  key !== null && uses.of(value).every(use => use.as === 'part' && !sameKey(key, use.keys[0] ?? null));

type Add = (value: ValueId, use: Use) => void;

function addValueUses(value: Value, id: ValueId, add: Add): void {
  switch (value.kind) {
    case 'settled':
      return add(value.of, { as: 'computed', value: id });
    case 'template':
      return value.parts.forEach(part => typeof part === 'number' && add(part, { as: 'computed', value: id }));
    case 'view':
    case 'ordered':
      return add(value.of, { as: 'alias', value: id });
    case 'choice':
      return value.values.forEach(part => add(part, { as: 'alias', value: id }));
    case 'from':
      return value.values.forEach(part => add(part, { as: value.how === 'copy' ? 'alias' : 'computed', value: id }));
    case 'combined':
      return value.values.forEach(part => add(part, { as: 'combined', value: id }));
    case 'element':
      return add(value.of, {
        as: 'part',
        value: id,
        keys: [typeof value.key === 'number' || typeof value.key === 'string' ? String(value.key) : null],
      });
    case 'read':
      if (value.place.root.kind === 'value') {
        const { of } = value.place.root;
        add(
          of,
          value.place.path.length === 0
            ? { as: 'alias', value: id }
            : { as: 'part', value: id, keys: keysOf(value.place.path) },
        );
      }
      return;
    case 'array':
      return value.values.forEach((part, at) =>
        add(
          part,
          value.spreads.includes(at)
            ? { as: 'spread', value: id }
            : { as: 'held', value: id, key: value.spreads.length ? null : String(at) },
        ),
      );
    case 'object':
      for (const [key, part] of Object.entries(value.fields)) add(part, { as: 'held', value: id, key });
      return value.spreads.forEach(part => add(part, { as: 'spread', value: id }));
    case 'constant':
    case 'function':
    case 'class':
    case 'result':
    case 'unknown':
      return;
  }
}

function addStepUses(step: Step, add: Add): void {
  const use = (value: ValueId | Place | undefined, role: Role, index = 0): void => {
    if (typeof value === 'number') add(value, { as: 'step', step, role, index });
    else if (value?.root.kind === 'value')
      add(value.root.of, {
        as: 'step',
        step,
        role: value.path.length === 0 || role === 'other' ? role : 'base',
        index,
      });
  };
  switch (step.kind) {
    case 'call':
      use(step.receiver, 'receiver');
      step.args.forEach((arg, index) => use(arg, 'argument', index));
      if (step.target.kind === 'value') use(step.target.of, 'callee');
      return;
    case 'spawn':
      use(step.body, 'callee');
      return step.args.forEach((arg, index) => use(arg, 'argument', index));
    case 'await':
      return step.values.forEach(value => use(value, 'await'));
    case 'chain':
      use(step.of, 'chain');
      for (const handler of [step.onFulfilled, step.onRejected, step.onFinally]) use(handler, 'handler');
      return;
    case 'access':
      return accessUses(step, use);
    case 'yield':
      return use(step.value, 'yield');
    case 'drop':
      return use(step.value, 'drop');
    case 'exit':
      return use(step.value, step.how === 'throw' ? 'throw' : 'return');
    case 'branch':
      return conditionReads(step.condition).forEach(value => use(value, 'condition'));
    case 'loop':
      use(step.over, 'over');
      return step.condition ? conditionReads(step.condition).forEach(value => use(value, 'condition')) : undefined;
    case 'cancel':
      return use(step.what, 'cancel');
    default:
      return otherUses(step, use);
  }
}

function accessUses(step: Access, use: (value: ValueId | undefined, role: Role) => void): void {
  if (step.mode === 'write' || step.mode === 'update') use(step.value, 'store');
  if (step.place.root.kind === 'value') use(step.place.root.of, 'base');
}

/** Locks, events, registrations: whoever gets the value there may do anything with it. */
function otherUses(step: Step, use: (value: ValueId | Place | undefined, role: Role) => void): void {
  switch (step.kind) {
    case 'settle':
      return use(step.promise, 'callee');
    case 'wait':
      return use(step.on, 'other');
    case 'notify':
      return use(step.on, 'base');
    case 'register':
      return use(step.handler, 'other');
    case 'acquire':
      use(step.key, 'other');
      return use(step.lock, 'other');
    case 'release':
      use(step.token, 'other');
      return use(step.lock, 'other');
    default:
  }
}
