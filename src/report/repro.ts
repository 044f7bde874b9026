/** From a deadlock that the analyses found to the plan of a test that runs into it. */
import { evaluator } from '../analysis/flow/evaluator.ts';
import { lockOrder } from '../analysis/locks/lockOrder.ts';
import { lockReentry } from '../analysis/locks/lockReentry.ts';
import { askingSite, describeActivity, traceSteps } from '../analysis/locks/lockStory.ts';
import type { LockActivity } from '../analysis/locks/lockActivities.ts';
import { type Held, type Pair, traceEnd } from '../analysis/locks/lockPairs.ts';
import { poolDeadlock } from '../analysis/locks/poolDeadlock.ts';
import type { Site } from '../analysis/program.ts';
import { typeOf } from '../analysis/refs.ts';
import type { Library } from '../libraries/library.ts';
import type { FunctionFacts } from '../model/facts.ts';
import type { ReproEntry, ReproParameter, ReproPlan, ReproStop, ReproTask } from '../model/repro.ts';
import { UserError } from '../util/errors.ts';
import type { Linked } from './linked.ts';
import type { AskedPlace } from './why.ts';

/** One deadlock: the hops of a circle, or the one task that waits for itself, so many times. */
interface Deadlock {
  rule: string;
  at: Site;
  hops: readonly { held: Held; pair: Pair; by: LockActivity }[];
  /** How many run the same; null: nobody knows how many are needed. */
  times: number | null;
}

const MOST_TASKS = 64;

/** Throws `UserError` when no deadlock has a place there. */
export function planRepro(place: AskedPlace, linked: Linked, libraries: readonly Library[]): ReproPlan {
  const { sources } = linked.loaded;
  const isHere = ({ file, at }: Site): boolean =>
    file === place.file &&
    sources.of(file).position(at[0]).line <= place.line &&
    sources.of(file).position(at[1]).line >= place.line;
  const found = deadlocks(linked).find(
    ({ at, hops }) =>
      isHere(at) ||
      hops.some(({ held, pair }) =>
        [...traceSteps(held.trace), ...traceSteps(pair.trace)].some(step => isHere(step.site)),
      ),
  );
  if (!found)
    throw new UserError(
      `No deadlock has a place at ${place.file}:${place.line}`,
      'A test is written for findings of lock-order-cycle, lock-reentry and pool-self-deadlock.',
    );
  return planOf(found, linked, libraries);
}

function deadlocks({ get }: Linked): Deadlock[] {
  return [
    ...get(lockOrder).cycles.map(({ edges }): Deadlock => {
      const [first] = edges;
      return {
        rule: 'lock-order-cycle',
        at: first ? askingSite(first.held, first.pair) : NOWHERE,
        hops: edges,
        times: 1,
      };
    }),
    ...get(lockReentry).map(({ at, ...hop }): Deadlock => ({ rule: 'lock-reentry', at, hops: [hop], times: 1 })),
    ...get(poolDeadlock).map(({ at, how, ...hop }): Deadlock => {
      const { capacity } = hop.pair.acquires;
      const isMany = how === 'many' || how === 'serial';
      return { rule: 'pool-self-deadlock', at, hops: [hop], times: isMany ? capacity : 1 };
    }),
  ];
}

const NOWHERE: Site = { file: '', at: [0, 0], in: '' };

function planOf({ rule, at, hops, times }: Deadlock, linked: Linked, libraries: readonly Library[]): ReproPlan {
  const activities = [...new Set(hops.map(({ by }) => by))];
  const isOne = activities.length === 1 && hops.length > 1 && hops.every(({ pair }) => pair.forks.length > 0);
  const shown = isOne ? hops.slice(0, 1) : hops;
  const tasks = shown.flatMap(hop =>
    Array.from({ length: Math.min(times ?? 1, MOST_TASKS) }, () => taskOf(hop, linked)),
  );
  const unknown: string[] = [];
  if (times === null)
    unknown.push('how many tasks it takes to hold all units: repeat the task as often as there are units');
  if (shown.length > 1 && hops.every(({ held, pair }) => held.lock.site === pair.acquires.site))
    unknown.push('which two objects: give both to each task, to the second one the other way round');
  const stops = stopsOf(hops, libraries);
  if (stops.length === 0)
    unknown.push('how to stop a task after it has taken a lock of this kind: the tasks only run side by side');
  return {
    rule,
    place: placeOf(at, linked),
    language: linked.program.modules.get(at.file)?.language ?? '',
    tasks,
    stops,
    unknown,
  };
}

