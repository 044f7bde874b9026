/**
 * Which of the promises that a test drops are worth a word: most are there on purpose (what is started is what the test
 * looks at, the end of a fixture after the last assertion).
 */
import type { FunctionId, Step } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import type { Program } from '../program.ts';
import { type PromiseFate, promiseFates } from './promisesFate.ts';

/** So many are awaited for each that is dropped. */
const USUAL = 3;

/**
 * Whether something is lost with a promise that a test drops: it asserts something, which then asserts nothing; the test
 * asserts something after it and waits for nothing in between; or more is done after it, and the same work is usually
 * awaited in that file, so that here it was forgotten (Engler et al., "Bugs as Deviant Behavior", SOSP 2001).
 */
export const isLostInTest = defineAnalysis<(fate: PromiseFate) => boolean>('lost-in-test', (get, program) => {
  const counts = new Map<string, { owned: number; lost: number }>();
  for (const fate of get(promiseFates)) {
    const key = workOf(program, fate);
    if (key === null) continue;
    const count = counts.get(key) ?? { owned: 0, lost: 0 };
    if (fate.fate.kind === 'owned') count.owned += 1;
    else count.lost += 1;
    counts.set(key, count);
  }
  const asserting = assertingFunctions(program, get(callGraph));
  return fate => {
    const { node, work } = fate;
    // A query that never runs is no work that goes on.
    if (node.gives === 'builder') return true;
    if (isAssertion(node.step) || work.some(id => asserting.has(id)) || isLookedAt(program, fate)) return true;
    const count = counts.get(workOf(program, fate) ?? '');
    return count !== undefined && count.owned >= USUAL * count.lost && isFollowed(program, fate);
  };
});

/** What is done, and in which file of tests. */
function workOf(program: Program, { node, work }: PromiseFate): string | null {
  const file = program.fileOf(node.fn);
  if (!program.modules.get(file)?.test || node.step?.kind !== 'call') return null;
  const { target } = node.step;
  const called = target.kind === 'external' ? target.name : [...work].sort().join(' ');
  return called === '' ? null : `${file} ${called}`;
}

/** Of what comes after it in the function that drops it, assertions stand before anything is waited for. */
function isLookedAt(program: Program, { node, fate }: PromiseFate): boolean {
  if (fate.kind !== 'dropped') return false;
  for (const step of program.steps(node.fn).values()) {
    if (step.id <= fate.step.id) continue;
    if (isAssertion(step)) return true;
    if (step.kind === 'await' || (step.kind === 'loop' && step.awaitsEach)) return false;
  }
  return false;
}

/** The function that drops it calls something later on. */
const isFollowed = (program: Program, { node, fate }: PromiseFate): boolean =>
  fate.kind === 'dropped' &&
  [...program.steps(node.fn).values()].some(step => step.kind === 'call' && step.id > fate.step.id);

const isAssertion = (step: Step | null): boolean => step?.kind === 'call' && step.known?.asserts === true;

/** The functions of tests that assert something, themselves or by functions of tests that they call. */
function assertingFunctions(program: Program, graph: CallGraph): ReadonlySet<FunctionId> {
  const inTest = (id: FunctionId): boolean => program.modules.get(program.fileOf(id))?.test === true;
  const found = new Set<FunctionId>();
  for (const id of program.functions.keys())
    if (inTest(id) && [...program.steps(id).values()].some(isAssertion)) found.add(id);
  for (const id of found) for (const { caller } of graph.callers(id)) if (inTest(caller)) found.add(caller);
  return found;
}
