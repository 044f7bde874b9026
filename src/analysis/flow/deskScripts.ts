/**
 * Scripts that a person runs and watches: beside a package that has something else to start or to offer, with nothing
 * that anybody could load them for. What fails there is seen at once, and ends what was asked for.
 */
import type { PackageFacts } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import type { Program } from '../program.ts';

/** Whether a file is such a script. */
export type IsDeskScript = (file: string) => boolean;

export const deskScripts = defineAnalysis<IsDeskScript>('desk-scripts', (_get, program) => {
  const loaded = new Set(
    [...program.modules.values()].flatMap(({ imports, exportsAll }) => [...imports, ...exportsAll]),
  );
  const started = new Set(program.packages.flatMap(inOperation));
  const interactive = interactiveFiles(program);
  let named: NamedBy | undefined;
  const known = new Map<string, boolean>();
  const isOne = (file: string): boolean => {
    const module = program.modules.get(file);
    if (!module || module.test || loaded.has(file) || module.platform === 'page' || module.platform === 'host')
      return false;
    if (Object.keys(module.exports).length + module.exportsAll.length > 0) return false;
    if (!isBesideOthers(program, file)) return false;
    if (interactive.has(file)) return true;
    if (started.has(file) || isWorker(program, file)) return false;
    named ??= namesInTexts(program);
    return ![...(named.get(withoutExtension(lastPart(file))) ?? [])].some(other => other !== file);
  };
  return file => {
    let answer = known.get(file);
    if (answer === undefined) known.set(file, (answer = isOne(file)));
    return answer;
  };
});

/** What a package offers, and what it starts where nobody works on it. */
const inOperation = ({ exports, entries, development }: PackageFacts): string[] => [
  ...Object.values(exports),
  ...entries.filter(file => !development?.includes(file)),
];

/** The nearest package has something else to start or to offer. */
function isBesideOthers({ packages }: Program, file: string): boolean {
  const around = packages.filter(({ root }) => root === '' || file.startsWith(`${root}/`));
  const nearest = around.reduce<PackageFacts | null>(
    (best, one) => (best && best.root.length >= one.root.length ? best : one),
    null,
  );
  return nearest !== null && inOperation(nearest).some(one => one !== file);
}

/** They ask a person what to do. */
function interactiveFiles(program: Program): ReadonlySet<string> {
  const found = new Set<string>();
  for (const id of program.functions.keys())
    for (const step of program.steps(id).values())
      if (step.kind === 'call' && step.known?.interactive) found.add(program.fileOf(id));
  return found;
}

/** By the last part of a path, with and without its extension: the files that have such a path in a text. */
type NamedBy = ReadonlyMap<string, ReadonlySet<string>>;

const PATH_END = /["'/]([^"'/]+)(?=["'])/g;
const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const withoutExtension = (name: string): string => name.replace(/\.\w+$/, '');

/** What a text names may be started by the module that the text stands in. */
function namesInTexts(program: Program): NamedBy {
  const found = new Map<string, Set<string>>();
  for (const fn of program.functions.values())
    for (const value of fn.values)
      if (value.kind === 'constant')
        for (const [, end = ''] of value.text.matchAll(PATH_END))
          for (const name of [end, withoutExtension(end)]) {
            const files = found.get(name) ?? new Set();
            found.set(name, files.add(program.fileOf(fn.id)));
          }
  return found;
}

/** A module that is told something by whoever started it: a worker, a child process. */
const isWorker = (program: Program, file: string): boolean =>
  [...program.steps(`${file}#`).values()].some(
    step => step.kind === 'register' && [step.entry.trigger, step.entry.event].includes('message'),
  );
