/** The linked program: all facts of all files, with the tables that every analysis needs. */
import type { Analysis } from './analysis.ts';
import { withHandMadeLocks } from './handmade/handMade.ts';
import type { Broken, Shape } from './handmade/handMadeIndex.ts';
import type {
  At,
  Block,
  Call,
  FunctionFacts,
  FunctionId,
  ModuleFacts,
  PackageFacts,
  Place,
  Step,
  StepId,
  TypeFacts,
  TypeId,
} from '../model/facts.ts';
import type { Frame, Ref } from './refs.ts';

/** A place in the audited code: a file and offsets, and the function it stands in. */
export interface Site {
  file: string;
  at: At;
  in: FunctionId;
}

/** What the user says of the program besides its code. */
export interface ProgramSettings {
  /** Chains of lock names, outermost first. */
  lockOrder: readonly (readonly string[])[];
}

export interface Program {
  settings: ProgramSettings;
  modules: ReadonlyMap<string, ModuleFacts>;
  packages: readonly PackageFacts[];
  functions: ReadonlyMap<FunctionId, FunctionFacts>;
  types: ReadonlyMap<TypeId, TypeFacts>;
  /** Locks that the project makes itself, and what was meant to be one and does not exclude. */
  handMade: { readonly locks: readonly Shape[]; readonly broken: readonly Broken[] };
  /** All steps of a function, nested ones too, by id. */
  steps(id: FunctionId): ReadonlyMap<StepId, Step>;
  /** The steps of a function that lie in a loop. */
  repeatedSteps(id: FunctionId): ReadonlySet<StepId>;
  fileOf(id: FunctionId): string;
  site(id: FunctionId, at: At): Site;
}

/** The function and those that it is written in, from the inside out. */
export function* functionsAround(program: Program, fn: FunctionFacts | undefined): Generator<FunctionFacts> {
  for (let at = fn; at; at = at.parent === null ? undefined : program.functions.get(at.parent)) yield at;
}

/** Calls `visit` for every step of a block, outer before inner, in source order. */
export function walkSteps(block: Block, visit: (step: Step) => void): void {
  for (const step of block) {
    visit(step);
    switch (step.kind) {
      case 'branch':
        for (const arm of step.arms) walkSteps(arm.body, visit);
        break;
      case 'loop':
        walkSteps(step.body, visit);
        walkSteps(step.orElse, visit);
        break;
      case 'try':
        walkSteps(step.body, visit);
        for (const handler of step.handlers) walkSteps(handler.body, visit);
        walkSteps(step.orElse, visit);
        walkSteps(step.finally, visit);
        break;
      default:
    }
  }
}

/** Joins the facts of all files. Modules are taken in code-unit order of their files, whatever order they come in. */
export function linkProgram(
  facts: readonly ModuleFacts[],
  packages: readonly PackageFacts[],
  settings: ProgramSettings = { lockOrder: [] },
): Program {
  const read = [...facts].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0)).map(withHandMadeLocks);
  const modules = new Map(read.map(({ module }) => [module.file, module]));
  const functions = new Map<FunctionId, FunctionFacts>();
  const files = new Map<FunctionId, string>();
  const types = new Map<TypeId, TypeFacts>();
  for (const module of modules.values()) {
    for (const fn of module.functions) {
      functions.set(fn.id, fn);
      files.set(fn.id, module.file);
    }
    for (const type of module.types) types.set(type.id, type);
  }
  const repeated = new Map<FunctionId, ReadonlySet<StepId>>();
  const stepTables = new Map<FunctionId, ReadonlyMap<StepId, Step>>();
  const fileOf = (id: FunctionId): string => files.get(id) ?? id.slice(0, id.indexOf('#'));
  return {
    settings,
    modules,
    packages,
    functions,
    types,
    handMade: { locks: read.flatMap(({ locks }) => locks), broken: read.flatMap(({ broken }) => broken) },
    fileOf,
    site: (id, at) => ({ file: fileOf(id), at, in: id }),
    repeatedSteps(id) {
      let known = repeated.get(id);
      if (!known) {
        const made = new Set<StepId>();
        walkSteps(functions.get(id)?.body ?? [], outer => {
          if (outer.kind === 'loop') walkSteps(outer.body, inner => made.add(inner.id));
        });
        repeated.set(id, (known = made));
      }
      return known;
    },
    steps(id) {
      let table = stepTables.get(id);
      if (!table) {
        const made = new Map<StepId, Step>();
        const fn = functions.get(id);
        if (fn) walkSteps(fn.body, step => made.set(step.id, step));
        table = made;
        stepTables.set(id, table);
      }
      return table;
    },
  };
}

/**
 * The variable that a place starts from, of a module or of a function around, and whose it is; undefined for other
 * roots, and for a name that is no variable there.
 */
export function variableAt(
  program: Program,
  root: Place['root'],
): { owner: FunctionFacts; name: string; slot: FunctionFacts['slots'][string] } | undefined {
  const [id, name] =
    root.kind === 'captured' ? [root.from, root.slot] : root.kind === 'module' ? [`${root.file}#`, root.name] : [];
  const owner = id === undefined ? undefined : program.functions.get(id);
  const slot = name === undefined ? undefined : owner?.slots[name];
  return owner && name !== undefined && slot ? { owner, name, slot } : undefined;
}

/** The call that has made an object, and the activation that it stands in; null: nobody knows, or no call has. */
export function makerOf(program: Program, ref: Ref): { frame: Frame; step: Call } | null {
  if (ref.kind !== 'made' || !('step' in ref.at)) return null;
  const step = program.steps(ref.frame.fn.id).get(ref.at.step);
  return step?.kind === 'call' ? { frame: ref.frame, step } : null;
}

/** Where a name comes from that a module passes on with all others (`export * from`); undefined where it does not. */
export function passedOnBy(
  program: Program,
  file: string,
  name: string,
  seen = new Set<string>(),
): { file: string; name: string } | undefined {
  if (name === 'default' || name === '*' || seen.has(file)) return undefined;
  seen.add(file);
  for (const other of program.modules.get(file)?.exportsAll ?? []) {
    const exported = program.modules.get(other)?.exports;
    const found =
      exported && Object.hasOwn(exported, name) ? { file: other, name } : passedOnBy(program, other, name, seen);
    if (found) return found;
  }
  return undefined;
}

/** The types of locks that the program's modules have. */
export const lockTypes = (program: Program): ReadonlySet<TypeId> =>
  new Set([...program.modules.values()].flatMap(({ locks }) => Object.keys(locks)));

/** The program itself, for checks that need names and places. */
export const linkedProgram: Analysis<Program> = { name: 'program', compute: (_get, program) => program };

/** `limit(f)`, `queue.add(f)`, `pool.connect()`: a call that the tables model, which takes a unit of something bounded. */
export const takesPermit = (program: Program, id: FunctionId): boolean =>
  program.functions.get(id)?.synthetic === true &&
  [...program.steps(id).values()].some(step => step.kind === 'acquire' && step.mode === 'permit');
