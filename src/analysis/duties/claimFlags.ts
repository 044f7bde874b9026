/**
 * Claim flags: a boolean (or the presence of a key) that is tested and set in one go, with nothing awaited in between,
 * and set back later by the same function. While it is set, it keeps others out like a lock that nobody waits for.
 */
import type {
  Access,
  Block,
  Condition,
  FunctionFacts,
  FunctionId,
  Place,
  Step,
  StepId,
  ValueId,
} from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { afterFailures } from '../flow/afterFailures.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { truthOfText } from '../flow/givenTests.ts';
import { isOfOwnObject, toldBy } from '../plainTests.ts';
import { type Program, type Site, walkSteps } from '../program.ts';
import { partsWhere } from '../steps.ts';
import { type TypeHierarchy, hierarchy } from '../hierarchy.ts';

/** What an access step does to a flag. `other`: writes something that cannot be told. */
export interface FlagStep {
  readonly key: string;
  readonly name: string;
  readonly does: 'set' | 'reset' | 'other';
}
export interface ClaimFlags {
  at(fn: FunctionId, step: StepId): FlagStep | undefined;
  /** Functions that set or reset a flag. */
  readonly users: ReadonlySet<FunctionId>;
  /** Functions that reset the flag and do not claim it. */
  resetters(key: string): readonly Site[];
  /** It is set back only where something failed: whoever gets through leaves it set for good, as done once. */
  isForOnce(key: string): boolean;
}

interface Tested {
  readonly key: string;
  readonly name: string;
}

export const claimFlags = defineAnalysis<ClaimFlags>('claim-flags', (get, program) => {
  const types = get(hierarchy);
  const graph = get(callGraph);
  const sets = new Map<string, Map<FunctionId, Set<StepId>>>();
  const names = new Map<string, string>();
  for (const [id, fn] of program.functions) {
    scan(
      fn.body,
      new Map(),
      (tested, step) => {
        const byFunction = sets.get(tested.key) ?? new Map<FunctionId, Set<StepId>>();
        byFunction.set(id, new Set([...(byFunction.get(id) ?? []), step.id]));
        sets.set(tested.key, byFunction);
        names.set(tested.key, tested.name);
      },
      new Flags(program, id, types, graph),
    );
  }
  const steps = new Map<FunctionId, Map<StepId, FlagStep>>();
  const resetters = new Map<string, Site[]>();
  const isAfterFailure = get(afterFailures);
  const isForOnce = new Map<string, boolean>();
  if (sets.size > 0) {
    for (const [id, fn] of program.functions) {
      const flags = new Flags(program, id, types, graph);
      walkSteps(fn.body, step => {
        if (step.kind !== 'access' || step.mode === 'read' || step.mode === 'iterate') return;
        const tested = flags.placeOf(step.place);
        const claims = tested && sets.get(tested.key);
        // What a new object or variable starts with sets nobody's claim back.
        if (!tested || !claims || (step.place.root.kind === 'self' && types.isConstructor(id))) return;
        if (isDeclaration(fn, step)) return;
        const does = claims.get(id)?.has(step.id)
          ? 'set'
          : flags.isReset(step) && flags.isOfOne(step, claims.get(id))
            ? 'reset'
            : flags.isSet(step)
              ? null
              : 'other';
        if (does === null) return;
        const table = steps.get(id) ?? new Map<StepId, FlagStep>();
        table.set(step.id, { key: tested.key, name: names.get(tested.key) ?? tested.name, does });
        steps.set(id, table);
        if (does !== 'set') {
          const isOnce = does === 'reset' && isAfterFailure(id, step.id);
          isForOnce.set(tested.key, isOnce && (isForOnce.get(tested.key) ?? true));
        }
        if (does !== 'set' && !claims.has(id))
          resetters.set(tested.key, [...(resetters.get(tested.key) ?? []), program.site(id, step.at)]);
      });
    }
  }
  return {
    at: (fn, step) => steps.get(fn)?.get(step),
    users: new Set(steps.keys()),
    resetters: key => resetters.get(key) ?? [],
    isForOnce: key => isForOnce.get(key) ?? true,
  };
});

