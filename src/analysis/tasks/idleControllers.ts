/**
 * Controllers that a function makes to end its work later on, and whose signal nobody gets: the abort in the clean-up or
 * listener ends nothing.
 */
import type { Call, FunctionFacts, FunctionId, Step, StepId, ValueId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { functionUses, type FunctionUses, type FunctionUsesOf } from '../promises/consumptionIndex.ts';
import type { Program } from '../program.ts';
import { fieldRead } from '../valueParts.ts';
import { writeIndex } from '../writeIndex.ts';

export interface IdleController {
  /** The step that makes it. */
  step: StepId;
  /** The variable that holds it. */
  name: string;
}

const CONTROLLER = /#(?:AbortController|CancellationTokenSource)$/;

/** Kept in a variable that a closure aborts, looked at (`signal.aborted`) at most, and given to nobody; by function. */
export const idleControllers = defineAnalysis<ReadonlyMap<FunctionId, readonly IdleController[]>>(
  'idle-controllers',
  (get, program) => {
    const usesOf = get(functionUses);
    const captured = get(capturedVariables);
    return new Map(
      [...program.functions.values()].flatMap(fn => {
        const found = idleOf(program, usesOf, fn, captured);
        return found.length === 0 ? [] : [[fn.id, found]];
      }),
    );
  },
);

/** A controller of an outer function, in the hands of the closures that it is made for. */
export interface ScopeController extends IdleController {
  of: FunctionId;
}

/**
 * By closure: controllers that the function around it makes and that only the closure which it gives back aborts (the
 * clean-up of an effect), and whose signal the closure gives to something: they end all that it waits for.
 */
export const scopeControllers = defineAnalysis<ReadonlyMap<FunctionId, readonly ScopeController[]>>(
  'scope-controllers',
  (get, program) => {
    const usesOf = get(functionUses);
    const { returned } = get(writeIndex);
    const found = new Map<FunctionId, ScopeController[]>();
    for (const { of, slot, holders } of get(capturedVariables).values()) {
      const maker = program.functions.get(of);
      const made = maker && madeController(program, maker, slot);
      if (!maker || !made) continue;
      const endings = holders.filter(one => aborts(program, one, of, slot));
      const isGivenBack = ({ id }: FunctionFacts): boolean =>
        returned(of).some(value => {
          const facts = maker.values[value];
          return facts?.kind === 'function' && facts.id === id;
        });
      if (endings.length === 0 || !endings.every(isGivenBack) || endsItself(program, maker, slot)) continue;
      for (const one of holders)
        if (one.parent === of && givesSignal(one, usesOf(one.id), of, slot))
          found.set(one.id, [...(found.get(one.id) ?? []), { of, step: made.id, name: slot }]);
    }
    return found;
  },
);

/** The call that makes the controller which a variable holds for good. */
function madeController(program: Program, fn: FunctionFacts, slot: string): Call | null {
  const { value, assignedAgain } = fn.slots[slot] ?? { value: null, assignedAgain: false };
  const facts = value === null || assignedAgain ? undefined : fn.values[value];
  const made = facts?.kind === 'result' ? program.steps(fn.id).get(facts.of) : undefined;
  return made?.kind === 'call' && isController(made) ? made : null;
}

/** The maker aborts it besides. */
const endsItself = (program: Program, fn: FunctionFacts, slot: string): boolean =>
  [...program.steps(fn.id).values()].some(step => step.kind === 'cancel' && step.what === fn.slots[slot]?.value);

/** Its signal becomes an argument, or a part of one. */
const givesSignal = (fn: FunctionFacts, uses: FunctionUses, from: FunctionId, slot: string): boolean =>
  readsOf(fn, from, slot).some(
    read =>
      fieldRead(fn, read) === 'signal' &&
      uses.of(read).some(use => use.as === 'held' || (use.as === 'step' && use.role === 'argument')),
  );

function idleOf(
  program: Program,
  usesOf: FunctionUsesOf,
  fn: FunctionFacts,
  captured: ReadonlyMap<string, CapturedVariable>,
): IdleController[] {
  return Object.entries(fn.slots).flatMap(([slot, { value }]) => {
    const made = madeController(program, fn, slot);
    if (value === null || !made) return [];
    const holders = captured.get(slotKey(fn.id, slot))?.holders ?? [];
    const isIdle =
      isKept(fn, usesOf(fn.id), value) &&
      holders.every(
        one =>
          !changes(program, one, fn.id, slot) &&
          readsOf(one, fn.id, slot).every(read => isKept(one, usesOf(one.id), read)),
      );
    return isIdle && holders.some(one => aborts(program, one, fn.id, slot)) ? [{ step: made.id, name: slot }] : [];
  });
}

/** A variable that closures use. */
interface CapturedVariable {
  of: FunctionId;
  slot: string;
  holders: FunctionFacts[];
}

const capturedVariables = defineAnalysis<ReadonlyMap<string, CapturedVariable>>(
  'captured-variables',
  (_get, program) => {
    const found = new Map<string, CapturedVariable>();
    for (const fn of program.functions.values()) {
      for (const { from, slot } of fn.captures) {
        const known = found.get(slotKey(from, slot));
        if (!known) found.set(slotKey(from, slot), { of: from, slot, holders: [fn] });
        else if (known.holders.at(-1) !== fn) known.holders.push(fn);
      }
    }
    return found;
  },
);

const slotKey = (owner: FunctionId, slot: string): string => `${owner} ${slot}`;

const isController = ({ newOf }: Call): boolean => newOf !== undefined && CONTROLLER.test(newOf);

/** The values that are the controller, or a part of it, in a closure. */
function readsOf(fn: FunctionFacts, from: FunctionId, slot: string): ValueId[] {
  return fn.values.flatMap((value, id) =>
    value.kind === 'read' && value.place.root.kind === 'captured' && isSlot(value.place.root, from, slot) ? [id] : [],
  );
}

const isSlot = (root: { from: FunctionId; slot: string }, from: FunctionId, slot: string): boolean =>
  root.from === from && root.slot === slot;

/** It stays where it is: aborted, and asked whether it was. */
function isKept(fn: FunctionFacts, uses: FunctionUses, value: ValueId): boolean {
  if (fieldRead(fn, value) === 'aborted') return true;
  return uses.of(value).every(use => {
    if (use.as === 'slot') return true;
    if (use.as === 'part' || use.as === 'alias') return isKept(fn, uses, use.value);
    return use.as === 'step' && (use.role === 'cancel' || (use.role === 'base' && isRead(use.step)));
  });
}

const isRead = (step: Step): boolean => step.kind === 'access' && step.mode === 'read';

/** A listener is added to it, or a part of it is set. */
function changes(program: Program, fn: FunctionFacts, from: FunctionId, slot: string): boolean {
  return [...program.steps(fn.id).values()].some(
    step =>
      step.kind === 'access' &&
      !isRead(step) &&
      step.place.root.kind === 'captured' &&
      isSlot(step.place.root, from, slot),
  );
}

function aborts(program: Program, fn: FunctionFacts, from: FunctionId, slot: string): boolean {
  return [...program.steps(fn.id).values()].some(step => {
    if (step.kind !== 'cancel' || step.how !== 'abort') return false;
    const value = typeof step.what === 'number' ? fn.values[step.what] : undefined;
    const place = typeof step.what === 'number' ? (value?.kind === 'read' ? value.place : undefined) : step.what;
    return place?.root.kind === 'captured' && isSlot(place.root, from, slot) && place.path.length === 0;
  });
}
