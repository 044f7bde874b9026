import { type BrokenLock, brokenLocks } from '../analysis/guarded/brokenLocks.ts';
import { droppedLocks } from '../analysis/guarded/droppedLocks.ts';
import { guardForks } from '../analysis/guarded/guardForks.ts';
import { type LockCreation, lockCreations } from '../analysis/guarded/lockCreations.ts';
import { functionName } from '../analysis/locks/lockStory.ts';
import { processSharing } from '../analysis/guarded/processSharing.ts';
import { linkedProgram, type Site } from '../analysis/program.ts';
import { splitGuards } from '../analysis/guarded/splitGuards.ts';
import { type CheckContext, defineCheck } from './check.ts';

/**
 * A lock that excludes nobody: made anew by every call, replaced or forgotten while it may be held, made by hand with a gap between
 * check and set, one of two locks for one state, or known to one process only. Silent: locks shared by the closures of a
 * factory or by branches, first assignments, `while (p) await p`, `tail.then(fn, fn)`.
 */
export default defineCheck({
  id: 'ineffective-lock',
  item: 'C4',
  level: 'error',
  title: 'A lock that keeps nobody out',
  why: 'two tasks are in the section at once, as if there were no lock',
  fix: 'let everybody who touches the state take one and the same lock',
  counts: 'locks made, and states that locks guard',
  explain: [
    'Exclusion works only between tasks that ask for the same lock, and only when nothing comes between the check and',
    'the set. A lock made inside the handler is another one for each request:',
    '',
    '  request 1                     request 2',
    '  makes and takes its own lock  makes and takes its own lock',
    '  reads the state               reads the state',
    '  writes it                     writes it: the first change is lost',
    '',
    'In `if (this.busy) await this.busy; this.busy = …` two waiters wake up together and both go on. A chain',
    '`tail = tail.then(work)` skips all later work once one piece of it has failed. Suppress it where the second holder',
    'is harmless for a reason that the code does not show.',
  ].join('\n'),
  examples: {
    typescript: {
      bad: "app.post('/notes', async req => {\n  const lock = new Mutex();\n  await lock.runExclusive(() => append(req.body));\n});",
      good: "const lock = new Mutex();\napp.post('/notes', async req => {\n  await lock.runExclusive(() => append(req.body));\n});",
    },
  },

  run(context) {
    creations(context);
    dropped(context);
    handMade(context);
    split(context);
    forks(context);
    processes(context);
  },
});

function creations({ get, examined, report }: CheckContext): void {
  const program = get(linkedProgram);
  const { found, looked } = get(lockCreations);
  examined(looked);
  for (const one of found) {
    const name = functionName(program, one.at);
    report({
      at: one.at,
      message: creationText(one, name),
      confidence: one.confidence,
      fix:
        one.how === 'replaced'
          ? 'keep one lock for the life of the state: assign it once'
          : 'make the lock once, where everybody who needs it can reach it',
      related: one.used.map(site => ({ site, message: `\`${one.lock}\` is taken here` })),
      key: [one.how, one.at.in, one.place ?? one.lock],
    });
  }
}

function creationText({ how, lock, place }: LockCreation, name: string): string {
  switch (how) {
    case 'per-call':
      return `Every call of \`${name}\` makes its own \`${lock}\`: no other call waits for it`;
    case 'per-render':
      return `Every render of \`${name}\` makes its own \`${lock}\`: handlers of two renders do not wait for each other`;
    case 'replaced':
      return `\`${name}\` puts a new lock into \`${place ?? lock}\` while the old one may be held: both holders go on`;
  }
}

function dropped({ get, report }: CheckContext): void {
  const program = get(linkedProgram);
  for (const { at, lock, used, created, made, confidence } of get(droppedLocks))
    report({
      at,
      message: `\`${functionName(program, at)}\` forgets \`${lock}\` while others may wait for it: whoever comes next makes another one, and two go on`,
      confidence,
      fix: 'take it out only when nobody holds it or waits for it, or keep it',
      related: [
        { site: used, message: `\`${lock}\` is taken here` },
        { site: created, message: 'a new one is made here' },
        { site: made, message: 'and put in here' },
      ],
      key: ['dropped', at.in, lock],
    });
}