/** The first value of a variable of the module, or of one that closures share: another call has another variable. */
function isDeclaration(fn: FunctionFacts, { place: { root, path }, at }: Access): boolean {
  if (path.length > 0) return false;
  if (root.kind === 'module') return fn.id.endsWith('#') && fn.slots[root.name]?.at[0] === at[0];
  return root.kind === 'captured' && root.from === fn.id && fn.slots[root.slot]?.at[0] === at[0];
}

/** Walks a block for sets of what a test found unset; a suspension or other code that may run in between ends a test. */
function scan(
  block: Block,
  known: ReadonlyMap<string, Tested>,
  found: (tested: Tested, step: Access) => void,
  flags: Flags,
): void {
  let open = new Map(known);
  for (const step of block) {
    switch (step.kind) {
      case 'branch': {
        const yes = flags.unsetBy(step.condition, true);
        const no = flags.unsetBy(step.condition, false);
        for (const arm of step.arms) {
          const told = arm.when === 'true' ? yes : arm.when === 'false' ? no : [];
          scan(arm.body, new Map([...open, ...told.map(one => [one.key, one] as const)]), found, flags);
        }
        if (step.arms.some(arm => mayWait(arm.body) && !leaves(arm.body))) open = new Map();
        const left = (when: string): boolean => step.arms.some(arm => arm.when === when && leaves(arm.body));
        if (left('true')) for (const one of no) open.set(one.key, one);
        if (left('false')) for (const one of yes) open.set(one.key, one);
        break;
      }
      case 'loop': {
        scan(step.body, new Map(), found, flags);
        open = new Map();
        const told = step.condition ? flags.unsetBy(step.condition, false) : [];
        for (const one of told) open.set(one.key, one);
        break;
      }
      case 'try':
        scan(step.body, open, found, flags);
        for (const handler of step.handlers) scan(handler.body, new Map(), found, flags);
        scan(step.finally, new Map(), found, flags);
        open = new Map();
        break;
      case 'await':
      case 'wait':
      case 'acquire':
      case 'yield':
        open = new Map();
        break;
      case 'access': {
        const tested = step.mode === 'read' ? undefined : flags.placeOf(step.place);
        const claimed = tested && open.get(tested.key);
        if (claimed && flags.isSet(step)) found(claimed, step);
        if (tested) open.delete(tested.key);
        break;
      }
      default:
    }
  }
}

const leaves = (block: Block): boolean => {
  const last = block[block.length - 1];
  return last?.kind === 'exit';
};

function mayWait(block: Block): boolean {
  let waits = false;
  walkSteps(block, (step: Step) => {
    if (step.kind === 'await' || step.kind === 'wait' || step.kind === 'acquire' || step.kind === 'yield') waits = true;
  });
  return waits;
}

class Flags {
  readonly #program: Program;
  readonly #fn: FunctionId;
  readonly #types: TypeHierarchy;
  readonly #graph: CallGraph;

  constructor(program: Program, fn: FunctionId, types: TypeHierarchy, graph: CallGraph) {
    this.#program = program;
    this.#fn = fn;
    this.#types = types;
    this.#graph = graph;
  }

  /** Flags that are known to be unset where the condition holds (or does not). */
  unsetBy(condition: Condition, holds: boolean): Tested[] {
    return partsWhere(condition, holds).flatMap(one => this.#unsetByPart(one.part, one.holds));
  }

  #unsetByPart(condition: Condition, holds: boolean): Tested[] {
    switch (condition.kind) {
      case 'truthy': {
        const told = this.#toldByHelper(condition.value, holds);
        if (told) return told;
        const tested = holds ? undefined : this.#testedBy(condition.value, 0);
        return tested ? [tested] : [];
      }
      case 'equal': {
        const [left, right] = [this.#constant(condition.left), this.#constant(condition.right)];
        const constant = left ?? right;
        if (constant === undefined || (left !== undefined) === (right !== undefined)) return [];
        if (constant !== 'true' && constant !== 'false') return [];
        const isUnset = (constant === 'true') !== holds;
        const tested = isUnset ? this.#testedBy(left === undefined ? condition.left : condition.right, 0) : undefined;
        return tested ? [tested] : [];
      }
      default:
        return [];
    }
  }

  /** A call of a helper that looks at flags and tells what it saw. */
  #toldByHelper(value: ValueId, holds: boolean): Tested[] | null {
    const fn = this.#program.functions.get(this.#fn);
    const facts = fn?.values[value];
    const step = facts?.kind === 'result' ? this.#program.steps(this.#fn).get(facts.of) : undefined;
    if (!fn || step?.kind !== 'call' || !isOfOwnObject(fn, step)) return null;
    const targets = [...this.#graph.targets(this.#fn, step.id)];
    const helper = targets.length === 1 ? this.#program.functions.get(targets[0] as FunctionId) : undefined;
    const told = helper && toldBy(helper);
    return told ? new Flags(this.#program, helper.id, this.#types, this.#graph).unsetBy(told, holds) : null;
  }

  #constant(value: ValueId): string | undefined {
    const facts = this.#program.functions.get(this.#fn)?.values[value];
    return facts?.kind === 'constant' ? facts.text : undefined;
  }

  #testedBy(value: ValueId, depth: number): Tested | undefined {
    const facts = this.#program.functions.get(this.#fn)?.values[value];
    if (facts?.kind === 'read') return this.placeOf(facts.place);
    // `set.has(x)`: whether the entry is there.
    if (facts?.kind === 'from' && facts.values.length === 1 && depth < 2)
      return this.#testedBy(facts.values[0] as ValueId, depth + 1);
    return undefined;
  }

