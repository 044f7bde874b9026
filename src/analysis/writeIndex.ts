/** Where the program writes: variables, fields, container elements; and what functions return. Built once. */
import type { FunctionFacts, FunctionId, PathStep, Place, TypeId, ValueId } from '../model/facts.ts';
import { defineAnalysis } from './analysis.ts';
import { type Program, walkSteps } from './program.ts';

export interface Write {
  fn: FunctionFacts;
  place: Place;
  value: ValueId;
}

export interface LiteralField {
  fn: FunctionFacts;
  value: ValueId;
  type: TypeId | null;
}

export interface WriteIndex {
  /** Assignments to a captured or module variable, without its initialiser. */
  toVariable(owner: FunctionId, slot: string): readonly Write[];
  /** Writes whose last path step is this field, of any object. */
  toField(name: string): readonly Write[];
  /** Elements put into a container that is read as this field or variable (`handlers` in `this.handlers.push(h)`). */
  intoContainer(name: string): readonly Write[];
  returned(fn: FunctionId): readonly ValueId[];
  /** Values of this field in object literals, with the type of the literal where it is known. */
  inLiterals(field: string): readonly LiteralField[];
}

/** The name by which a container is known: its last field, else the variable that holds it. */
export function containerName(place: Place): string | undefined {
  const path = place.path.slice(0, -1);
  for (let i = path.length - 1; i >= 0; i -= 1) {
    const step = path[i] as PathStep;
    if ('field' in step) return step.field;
  }
  const { root } = place;
  return root.kind === 'module' ? root.name : root.kind === 'captured' ? root.slot : undefined;
}

export const writeIndex = defineAnalysis<WriteIndex>('write-index', (_get, program) => build(program));

function add<T>(lists: Map<string, T[]>, key: string, one: T): void {
  const list = lists.get(key);
  if (list) list.push(one);
  else lists.set(key, [one]);
}

function build(program: Program): WriteIndex {
  const variables = new Map<string, Write[]>();
  const fields = new Map<string, Write[]>();
  const containers = new Map<string, Write[]>();
  const returns = new Map<FunctionId, ValueId[]>();
  for (const fn of program.functions.values()) {
    walkSteps(fn.body, step => {
      if (step.kind === 'exit' && step.how === 'return' && step.value !== undefined) {
        add(returns, fn.id, step.value);
      }
      if (step.kind !== 'access' || step.value === undefined || step.mode === 'read') return;
      const write = { fn, place: step.place, value: step.value };
      const last = step.place.path[step.place.path.length - 1];
      const { root } = step.place;
      if (last === undefined) {
        if (root.kind === 'captured') add(variables, `${root.from}:${root.slot}`, write);
        if (root.kind === 'module') add(variables, `${root.file}#:${root.name}`, write);
      } else if ('field' in last) add(fields, last.field, write);
      else {
        if ('key' in last && typeof last.key === 'string') add(fields, last.key, write);
        add(containers, containerName(step.place) ?? '', write);
      }
    });
  }
  let literals: ReturnType<typeof inLiterals> | undefined;
  return {
    toVariable: (owner, slot) => variables.get(`${owner}:${slot}`) ?? [],
    toField: name => fields.get(name) ?? [],
    intoContainer: name => containers.get(name) ?? [],
    returned: fn => returns.get(fn) ?? [],
    inLiterals: field => (literals ??= inLiterals(program)).get(field) ?? [],
  };
}

function inLiterals(program: Program): ReadonlyMap<string, LiteralField[]> {
  const found = new Map<string, LiteralField[]>();
  for (const fn of program.functions.values()) {
    for (const value of fn.values) {
      if (value.kind !== 'object') continue;
      for (const [field, part] of Object.entries(value.fields)) {
        add(found, field, { fn, value: part, type: value.type });
      }
    }
  }
  return found;
}
