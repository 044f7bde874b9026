/** In-process locks around records that several processes of the program write. */
import type { Step } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { isWrite } from './footprints.ts';
import { type Guarded, guardedState } from './guardedState.ts';
import { traceEnd } from '../locks/lockPairs.ts';
import type { Lock } from '../locks/locks.ts';
import type { Program, Site } from '../program.ts';

export interface ProcessSharing {
  readonly lock: Lock;
  readonly at: Site;
  readonly section: Site;
  readonly write: Site;
  readonly store: string;
  /** Where the other process or thread is started. */
  readonly started: Site;
  readonly what: 'process' | 'thread';
  readonly sure: boolean;
}

interface Start {
  site: Site;
  what: 'process' | 'thread';
  /** The files that run in what is started. */
  files: ReadonlySet<string>;
  /** More than one is started, or the starter runs the same files. */
  many: boolean;
}

export const processSharing = defineAnalysis<readonly ProcessSharing[]>('process-sharing', (get, program) => {
  const starts = findStarts(program);
  const found = new Map<string, ProcessSharing>();
  if (starts.length === 0) return [];
  for (const one of get(guardedState).all) {
    const { lock } = one.held.held;
    if (one.location.where !== 'store' || !isWrite(one.moment.step.mode) || lock.kind.reach === 'machine') continue;
    if (lock.kind.reach === 'store' || found.has(lock.site)) continue;
    const { file } = program.site(one.moment.frame.fn.id, one.moment.step.at);
    const section = traceEnd(one.held.held.trace);
    // What writes may be a helper that everybody uses: it is the section that the other process has to run, too.
    const start = starts.find(each => each.files.has(file) && each.files.has(section.file) && each.many);
    if (!start || (start.what === 'thread' && lock.kind.reach === 'process')) continue;
    found.set(lock.site, {
      lock,
      at: lock.declared ?? section,
      section,
      write: program.site(one.moment.frame.fn.id, one.moment.step.at),
      store: one.location.name,
      started: start.site,
      what: start.what,
      sure: isReadToo(get(guardedState).under(lock.site), one),
    });
  }
  return [...found.values()];
});

const isReadToo = (all: readonly Guarded[], write: Guarded): boolean =>
  all.some(one => !isWrite(one.moment.step.mode) && one.location.keys.some(key => write.location.keys.includes(key)));

function findStarts(program: Program): Start[] {
  const found: Start[] = [];
  for (const fn of program.functions.values()) {
    const file = program.fileOf(fn.id);
    if (program.modules.get(file)?.test) continue;
    for (const step of program.steps(fn.id).values()) {
      if (step.kind !== 'spawn' || (step.how !== 'process' && step.how !== 'thread')) continue;
      const target = targetFile(program, fn.id, step);
      if (target === undefined) continue;
      const runs = importsOf(program, target);
      const own = importsOf(program, file);
      const several = program.repeatedSteps(fn.id).has(step.id) || target === file;
      const files = several ? runs : new Set([...runs].filter(one => own.has(one)));
      found.push({ site: program.site(fn.id, step.at), what: step.how, files, many: true });
    }
  }
  return found;
}

/** The file that is started: this program itself again, or a module named in the call. */
function targetFile(program: Program, fn: string, step: Extract<Step, { kind: 'spawn' }>): string | undefined {
  const file = program.fileOf(fn);
  const facts = program.functions.get(fn);
  const texts = facts ? constantsIn(program, fn, step.body, 4) : [];
  const [text] = texts;
  if (text === undefined) {
    const body = facts?.values[step.body];
    return body?.kind === 'unknown' && body.text.endsWith('.fork') ? file : undefined;
  }
  if (text === '__filename') return file;
  const base = file.includes('/') ? file.slice(0, file.lastIndexOf('/') + 1) : '';
  const stem = normal(base + text.replace(/^\.\//, '')).replace(/\.[cm]?[jt]sx?$/, '');
  return [...program.modules.keys()].find(one => one.replace(/\.[cm]?[jt]sx?$/, '') === stem);
}

function constantsIn(program: Program, fn: string, value: number, depth: number): string[] {
  const facts = program.functions.get(fn)?.values[value];
  if (!facts || depth === 0) return [];
  if (facts.kind === 'constant' && facts.text.startsWith('"')) return [JSON.parse(facts.text) as string];
  if (facts.kind === 'read' && facts.place.root.kind === 'external' && facts.place.root.name.endsWith('#__filename'))
    return ['__filename'];
  if (facts.kind === 'choice' || facts.kind === 'from')
    return facts.values.flatMap(part => constantsIn(program, fn, part, depth - 1));
  const step = facts.kind === 'result' ? program.steps(fn).get(facts.of) : undefined;
  return step?.kind === 'call' ? step.args.slice(0, 1).flatMap(arg => constantsIn(program, fn, arg, depth - 1)) : [];
}

function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function importsOf(program: Program, file: string): Set<string> {
  const found = new Set([file]);
  for (const one of found)
    for (const next of [...(program.modules.get(one)?.imports ?? []), ...(program.modules.get(one)?.exportsAll ?? [])])
      found.add(next);
  return found;
}
