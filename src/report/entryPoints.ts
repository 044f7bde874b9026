/** Functions that the user declares as started by the outside (configuration `entryPoints`). */
import type { FunctionFacts, ModuleFacts, Register, Value } from '../model/facts.ts';
import type { Diagnostic } from '../model/report.ts';
import { walkSteps } from '../analysis/program.ts';
import { globToRegExp } from '../util/glob.ts';

/**
 * Adds a `register` step to the module body for every function that a pattern names: `file` (a glob; every exported
 * function) or `file#Function.name`. A pattern that names nothing is a diagnostic.
 */
export function withEntryPoints(
  modules: readonly ModuleFacts[],
  patterns: readonly string[],
  diagnostics: Diagnostic[],
): ModuleFacts[] {
  const named = new Map<ModuleFacts, Set<FunctionFacts>>();
  for (const pattern of patterns) {
    const found = modules.flatMap(module => matching(module, pattern).map(fn => ({ module, fn })));
    if (found.length === 0) {
      diagnostics.push({ kind: 'config', severity: 'warning', message: `entryPoints: nothing is named by ${pattern}` });
    }
    for (const { module, fn } of found) named.set(module, (named.get(module) ?? new Set()).add(fn));
  }
  return modules.map(module => {
    const functions = named.get(module);
    return functions ? register(module, [...functions]) : module;
  });
}

function matching(module: ModuleFacts, pattern: string): FunctionFacts[] {
  const hash = pattern.indexOf('#');
  if (!globToRegExp(pattern.slice(0, hash < 0 ? pattern.length : hash).replace(/^(\.?\/)+/, '')).test(module.file))
    return [];
  if (hash >= 0) return module.functions.filter(({ id }) => id === `${module.file}${pattern.slice(hash)}`);
  const body = module.functions[0];
  const exported = new Set(
    Object.values(module.exports).flatMap(target =>
      'value' in target ? functionIds(body?.values[target.value], body) : [],
    ),
  );
  return module.functions.filter(({ id }) => exported.has(id));
}

function functionIds(value: Value | undefined, body: FunctionFacts | undefined): string[] {
  if (value?.kind === 'function') return [value.id];
  if (value?.kind !== 'read' || value.place.root.kind !== 'module') return [];
  const slot = body?.slots[value.place.root.name];
  const held = slot?.value === null || slot === undefined ? undefined : body?.values[slot.value];
  return held?.kind === 'function' ? [held.id] : [];
}

function register(module: ModuleFacts, functions: readonly FunctionFacts[]): ModuleFacts {
  const body = module.functions[0];
  if (!body) return module;
  let next = 0;
  walkSteps(body.body, step => (next = Math.max(next, step.id + 1)));
  const values = [...body.values];
  const steps = functions.map((fn): Register => {
    const handler = values.push({ kind: 'function', id: fn.id }) - 1;
    const entry: Register['entry'] = {
      function: fn.id,
      trigger: 'export',
      label: fn.name,
      instances: 'many',
      evidence: 'framework',
      awaitsHandler: true,
      rejection: 'reported',
      confined: [],
      runsOn: 'event-loop',
      test: false,
    };
    return { kind: 'register', id: next++, at: fn.nameAt, handler, entry };
  });
  return { ...module, functions: [{ ...body, values, body: [...body.body, ...steps] }, ...module.functions.slice(1)] };
}
