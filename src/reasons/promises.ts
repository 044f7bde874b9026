import type { Get } from '../analysis/analysis.ts';
import { consumption, type Observation } from '../analysis/promises/consumption.ts';
import { type PromiseFate, promiseFates } from '../analysis/promises/promisesFate.ts';
import { linkedProgram } from '../analysis/program.ts';
import { names } from '../analysis/tasks/ownershipNames.ts';
import { defineExplainer, type Reason, type ReasonKind } from './reason.ts';

/** Expressions that make a promise: who handles it. */
export default defineExplainer({
  name: 'promises',
  explain: (asked, get) =>
    get(promiseFates)
      .filter(({ sites }) => asked.touches(sites.made))
      .flatMap(fate => reasonsOf(fate, get)),
});

const KINDS: Record<Observation['how'], readonly [ReasonKind, string]> = {
  awaited: ['awaited', 'is awaited'],
  returned: ['returned', 'is returned, and belongs to the caller'],
  yielded: ['returned', 'is yielded, and belongs to whoever iterates'],
  thrown: ['returned', 'is thrown'],
  passed: ['passed-on', 'is passed to code that may wait for it'],
  owned: ['passed-on', 'is given to code that takes responsibility for it'],
  chained: ['caught', 'has a rejection handler, or a reaction whose promise is handled'],
  combined: ['combined', 'is part of a combination that is handled'],
  used: ['passed-on', 'is used by code that may wait for it'],
  cleared: ['passed-on', 'is ended'],
  unref: ['passed-on', 'keeps nothing alive'],
  watched: ['passed-on', 'is watched'],
  public: ['stored', 'is kept where code outside of the project reaches it'],
};

function reasonsOf({ node, fate, sites, rejection }: PromiseFate, get: Get): Reason[] {
  const name = get(names).maker(node);
  const what = name === null ? 'the promise made here' : `the promise of \`${name}\``;
  const make = (kind: ReasonKind, words: string, related: Reason['related'] = []): Reason => ({
    kind,
    rule: 'floating-promise',
    at: sites.made,
    message: `${what} ${words}`,
    related,
  });
  const reasons: Reason[] = [];
  if (fate.kind === 'owned') {
    const value = { kind: 'value' as const, fn: node.fn, value: node.value, inside: [] };
    const end = get(consumption).observed(value, 'error');
    if (end) {
      const [kind, words] = KINDS[end.how];
      const site = end.step && get(linkedProgram).site(end.fn, end.step.at);
      reasons.push(make(kind, words, site ? [{ site, message: 'here' }] : []));
    } else reasons.push(make('passed-on', `has an owner (${fate.how})`));
  }
  if (fate.kind === 'detached' && fate.how !== 'void') reasons.push(make('caught', 'is let go with its errors caught'));
  if (rejection === 'never') reasons.push(make('never-rejects', 'never rejects'));
  return reasons;
}