function handMade({ get, examined, report }: CheckContext): void {
  const program = get(linkedProgram);
  examined(program.handMade.locks.map(({ fn, at }) => program.site(fn, at)));
  for (const one of get(brokenLocks))
    report({
      at: one.at,
      message: brokenText(one, functionName(program, one.at)),
      confidence: 'high',
      ...(one.why === 'poisoned'
        ? { why: 'whoever comes later waits for a promise that has failed, gets that old error, and never runs' }
        : {}),
      fix: one.why === 'poisoned' ? 'chain the next work to failure, too: `tail.then(work, work)`' : BROKEN_FIX,
      related: [{ site: one.set, message: `\`${one.name}\` is set here` }],
      key: [one.why, one.at.in, one.name],
    });
}

const BROKEN_FIX = 'look again after every wait (`while`), and set it before the next suspension';

function brokenText({ why, name }: BrokenLock, fn: string): string {
  switch (why) {
    case 'set-after-await':
      return `\`${fn}\` waits for \`${name}\` once and sets it afterwards: all who waited go on together`;
    case 'no-recheck':
      return `\`${fn}\` finds \`${name}\` free and sets it only after another suspension: others find it free, too`;
    case 'poisoned':
      return `One failure in \`${name}\` and all later work of \`${fn}\` is skipped`;
  }
}

function split({ get, report }: CheckContext): void {
  const program = get(linkedProgram);
  const placeOf = (site: Site): string => `${site.file}:${site.at[0]}`;
  // A lock that keeps nobody out is one defect, whatever it stands beside.
  const wrong = new Set(get(lockCreations).found.map(({ at }) => placeOf(at)));
  for (const { state, locks, at, other, accesses, exported } of get(splitGuards)) {
    const [first, second] = locks;
    if (locks.some(({ declared }) => declared !== null && wrong.has(placeOf(declared)))) continue;
    const [late, early] = [functionName(program, at), functionName(program, other)];
    const also = late === early ? 'elsewhere' : `\`${early}\``;
    report({
      at,
      message: `\`${late}\` writes \`${state}\` under \`${second.name}\`, ${also} under \`${first.name}\`: neither keeps the other out`,
      confidence: exported ? 'medium' : 'high',
      fix: `guard \`${state}\` by one of the two locks everywhere`,
      related: accesses.map(({ site, lock, writes }) => ({
        site,
        message: `\`${state}\` is ${writes ? 'written' : 'read'} under \`${lock}\``,
      })),
      key: ['split', state, first.site, second.site],
    });
  }
}

function forks({ get, report }: CheckContext): void {
  const program = get(linkedProgram);
  for (const { held, pair, at, taken } of get(guardForks))
    report({
      at,
      message: `Branches started while \`${held.lock.name}\` is held all pass its "already inside" test: nothing keeps them apart`,
      confidence: 'medium',
      fix: 'run the branches one after the other, or let the guard tell tasks apart',
      related: [
        { site: taken, message: `\`${held.lock.name}\` is taken here` },
        { site: pair.trace.site, message: `\`${functionName(program, pair.trace.site)}\` goes on to the guarded code` },
      ],
      key: ['fork', held.lock.site, at.in],
    });
}

function processes({ get, report }: CheckContext): void {
  for (const { lock, at, section, write, store, started, what, sure } of get(processSharing))
    report({
      at,
      message: `\`${lock.name}\` is known to one ${what} only, and each ${what} of the program writes \`${store}\``,
      level: 'warning',
      confidence: sure ? 'high' : 'medium',
      fix: 'use a lock that all of them share (a lock file, the store itself), or let one of them write',
      related: [
        { site: section, message: `\`${lock.name}\` is taken here` },
        { site: write, message: `and \`${store}\` is written here` },
        { site: started, message: `Another ${what} that runs this code is started here` },
      ],
      key: ['processes', lock.site],
    });
}
