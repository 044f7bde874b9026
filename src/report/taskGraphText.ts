/** The ownership tree as indented text: owners, what they own, and for each task where it comes from and how it ends. */
import type { EndHow } from '../analysis/tasks/taskTree.ts';
import { type OwnerNode, ownerWords, type TaskGraph, type TaskNode, taskWords } from './taskGraph.ts';

const ENDS: readonly (readonly [end: TaskNode['end'], one: string, many: string])[] = [
  ['joined', 'is joined', 'are joined'],
  ['cancelled', 'is cancelled', 'are cancelled'],
  ['by itself', 'ends by itself', 'end by themselves'],
  ['detached', 'is detached on purpose', 'are detached on purpose'],
  ['orphan', 'is an orphan', 'are orphans'],
];
/** Entry points that are told of one task; the rest is counted. */
const FEW = 3;

export function taskGraphText({ owners, tasks, inPlace }: TaskGraph): string {
  const lines = [summary(tasks)];
  const { awaited, returned } = inPlace;
  if (awaited + returned > 0)
    lines.push(`Not listed: ${promises(awaited + returned)}, awaited (${awaited}) or returned (${returned}) in place.`);
  for (const owner of owners) {
    lines.push('', ownerLine(owner));
    for (const task of tasks) if (task.owner === owner.id) lines.push(...taskLines(task));
  }
  return `${lines.join('\n')}\n`;
}

const promises = (count: number): string => (count === 1 ? 'one promise' : `${count} promises`);

function summary(tasks: readonly TaskNode[]): string {
  if (tasks.length === 0) return 'Nothing runs beside the code that starts it.';
  const parts = ENDS.flatMap(([end, one, many]) => {
    const count = tasks.filter(task => task.end === end).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
  const what = tasks.length === 1 ? '1 task runs' : `${tasks.length} tasks run`;
  return `${what} beside the code that starts ${tasks.length === 1 ? 'it' : 'them'}: ${parts.join(', ')}.`;
}

function ownerLine(owner: OwnerNode): string {
  const words = ownerWords(owner);
  // A module body is called what its file is.
  if (owner.at?.startsWith(`${words}:`)) return `${owner.kind === 'program' ? 'program' : 'module'} ${words}`;
  return `${owner.kind === 'class' ? 'class ' : ''}${words}${owner.at === null ? '' : `  ${owner.at}`}`;
}

function taskLines(task: TaskNode): string[] {
  const { id, at, in: starter, from, kept } = task;
  const holder = kept ? `, ${kept.inside ? 'in' : 'as'} \`${kept.name}\`` : '';
  return [`  ${id} ${taskWords(task)}${holder}  ${at} in ${starter}`, ...fromLine(from), `     ${endWords(task)}`];
}

function fromLine(from: TaskNode['from']): string[] {
  if (from.length === 0) return ['     from nothing that the program calls'];
  const told = from.slice(0, FEW).map(one => ('task' in one ? one.task : one.label));
  const more = from.length - told.length;
  return [
    `     from ${told.join(', ')}${more > 0 ? `, and ${from.length === 10 ? `${more} or more` : more} others` : ''}`,
  ];
}

function endWords({ end, how, endedAt }: Pick<TaskNode, 'end' | 'how' | 'endedAt'>): string {
  const where = endedAt ? `  ${endedAt.at} in ${endedAt.in}` : '';
  return `${end}: ${HOW[how]}${where}`;
}

const HOW: Record<EndHow, string> = {
  awaited: 'awaited',
  returned: 'returned',
  yielded: 'yielded',
  thrown: 'thrown',
  passed: 'given away',
  owned: 'given to its owner',
  chained: 'its reaction is looked after',
  combined: 'combined with others',
  used: 'used',
  cleared: 'cleared',
  unref: 'it does not keep the process alive',
  watched: 'its end is listened to',
  public: 'code outside of the project may wait for it',
  mistaken: 'only tested or computed with',
  dropped: 'dropped',
  'some-path': 'awaited on one path, and not on another',
  kept: 'kept where nobody waits for it',
  ignored: 'given to a function that does nothing with it',
  void: 'started with `void`',
  outlives: 'the scope around it closes what it uses',
  caught: 'its errors are handled, and nobody waits for it',
  closure: 'run on the spot, with its own handler, and nobody waits for it',
  'not-joined': 'no member awaits or cancels it',
  interval: 'nothing clears it',
  unwatched: 'nobody observes its end',
  once: 'runs once',
  emitter: 'lives as long as what it listens to',
  removed: 'removed',
  stopped: 'stopped when the program is told to terminate',
  unstopped: 'nothing stops it when the program is told to terminate',
  queued: 'its queue runs it',
  declared: 'let go on purpose',
};
