/**
 * Scripts whose failure is told by how they end: when a promise that nobody looks at rejects, the process ends with that
 * error, as it would after a top-level `await`, which not every script can have.
 */
import type { Block, FunctionId, Step, StepId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { callGraph } from '../flow/callGraph.ts';
import { processScopes } from '../tasks/ownershipScopes.ts';
import { contains, innerBlocks, isInProgram } from '../steps.ts';
import { walkSteps } from '../program.ts';
import type { PromiseFate } from './promisesFate.ts';

/** Folders of code that shows or tries something out: whoever runs a script of these sits before it and reads its error. */
const TRIED = /(?:^|\/)(?:examples?|samples?|demos?|snippets?|playgrounds?|sandbox|dev|bench(?:marks?)?|docs?)\//i;

/**
 * Whether a promise is dropped where nothing runs after that: at the end of a module that is started and that nothing
 * takes anything from, of what a module runs only where it is the program, or of a function (`main`) that only the end of such a module runs; or anywhere in one that is there to be tried out.
 */
export const endsScript = defineAnalysis<(fate: PromiseFate) => boolean>('script-ends', (get, program) => {
  const scopes = get(processScopes);
  const graph = get(callGraph);
  const isLast = (fn: FunctionId, id: StepId, depth: number): boolean => {
    const elsewhere = otherArms(program.functions.get(fn)?.body ?? [], id);
    const follows = [...program.steps(fn).values()].filter(step => step.id > id && !elsewhere.has(step.id));
    if (!follows.every(runsNothing)) return false;
    const file = program.fileOf(fn);
    if (fn === `${file}#`) return true;
    const callers = depth === 0 || graph.escapes(fn) ? [] : graph.callers(fn);
    return (
      callers.length > 0 &&
      callers.every(({ caller, step }) => program.fileOf(caller) === file && isLast(caller, step, depth - 1))
    );
  };
  const imported = new Set([...program.modules.values()].flatMap(({ imports }) => imports));
  const started = new Set(program.packages.flatMap(one => one.entries));
  const offered = new Set(program.packages.flatMap(one => Object.values(one.exports)));
  const scripts = new Set(
    [...program.modules.values()]
      .filter(({ file, exports }) => {
        // What a file that a package starts, and nobody imports, exports is there for its tests.
        const isStarted = started.has(file) && !imported.has(file) && !offered.has(file);
        return (Object.keys(exports).length === 0 || isStarted) && scopes.isEntry(file);
      })
      .map(({ file }) => file),
  );
  return ({ node, fate }) => {
    const file = program.fileOf(node.fn);
    if (fate.kind !== 'dropped') return false;
    const body = program.functions.get(node.fn)?.body ?? [];
    if (!scripts.has(file)) return isInProgram(body, fate.step.id) && isLast(node.fn, fate.step.id, DEPTH);
    return TRIED.test(file) || isLast(node.fn, fate.step.id, DEPTH);
  };
});

const DEPTH = 3;

/** The steps of the arms that are not taken where a step is. */
function otherArms(block: Block, id: StepId): ReadonlySet<StepId> {
  const found = new Set<StepId>();
  const visit = (steps: Block): void => {
    for (const step of steps) {
      const holds = innerBlocks(step).filter(inner => contains(inner, id));
      if (step.kind === 'branch' && holds.length > 0)
        for (const { body } of step.arms) if (!holds.includes(body)) walkSteps(body, other => void found.add(other.id));
      holds.forEach(visit);
    }
  };
  visit(block);
  return found;
}

/** A handler on what `main` gives is code that was to learn of the failure, too. */
const runsNothing = (step: Step): boolean => step.kind === 'access' || step.kind === 'exit' || step.kind === 'drop';
