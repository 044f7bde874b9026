/** Objects that tell the end of everything that they start: `cluster.on('exit', …)` hears of every `cluster.fork()`. */
import type { Call, FunctionFacts, FunctionId, Place, Step } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { connectedFiles } from '../flow/connectedFiles.ts';
import { type Program, variableAt } from '../program.ts';

/** Whether somebody listens, on what the call is made on, to the ends of what such calls start. */
export const watchedMakers = defineAnalysis<(fn: FunctionId, call: Call) => boolean>(
  'watched-makers',
  (get, program) => {
    const listened = listenersIn(get, program);
    return (fn, { known, receiver }) => {
      const told = known?.resource?.toldBy ?? [];
      const facts = program.functions.get(fn);
      const of =
        facts && told.length > 0 && receiver !== undefined
          ? packageOf(program, facts, { kind: 'value', of: receiver })
          : undefined;
      return of !== undefined && told.some(event => listened.get(program.fileOf(fn))?.has(`${of} ${event}`));
    };
  },
);

/** By file of a part of the project: objects of libraries and their events that the part listens to. */
function listenersIn(get: Get, program: Program): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const part of get(connectedFiles)) {
    const keys = new Set<string>();
    for (const file of part) found.set(file, keys);
  }
  for (const fn of program.functions.values())
    for (const step of program.steps(fn.id).values()) {
      const key = listenedTo(program, fn, step);
      if (key !== undefined) found.get(program.fileOf(fn.id))?.add(key);
    }
  return found;
}

const EVENT = 'on:';

/** A listener is put to the others of its event: `update cluster.on:exit`. */
function listenedTo(program: Program, fn: FunctionFacts, step: Step): string | undefined {
  if (step.kind !== 'access' || step.mode === 'read') return undefined;
  const { root, path } = step.place;
  const event = path.find(part => 'field' in part && part.field.startsWith(EVENT));
  const of = event === path[0] ? packageOf(program, fn, root) : undefined;
  return of !== undefined && event && 'field' in event ? `${of} ${event.field.slice(EVENT.length)}` : undefined;
}

/** The package whose own object is there: its default export or the whole module. */
function packageOf(program: Program, fn: FunctionFacts, root: Place['root']): string | undefined {
  if (root.kind === 'external') return /^(.*)#(?:default|\*|export=)$/.exec(root.name)?.[1];
  const variable = variableAt(program, root);
  const from = variable && !variable.slot.assignedAgain ? variable.owner : fn;
  const value = root.kind === 'value' ? root.of : variable?.slot.assignedAgain ? null : variable?.slot.value;
  const known = value == null ? undefined : from.values[value];
  return known?.kind === 'read' && known.place.path.length === 0
    ? packageOf(program, from, known.place.root)
    : undefined;
}
