import type { Get } from '../analysis/analysis.ts';
import { lockedWork } from '../analysis/guarded/lockedWork.ts';
import { lockActivities } from '../analysis/locks/lockActivities.ts';
import type { LockNote } from '../analysis/locks/lockNotes.ts';
import { traceEnd } from '../analysis/locks/lockPairs.ts';
import { linkedProgram } from '../analysis/program.ts';
import { defineExplainer, type Reason } from './reason.ts';

/** Work started while a lock was held that does not ask for locks under it. */
export default defineExplainer({
  name: 'lockNotes',
  explain: (asked, get) =>
    [...get(lockActivities).notes, ...escapes(get)]
      .filter(({ started, waited, asks }) => [started, ...(waited ? [waited] : []), ...asks].some(asked.touches))
      .map(reasonOf),
});

/** Tasks that a section starts and does not wait for, also when it is a caller that holds the lock. */
function escapes(get: Get): LockNote[] {
  const program = get(linkedProgram);
  const { list } = get(lockActivities);
  return get(lockedWork).escapes.flatMap(({ held, moment, work, how }): LockNote[] => {
    const pairs = list.flatMap(({ activity, pairs: own }) => (work.includes(activity.frame) ? own : []));
    const [first] = work;
    if (how === 'outside' || !first || pairs.length === 0) return [];
    return [
      {
        kind: 'own-task',
        held: held.held,
        work: first.fn.name,
        started: program.site(moment.frame.fn.id, moment.step.at),
        waited: null,
        asks: pairs.map(pair => traceEnd(pair.trace)),
      },
    ];
  });
}

function reasonOf(note: LockNote): Reason {
  const { kind, held, work, started, waited, asks } = note;
  return {
    kind,
    rule: 'lock-reentry',
    at: asks[0] ?? started,
    message: wordsOf(note),
    related: [
      { site: started, message: `\`${work}\` is started here, while \`${held.lock.name}\` is held` },
      ...(waited ? [{ site: waited, message: 'and waited for here' }] : []),
    ],
  };
}

function wordsOf({ kind, held, work }: LockNote): string {
  const lock = `\`${held.lock.name}\``;
  switch (kind) {
    case 'own-task':
      return `\`${work}\` is a task of its own: nobody who holds ${lock} waits for it, so it asks for its locks when ${lock} may be free`;
    case 'released-before':
      return `${lock} is released before \`${work}\` is waited for`;
    case 'queued-before':
      return `\`${work}\` has asked for ${lock} before it is taken here: the queue serves it first`;
  }
}
