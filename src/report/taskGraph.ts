/** The ownership tree as data, and in the languages of graphs: who owns what runs, from where it starts, how it ends. */
import { type EndHow, type OwnedTask, type Owner, type TaskTree, taskTree } from '../analysis/tasks/taskTree.ts';
import type { Program, Site } from '../analysis/program.ts';
import { byKeys } from '../util/compare.ts';
import { dotText, mermaidText } from '../util/graphText.ts';
import { drawn, type DrawnFormat, placeIn } from './drawnGraph.ts';
import type { Linked } from './linked.ts';
import { taskGraphText } from './taskGraphText.ts';

export interface TaskNode {
  id: string;
  what: OwnedTask['what'];
  name: string;
  at: string;
  /** The function that starts it. */
  in: string;
  owner: string;
  /** The field or variable that holds it; `inside`: in a container there. */
  kept: OwnedTask['kept'];
  /** Nearest first, at most ten. `task`: the id of the task whose work leads to the start. */
  from: ({ trigger: string; label: string; at: string } | { task: string })[];
  end: OwnedTask['end'];
  how: EndHow;
  endedAt: { at: string; in: string } | null;
}
export interface OwnerNode {
  id: string;
  kind: Owner['kind'];
  /** Of a function, a class, a file; empty where there is only one of the kind. */
  name: string;
  at: string | null;
}
export interface TaskGraph {
  owners: OwnerNode[];
  tasks: TaskNode[];
  inPlace: TaskTree['inPlace'];
}

/** An empty tree is told as such. */
export function printTaskGraph(linked: Pick<Linked, 'program' | 'get' | 'loaded'>, format: DrawnFormat): string {
  return drawn(graphOf(linked), format, { dot, mermaid, text: taskGraphText });
}

function graphOf({ program, get, loaded }: Pick<Linked, 'program' | 'get' | 'loaded'>): TaskGraph {
  const { tasks, inPlace } = get(taskTree);
  const place = placeIn(loaded);
  const ids = new Map(tasks.map((task, index) => [task, `t${index + 1}`]));
  const owners = ownersOf(tasks, program, place);
  const fnName = (id: string): string => program.functions.get(id)?.name ?? id;
  return {
    owners: [...owners.values()],
    tasks: tasks.map(task => ({
      id: ids.get(task) ?? '',
      what: task.what,
      name: task.name,
      at: place(task.site),
      in: fnName(task.startedBy),
      owner: owners.get(keyOf(task.owner))?.id ?? '',
      kept: task.kept,
      from: task.origins.map(origin =>
        origin.kind === 'task'
          ? { task: ids.get(origin.task) ?? '' }
          : { trigger: origin.trigger, label: origin.label, at: place(origin.site) },
      ),
      end: task.end,
      how: task.how,
      endedAt: task.endedAt && { at: place(task.endedAt), in: fnName(task.endedAt.in) },
    })),
    inPlace,
  };
}

const keyOf = (owner: Owner): string =>
  [owner.kind, ...Object.entries(owner).flatMap(([key, value]) => (key === 'kind' ? [] : [value]))].join(' ');

/** Owners with a place first, by place; then those of which there is one of a kind, nobody last. */
function ownersOf(
  tasks: readonly OwnedTask[],
  program: Program,
  place: (site: Site) => string,
): ReadonlyMap<string, OwnerNode> {
  const found = new Map<string, { owner: Owner; name: string; site: Site | null }>();
  for (const { owner } of tasks) found.set(keyOf(owner), { owner, ...told(owner, program) });
  const sorted = [...found].sort(([, a], [, b]) => byKeys(sortKeys(a), sortKeys(b)));
  return new Map(
    sorted.map(([key, { owner, name, site }], index) => [
      key,
      { id: `o${index + 1}`, kind: owner.kind, name, at: site && place(site) },
    ]),
  );
}

const LAST: readonly Owner['kind'][] = ['outside', 'runtime', 'nobody'];
const sortKeys = ({ owner, name, site }: { owner: Owner; name: string; site: Site | null }): (string | number)[] => [
  LAST.indexOf(owner.kind),
  site?.file ?? '',
  site?.at[0] ?? 0,
  owner.kind,
  name,
];