  isSet(step: Access): boolean {
    if (step.mode === 'delete' || step.value === undefined) return false;
    const facts = this.#program.functions.get(this.#fn)?.values[step.value];
    const last = step.place.path[step.place.path.length - 1];
    if (last && 'key' in last && step.mode === 'update' && last.key === step.value) return true;
    return facts?.kind === 'constant' && facts.text === 'true';
  }

  isReset(step: Access): boolean {
    if (step.mode === 'delete') return true;
    const facts = step.value === undefined ? undefined : this.#program.functions.get(this.#fn)?.values[step.value];
    return facts?.kind === 'constant' && !truthOfText(facts.text);
  }

  /** The entry that is taken out is one that the function put in: by the text of its key. */
  isOfOne(reset: Access, sets: ReadonlySet<StepId> | undefined): boolean {
    const key = this.#keyOf(reset);
    if (key === null || sets === undefined) return true;
    const steps = this.#program.steps(this.#fn);
    return [...sets].some(id => {
      const set = steps.get(id);
      return set?.kind === 'access' && this.#keyOf(set) === key;
    });
  }

  #keyOf({ place }: Access): string | null {
    const last = place.path[place.path.length - 1];
    if (!last || !('key' in last)) return null;
    return typeof last.key === 'string' ? last.key : this.#textOf(last.key, 0);
  }

  #textOf(value: ValueId, depth: number): string {
    const facts = this.#program.functions.get(this.#fn)?.values[value];
    if (facts?.kind === 'constant') return facts.text;
    if (facts?.kind === 'read') return `${JSON.stringify(facts.place.root)} ${JSON.stringify(facts.place.path)}`;
    if (facts?.kind === 'template' && depth < 3)
      return facts.parts.map(part => (typeof part === 'string' ? part : this.#textOf(part, depth + 1))).join('\n');
    if (facts?.kind === 'from' && facts.how === 'copy' && facts.values.length === 1 && depth < 3)
      return this.#textOf(facts.values[0] as ValueId, depth + 1);
    return `#${value}`;
  }

  /** A place that outlives the call: its identity across functions, and what a person calls it. */
  placeOf({ root, path }: Place): Tested | undefined {
    const parts: string[] = [];
    const names: string[] = [];
    if (root.kind === 'module') {
      parts.push(`${root.file}#${root.name}`);
      names.push(root.name);
    } else if (root.kind === 'captured' && root.slot !== 'this') {
      parts.push(`${root.from}:${root.slot}`);
      names.push(root.slot);
    } else if (root.kind !== 'self' && root.kind !== 'captured') return undefined;
    if (parts.length === 0 && path.length === 0) return undefined;
    for (const step of path) {
      if ('field' in step) {
        const owner = step.of === undefined ? '' : (this.#types.declaring(step.of, step.field) ?? step.of);
        parts.push(`${owner}.${step.field}`);
        names.push(step.field);
      } else if ('key' in step) {
        parts.push(`[${typeof step.key === 'string' ? step.key : '*'}]`);
      } else return undefined;
    }
    return { key: parts.join(' '), name: names.join('.') };
  }
}
