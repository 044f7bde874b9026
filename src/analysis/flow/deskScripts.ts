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
  const known = new Map<string, boolean>();
  const isOne = (file: string): boolean => {
    const module = program.modules.get(file);
    if (!module || module.test || loaded.has(file) || module.platform === 'page' || module.platform === 'host')
      return false;
    if (Object.keys(module.exports).length + module.exportsAll.length > 0) return false;
    if (!isBesideOthers(program, file)) return false;
    if (isInteractive(program, file)) return true;
    return !started.has(file) && !isWorker(program, file) && !isNamedBy(program, file);
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

/** It asks a person what to do. */
const isInteractive = (program: Program, file: string): boolean =>
  [...program.functions.keys()].some(
    id =>
      program.fileOf(id) === file &&
      [...program.steps(id).values()].some(step => step.kind === 'call' && step.known?.interactive === true),
  );

/** Another module has its name in a text: it may be started by that. */
function isNamedBy(program: Program, file: string): boolean {
  const name = file.slice(file.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
  const inText = new RegExp(`["'/]${name.replace(/\W/g, '\\$&')}(?:\\.\\w+)?["']`);
  for (const fn of program.functions.values())
    if (program.fileOf(fn.id) !== file)
      for (const value of Object.values(fn.values))
        if (value.kind === 'constant' && inText.test(value.text)) return true;
  return false;
}

/** A module that is told something by whoever started it: a worker, a child process. */
const isWorker = (program: Program, file: string): boolean =>
  [...program.steps(`${file}#`).values()].some(
    step => step.kind === 'register' && [step.entry.trigger, step.entry.event].includes('message'),
  );
