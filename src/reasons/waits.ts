import { functionName } from '../analysis/locks/lockStory.ts';
import { lockedWork } from '../analysis/guarded/lockedWork.ts';
import { lockActivities } from '../analysis/locks/lockActivities.ts';
import { outsideTaskWaits } from '../analysis/locks/selfWait.ts';
import { type EndingWait, waitCycles } from '../analysis/locks/waitCycle.ts';
import type { Get } from '../analysis/analysis.ts';
import { linkedProgram, type Program, type Site } from '../analysis/program.ts';
import { type Asked, defineExplainer, type Reason, type ReasonKind } from './reason.ts';

/** Waits besides those for locks: what ends them. */
export default defineExplainer({
  name: 'waits',
  explain(asked, get) {
    const program = get(linkedProgram);
    const { ending } = get(waitCycles);
    const ends = ending.filter(({ at }) => asked.touches(at)).map(one => endReason(one, program));
    const tasks = get(outsideTaskWaits)
      .filter(({ at }) => asked.touches(at))
      .map(({ at, task, started }): Reason => {
        const name = program.functions.get(task)?.name ?? task;
        return {
          kind: 'task-elsewhere',
          rule: 'wait-cycle',
          at,
          message: `the task \`${name}\` is waited for here, and nothing that it runs leads here: it does not wait for itself`,
          related: [{ site: started, message: `the promise of \`${name}\` is kept here` }],
        };
      });
    const raced = races(asked, program);
    return ends.length > 0 ? [...ends, ...tasks, ...raced] : [...tasks, ...raced, ...withoutLocks(asked, get, program)];
  },
});

const KINDS: Record<EndingWait['because'], ReasonKind> = {
  'other-ender': 'other-ender',
  open: 'other-ender',
  'not-held': 'not-held',
  'other-lock': 'other-lock',
};

function endReason(ending: EndingWait, program: Program): Reason {
  const { because, at, held } = ending;
  const lock = held ? `\`${held.lock.name}\`` : 'a lock';
  const words: Record<EndingWait['because'], string> = {
    'other-ender': `not all who can end this wait need ${lock} for it`,
    open: `who ends this wait is not all in the program, so nothing says that it needs ${lock}`,
    'not-held': 'no lock is held where this waits',
    'other-lock': 'the lock that is to become free is not the one that is held here',
  };
  return {
    kind: KINDS[because],
    rule: 'wait-cycle',
    at,
    message: words[because],
    related: ending.enders().map(site => ({ site, message: `\`${functionName(program, site)}\` ends it here` })),
  };
}

/** Awaits in code that deals with locks, where none is held. */
function withoutLocks(asked: Asked, get: Get, program: Program): Reason[] {
  const { points } = get(lockActivities);
  const key = ({ file, at }: Site): string => `${file}:${at[0]}:${at[1]}`;
  const locked = new Set(get(lockedWork).awaits.map(({ frame, step }) => key(program.site(frame.fn.id, step.at))));
  const reasons: Reason[] = [];
  for (const fn of program.functions.values()) {
    if (fn.synthetic || !points.reached(fn.id)) continue;
    for (const step of program.steps(fn.id).values()) {
      const at = program.site(fn.id, step.at);
      if (step.kind !== 'await' || !asked.touches(at) || locked.has(key(at))) continue;
      reasons.push({
        kind: 'not-held',
        rule: 'wait-cycle',
        at,
        message: 'no lock is held while this waits',
        related: [],
      });
    }
  }
  return reasons;
}

/** Waits that end with the first of several. */
function races(asked: Asked, program: Program): Reason[] {
  const reasons: Reason[] = [];
  for (const fn of program.functions.values()) {
    for (const step of program.steps(fn.id).values()) {
      if (step.kind !== 'await') continue;
      const at = program.site(fn.id, step.at);
      const isRace = step.values.some(id => {
        const value = fn.values[id];
        return value?.kind === 'combined' && (value.until === 'first' || value.until === 'any');
      });
      if (!isRace || !asked.touches(at)) continue;
      const message = 'the wait has something beside it that ends it too (a race)';
      reasons.push({ kind: 'raced', rule: 'wait-cycle', at, message, related: [] });
    }
  }
  return reasons;
}