function placeOf({ file, at }: Site, { loaded }: Linked): string {
  const { line, column } = loaded.sources.of(file).position(at[0]);
  return `${file}:${line}:${column}`;
}

function taskOf({ held, pair, by }: Deadlock['hops'][number], linked: Linked): ReproTask {
  const title = `takes \`${held.lock.name}\` (${placeOf(traceEnd(held.trace), linked)}), then waits for \`${pair.acquires.name}\` (${placeOf(traceEnd(pair.trace), linked)})`;
  return { title, entry: entryOf(by, linked) };
}

function entryOf(by: LockActivity, linked: Linked): ReproEntry {
  const { activity } = by;
  const { fn } = activity.frame;
  const file = linked.program.fileOf(fn.id);
  if (activity.trigger === 'module') return { kind: 'module', file };
  const exported = exportedAs(by, linked);
  if (exported) return exported;
  const place = placeOf(linked.program.site(fn.id, fn.nameAt), linked);
  return { kind: 'unknown', what: describeActivity(by), place };
}

/** By the export that is the function, the instance that has the method, or the class that declares it. */
function exportedAs({ activity }: LockActivity, { program, get }: Linked): ReproEntry | null {
  const { frame } = activity;
  const { fn } = frame;
  const file = program.fileOf(fn.id);
  const module = program.modules.get(file);
  const body = program.functions.get(`${file}#`);
  if (!module || !body) return null;
  const member = fn.owner === null ? null : fn.name.slice(fn.name.lastIndexOf('.') + 1);
  const evaluate = get(evaluator);
  let ofClass: ReproEntry | null = null;
  for (const [name, exported] of Object.entries(module.exports)) {
    if (!('value' in exported)) continue;
    for (const ref of evaluate.evaluate(evaluate.symbolicFrame(body), exported.value)) {
      if (ref.kind === 'function' && ref.fn === fn.id)
        return { kind: 'call', file, path: [name], parameters: required(fn) };
      if (member === null) continue;
      if (ref.kind === 'made' && ref.type === fn.owner)
        return { kind: 'call', file, path: [name, member], parameters: required(fn) };
      if (ref.kind === 'class' && ref.type === fn.owner && fn.isStatic)
        return { kind: 'call', file, path: [name, member], parameters: required(fn) };
      if (ref.kind !== 'class' || ref.type !== fn.owner) continue;
      const construct = program.types.get(ref.type)?.construct;
      const maker = construct == null ? undefined : program.functions.get(construct);
      const constructor = maker ? required(maker) : [];
      ofClass = { kind: 'method', file, type: name, constructor, member, parameters: required(fn) };
    }
  }
  return ofClass;
}

const required = ({ parameters }: FunctionFacts): ReproParameter[] =>
  parameters
    .filter(({ optional, rest, initial }) => !optional && !rest && initial === undefined)
    .map(({ name, type }) => ({ name, type: type === null ? null : type.slice(type.lastIndexOf('#') + 1) }));

/** The APIs of the tables that take the locks of the deadlock. */
function stopsOf(hops: Deadlock['hops'], libraries: readonly Library[]): ReproStop[] {
  const types = new Set(hops.flatMap(({ held, pair }) => [typeOf(held.lock.ref), typeOf(pair.acquires.ref)]));
  return libraries.flatMap(({ package: name, apis }) =>
    Object.entries(apis).flatMap(([api, entry]): ReproStop[] => {
      const [, type, member] = /^(\w+)\.(\w+)$/.exec(api) ?? [];
      if (type === undefined || member === undefined || !types.has(`${name}#${type}`)) return [];
      const effects = (Array.isArray(entry) ? entry : [entry]).flatMap(({ does }) => does);
      return effects.flatMap((effect): ReproStop[] => {
        if (effect.does === 'acquire' && effect.async) return [{ package: name, type, member, callback: null }];
        if (effect.does !== 'run-locked' || typeof effect.callback !== 'number') return [];
        return [{ package: name, type, member, callback: effect.callback }];
      });
    }),
  );
}
