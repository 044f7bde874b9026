/** Emitters that handle what the promises of their listeners reject with. */
import type { Call, FunctionFacts, FunctionId, ValueId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { type Program, variableAt } from '../program.ts';
import { connectedFiles } from './connectedFiles.ts';

export interface Emitters {
  /** What is in the value was made so that it handles the rejections of its listeners. */
  handlesRejections(fn: FunctionId, value: ValueId): boolean;
}

const DEPTH = 6;

export const emitters = defineAnalysis<Emitters>('emitters', (get, program) => {
  const told = filesOfTold(program, get(connectedFiles));
  return {
    handlesRejections: (fn, value) => told.has(program.fileOf(fn)) || isHandling(program, fn, value, DEPTH),
  };
});

/** Files of the parts of the project that let all their emitters do so; what tests set counts for tests alone. */
function filesOfTold(program: Program, parts: readonly (readonly string[])[]): ReadonlySet<string> {
  const settings = [...program.functions.values()].filter(fn =>
    [...program.steps(fn.id).values()].some(step => step.kind === 'call' && isSetting(fn, step)),
  );
  const files = new Set(settings.map(fn => program.fileOf(fn.id)).filter(file => !program.modules.get(file)?.test));
  return new Set(parts.filter(part => part.some(file => files.has(file))).flat());
}

function isSetting(fn: FunctionFacts, { known, args }: Call): boolean {
  const rule = known?.listensToRejections;
  const given = rule && rule.option === undefined ? args[rule.argument] : undefined;
  const value = given === undefined ? undefined : fn.values[given];
  return value !== undefined && !(value.kind === 'constant' && value.text !== 'true');
}

function isHandling(program: Program, fn: FunctionId, value: ValueId, depth: number): boolean {
  const facts = program.functions.get(fn);
  const known = depth > 0 ? facts?.values[value] : undefined;
  if (!facts || !known) return false;
  switch (known.kind) {
    case 'result': {
      const step = program.steps(fn).get(known.of);
      return step?.kind === 'call' && (isTold(facts, step) || isMadeSo(program, step.newOf));
    }
    case 'choice':
    case 'from':
      return known.values.some(part => isHandling(program, fn, part, depth - 1));
    case 'read': {
      const { root, path } = known.place;
      if (root.kind === 'self' && path.length === 0) return isMadeSo(program, facts.owner);
      if (root.kind === 'value' && path.length === 0) return isHandling(program, fn, root.of, depth - 1);
      const last = path.at(-1);
      if (last && 'field' in last) return isFieldHandling(program, last.of, last.field, depth - 1);
      const { owner, slot } = variableAt(program, root) ?? {};
      return owner !== undefined && slot?.value != null && isHandling(program, owner.id, slot.value, depth - 1);
    }
    default:
      return false;
  }
}

function isFieldHandling(program: Program, of: string | undefined, field: string, depth: number): boolean {
  const type = of === undefined ? undefined : program.types.get(of);
  const known = type && Object.hasOwn(type.fields, field) ? type.fields[field] : undefined;
  if (!type || !known) return false;
  if (
    known.initial !== undefined &&
    type.construct !== null &&
    isHandling(program, type.construct, known.initial, depth)
  )
    return true;
  return known.type !== null && isMadeSo(program, known.type);
}

/** A class whose constructor passes the option on to its base. */
function isMadeSo(program: Program, type: string | null | undefined): boolean {
  const facts = type == null ? undefined : program.types.get(type);
  if (!facts) return false;
  const constructor = facts.construct === null ? undefined : program.functions.get(facts.construct);
  const passes =
    constructor !== undefined &&
    [...program.steps(constructor.id).values()].some(step => step.kind === 'call' && isTold(constructor, step));
  return passes || facts.supertypes.some(base => base !== type && isMadeSo(program, base));
}

function isTold(fn: FunctionFacts, step: Call): boolean {
  const rule = step.known?.listensToRejections;
  const given = rule && step.args[rule.argument];
  const options = given === undefined ? undefined : fn.values[given];
  const option =
    rule?.option !== undefined && options?.kind === 'object' && Object.hasOwn(options.fields, rule.option)
      ? options.fields[rule.option]
      : undefined;
  const value = option === undefined ? undefined : fn.values[option];
  return value !== undefined && !(value.kind === 'constant' && value.text !== 'true');
}