function told(owner: Owner, program: Program): { name: string; site: Site | null } {
  switch (owner.kind) {
    case 'function':
    case 'callers':
      return ofFunction(owner.fn, program);
    case 'variables':
      return ofFunction(owner.of, program);
    case 'class': {
      const type = program.types.get(owner.type);
      const file = owner.type.slice(0, owner.type.lastIndexOf('#'));
      const name = type?.name ?? owner.type.slice(owner.type.lastIndexOf('#') + 1);
      return { name, site: type && program.modules.has(file) ? { file, at: type.at, in: `${file}#` } : null };
    }
    case 'program':
      return { name: owner.file, site: { file: owner.file, at: [0, 0], in: `${owner.file}#` } };
    default:
      return { name: '', site: null };
  }
}

function ofFunction(id: string, program: Program): { name: string; site: Site | null } {
  const fn = program.functions.get(id);
  if (!fn) return { name: id, site: null };
  return { name: fn.name, site: program.site(id, id === `${program.fileOf(id)}#` ? [0, 0] : fn.nameAt) };
}

/** What an owner is called; shared with the text. */
export function ownerWords({ kind, name }: OwnerNode): string {
  switch (kind) {
    case 'callers':
      return `callers of ${name}`;
    case 'outside':
      return 'code outside of the project';
    case 'runtime':
      return 'the runtime';
    case 'nobody':
      return 'nobody';
    default:
      return name;
  }
}

const COLORS: Record<OwnedTask['end'], string> = {
  joined: 'darkgreen',
  cancelled: 'blue',
  'by itself': 'gray',
  detached: 'orange',
  orphan: 'red',
};
const labelOf = (task: TaskNode): string[] => [taskWords(task), task.at, task.end];

/** What a task is called; shared with the text. Some have no name but what they are. */
export const taskWords = ({ what, name }: TaskNode): string => (name === what ? what : `${what} ${name}`);

/** Owners point at their tasks; dashed lines lead from where control comes from to what it starts. */
function dot({ owners, tasks }: TaskGraph): string {
  const entries = entriesOf(tasks);
  return [
    'digraph tasks {',
    '  rankdir=LR;',
    ...owners.map(owner => `  ${owner.id} [shape=folder, label=${dotText(ownerWords(owner))}];`),
    ...[...entries].map(([label, id]) => `  ${id} [shape=cds, label=${dotText(label)}];`),
    ...tasks.map(task => `  ${task.id} [shape=box, color=${COLORS[task.end]}, label=${dotText(...labelOf(task))}];`),
    ...tasks.map(({ id, owner, kept }) => `  ${owner} -> ${id}${kept ? ` [label=${dotText(kept.name)}]` : ''};`),
    ...starts(tasks, entries).map(([from, to]) => `  ${from} -> ${to} [style=dashed];`),
    '}',
    '',
  ].join('\n');
}

function mermaid({ owners, tasks }: TaskGraph): string {
  const entries = entriesOf(tasks);
  return [
    'flowchart LR',
    ...owners.map(owner => `  ${owner.id}[(${mermaidText(ownerWords(owner))})]`),
    ...[...entries].map(([label, id]) => `  ${id}([${mermaidText(label)}])`),
    ...tasks.map(task => `  ${task.id}[${mermaidText(...labelOf(task))}]`),
    ...tasks.map(({ id, owner, kept }) => `  ${owner} -->${kept ? `|${mermaidText(kept.name)}|` : ''} ${id}`),
    ...starts(tasks, entries).map(([from, to]) => `  ${from} -.-> ${to}`),
    ...tasks.map(({ id, end }) => `  style ${id} stroke:${COLORS[end]}`),
    '',
  ].join('\n');
}

/** Entry points by what they are called and where. */
function entriesOf(tasks: readonly TaskNode[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { from } of tasks)
    for (const one of from)
      if ('label' in one && !found.has(entryLabel(one))) found.set(entryLabel(one), `e${found.size + 1}`);
  return found;
}

const entryLabel = ({ label, at }: { label: string; at: string }): string =>
  at.startsWith(`${label}:`) ? label : `${label}  ${at}`;

const starts = (tasks: readonly TaskNode[], entries: ReadonlyMap<string, string>): [string, string][] =>
  tasks.flatMap(({ id, from }) =>
    from.map((one): [string, string] => ['task' in one ? one.task : (entries.get(entryLabel(one)) ?? ''), id]),
  );
