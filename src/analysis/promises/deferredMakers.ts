/**
 * Promises that are settled by hand, where the object that they come in is taken apart on the spot:
 * `const { promise, resolve } = deferred()`. One whose `reject` nobody takes does not reject.
 */
import type { FunctionFacts, FunctionId, Place, Step, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import type { Program } from '../program.ts';
import { lastField } from '../valueParts.ts';
import { type WriteIndex, writeIndex } from '../writeIndex.ts';
import { functionUses, type FunctionUsesOf, type Key, keyName, keysOf, type Role } from './consumptionIndex.ts';

export interface DeferredMakers {
  /** The place is the promise of an object that was made here, and of which nothing is taken that could reject it. */
  isOnlyResolved(fn: FunctionId, place: Place): boolean;
}

export const deferredMakers = defineAnalysis<DeferredMakers>('deferred-makers', (get, program) => {
  return new Finder(get, program);
});

/** What a maker's object has: under these names the promise, and what resolves it. */
interface Parts {
  readonly promises: ReadonlySet<string>;
  readonly resolvers: ReadonlySet<string>;
}
const NOTHING: Parts = { promises: new Set(), resolvers: new Set() };

class Finder implements DeferredMakers {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #writes: WriteIndex;
  readonly #uses: FunctionUsesOf;
  readonly #makers = new Map<FunctionId, Parts>();

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#writes = get(writeIndex);
    this.#uses = get(functionUses);
  }

  isOnlyResolved(id: FunctionId, { root, path }: Place): boolean {
    const fn = this.#program.functions.get(id);
    const [part, ...deeper] = path;
    if (!fn || root.kind !== 'value' || !part || !('field' in part) || deeper.length > 0) return false;
    const facts = fn.values[root.of];
    const step = facts?.kind === 'result' ? this.#program.steps(id).get(facts.of) : undefined;
    if (step?.kind !== 'call' || step.newOf !== undefined) return false;
    const makers = this.#graph.targets(id, step.id).map(target => this.#partsOf(target));
    return (
      makers.length > 0 &&
      makers.every(({ promises, resolvers }) => {
        const known = new Set([...promises, ...resolvers]);
        return promises.has(part.field) && this.#takesOnly(fn, root.of, known);
      })
    );
  }

  /** Nothing but these members is taken of the value, here or by closures, and nobody else gets it. */
  #takesOnly(fn: FunctionFacts, value: ValueId, known: ReadonlySet<string>): boolean {
    return this.#uses(fn.id)
      .of(value)
      .every(use => {
        if (use.as === 'part') return isKnown(use.keys[0], known);
        if (use.as === 'slot') return this.#closuresTakeOnly(fn.id, use.slot, known);
        return use.as === 'step' && isOf(use.step, use.role, known);
      });
  }

  #closuresTakeOnly(owner: FunctionId, slot: string, known: ReadonlySet<string>): boolean {
    return this.#inside(owner).every(inner =>
      inner.values.every((value, id) => {
        if (value.kind !== 'read' || value.place.root.kind !== 'captured') return true;
        const { root, path } = value.place;
        if (root.from !== owner || root.slot !== slot) return true;
        const [first] = path;
        if (first) return 'field' in first && known.has(first.field);
        return this.#takesOnly(inner, id, known);
      }),
    );
  }

  #inside(id: FunctionId): FunctionFacts[] {
    const { functions = [] } = this.#program.modules.get(this.#program.fileOf(id)) ?? {};
    return functions.filter(fn => fn.id.startsWith(`${id}/`));
  }

  #partsOf(id: FunctionId): Parts {
    let parts = this.#makers.get(id);
    if (!parts) this.#makers.set(id, (parts = this.#findParts(id)));
    return parts;
  }

  #findParts(id: FunctionId): Parts {
    const fn = this.#program.functions.get(id);
    const [object, ...others] = this.#writes.returned(id);
    if (fn?.calling !== 'value' || object === undefined || others.length > 0) return NOTHING;
    if (fn.values[object]?.kind !== 'object') return NOTHING;
    const members = this.#membersOf(fn, object);
    const made = members.filter(({ value }) => this.#isMadeHere(fn, value));
    const [first] = made;
    if (!first || made.some(({ value }) => value !== first.value)) return NOTHING;
    const resolvers = this.#settledBy(fn, first.value, object, 'resolve');
    const rejecters = this.#settledBy(fn, first.value, object, 'reject');
    if (!resolvers || !rejecters) return NOTHING;
    return { promises: new Set(made.map(({ name }) => name)), resolvers };
  }

  /** What the object is made with, and what is written to it later on. */
  #membersOf(fn: FunctionFacts, object: ValueId): { name: string; value: ValueId }[] {
    const facts = fn.values[object];
    const literal = facts?.kind === 'object' ? Object.entries(facts.fields) : [];
    const written = [...this.#program.steps(fn.id).values()].flatMap(step => {
      if (step.kind !== 'access' || step.mode !== 'write' || step.value === undefined) return [];
      const name = lastField(step.place);
      const isIts = name !== null && this.#isObject(fn, step.place, object);
      return isIts ? [{ name, value: step.value }] : [];
    });
    return [...literal.map(([name, value]) => ({ name, value })), ...written];
  }

  /** A member of the object, as the function or a closure of it reaches it. */
  #isObject(fn: FunctionFacts, { root, path }: Place, object: ValueId): boolean {
    if (path.length !== 1) return false;
    if (root.kind === 'value') return root.of === object;
    if (root.kind !== 'captured' || root.from !== fn.id) return false;
    const slot = fn.slots[root.slot];
    return slot !== undefined && !slot.assignedAgain && slot.value === object;
  }

  #isMadeHere(fn: FunctionFacts, value: ValueId): boolean {
    const facts = fn.values[value];
    const step = facts?.kind === 'result' ? this.#program.steps(fn.id).get(facts.of) : undefined;
    return step?.kind === 'call' && step.newOf === 'lib#Promise';
  }

  /** Under which names the object has the promise's own function; null: it goes elsewhere, too. */
  #settledBy(fn: FunctionFacts, promise: ValueId, object: ValueId, how: string): ReadonlySet<string> | null {
    const uses = this.#uses(fn.id);
    const names = new Set<string>();
    for (const part of uses.of(promise)) {
      if (part.as !== 'part' || !isKnown(part.keys[0], new Set([how]))) continue;
      for (const use of uses.of(part.value)) {
        if (use.as === 'held' && use.value === object && use.key !== null) names.add(use.key);
        else if (use.as === 'step' && use.role === 'argument' && use.step.kind === 'call')
          for (const executor of this.#graph.targets(fn.id, use.step.id)) {
            const kept = this.#keptBy(fn, executor, use.index, object);
            if (!kept) return null;
            for (const name of kept) names.add(name);
          }
        else return null;
      }
    }
    return names;
  }

  /** The executor does nothing with its parameter but put it into the object, or into variables that go there. */
  #keptBy(maker: FunctionFacts, executor: FunctionId, index: number, object: ValueId): readonly string[] | null {
    const fn = this.#program.functions.get(executor);
    const uses = this.#uses(executor);
    const names: string[] = [];
    for (const read of uses.parameter(index))
      for (const use of uses.of(read.value)) {
        const step = use.as === 'step' && use.role === 'store' ? use.step : undefined;
        const found = fn && step?.kind === 'access' ? this.#keptAt(maker, fn, step.place, object) : null;
        if (!found) return null;
        names.push(...found);
      }
    return names;
  }

  #keptAt(maker: FunctionFacts, fn: FunctionFacts, place: Place, object: ValueId): readonly string[] | null {
    const { root, path } = place;
    const name = lastField(place);
    if (name !== null) return this.#isObject(maker, place, object) ? [name] : null;
    if (root.kind !== 'captured' || root.from !== maker.id || path.length > 0) return null;
    const isRead = (reader: FunctionFacts, value: ValueId): boolean => {
      const facts = reader.values[value];
      const at = facts?.kind === 'read' ? facts.place.root : undefined;
      return at?.kind === 'captured' && at.from === maker.id && at.slot === root.slot;
    };
    // A closure of the maker that reads it may call it.
    const others = this.#inside(maker.id).filter(inner => inner.id !== fn.id);
    if (others.some(inner => inner.values.some((_, value) => isRead(inner, value)))) return null;
    const reads = [...maker.values.keys()].filter(value => isRead(maker, value));
    const uses = reads.flatMap(value => [...this.#uses(maker.id).of(value)]);
    const names = uses.flatMap(use => (use.as === 'held' && use.value === object && use.key !== null ? [use.key] : []));
    return names.length === uses.length ? names : null;
  }
}

function isKnown(key: Key | undefined, known: ReadonlySet<string>): boolean {
  const name = keyName(key);
  return name !== null && known.has(name);
}

/** A member is called, or looked at. */
function isOf(step: Step, role: Role, known: ReadonlySet<string>): boolean {
  if (step.kind === 'access')
    return role === 'base' && step.mode === 'read' && isKnown(keysOf(step.place.path)[0], known);
  return role === 'receiver' && step.kind === 'call' && step.target.kind === 'method' && known.has(step.target.name);
}
