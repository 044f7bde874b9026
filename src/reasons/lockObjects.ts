import { brokenLocks } from '../analysis/guarded/brokenLocks.ts';
import { lockCreations, type RightCreation } from '../analysis/guarded/lockCreations.ts';
import { lockActivities } from '../analysis/locks/lockActivities.ts';
import { traceEnd } from '../analysis/locks/lockPairs.ts';
import { linkedProgram, type Program, type Site } from '../analysis/program.ts';
import { type Asked, defineExplainer, type Reason, type ReasonKind } from './reason.ts';

/** Where locks are made, by a library or by hand: why they exclude; and locks that let their holder in. */
export default defineExplainer({
  name: 'lockObjects',
  explain(asked, get) {
    const program = get(linkedProgram);
    const made = get(lockCreations)
      .right.filter(({ at }) => asked.touches(at))
      .map(creationReason);
    const broken = get(brokenLocks).map(({ at }) => at);
    const guards = get(lockActivities).list.flatMap(({ pairs }) =>
      pairs.flatMap(({ held, context, acquires, trace }) =>
        context !== null && held.some(one => one.context === context && one.lock.site === acquires.site)
          ? held
              .filter(one => one.lock.site === acquires.site)
              .map(one => ({ at: trace.site, name: acquires.name, one }))
          : [],
      ),
    );
    return [
      ...made,
      ...handMade(asked, program, broken),
      ...guards
        .filter(({ at, one }) => asked.touches(at) || asked.touches(traceEnd(one.trace)))
        .map(({ at, name }): Reason => ({
          kind: 'reentrant',
          rule: 'ineffective-lock',
          at,
          message: `a test of the task’s own store lets in whoever holds \`${name}\`, and no two branches here rely on it side by side`,
          related: [],
        })),
    ];
  },
});

const WORDS: Record<RightCreation['because'], readonly [ReasonKind, string]> = {
  'made-once': ['made-once', 'made once, with what it guards'],
  'not-replaced': ['not-replaced', 'put where no lock was: none that may be held is replaced'],
  shared: ['shared', 'handed to all who need it: they wait for the same lock'],
  'same-task': ['same-task', 'made for one run of code that does not run beside itself'],
  'not-taken': ['not-reached', 'made here, and nobody takes it'],
};

function creationReason({ at, type, because }: RightCreation): Reason {
  const [kind, words] = WORDS[because];
  return {
    kind,
    rule: 'ineffective-lock',
    at,
    message: `this \`${type.slice(type.lastIndexOf('#') + 1)}\` is ${words}`,
    related: [],
  };
}

/** Locks that the project makes itself, from variables and promises. */
function handMade(asked: Asked, program: Program, broken: readonly Site[]): Reason[] {
  const isBroken = (site: Site): boolean => broken.some(({ file, at }) => file === site.file && at[0] === site.at[0]);
  return program.handMade.locks.flatMap(({ fn, at }): Reason[] => {
    const site = program.site(fn, at);
    if (!asked.touches(site) || isBroken(site)) return [];
    const message =
      'a lock of the project’s own: whoever comes looks again or queues before it goes on, so it excludes';
    return [{ kind: 'excludes', rule: 'ineffective-lock', at: site, message, related: [] }];
  });
}
