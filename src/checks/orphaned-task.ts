import { deskScripts } from '../analysis/flow/deskScripts.ts';
import { mayFail } from '../analysis/promises/mayReject.ts';
import { linkedProgram } from '../analysis/program.ts';
import { failurePaths, NO_PATH } from '../analysis/promises/failurePaths.ts';
import { isHandled } from '../analysis/promises/promisesFate.ts';
import { sectionEscapes } from '../analysis/guarded/sectionEscapes.ts';
import { type OrphanProblem, type Task, taskOwnership } from '../analysis/tasks/taskOwnership.ts';
import { grouped } from '../util/grouped.ts';
import { type CheckContext, defineCheck, type FoundDraft, rootOf } from './check.ts';

/**
 * Work is started whose lifetime no scope owns: nobody waits for it, cancels it or can find it again. Silent: kept where
 * it is awaited or cancelled, registered with an owner, started at the top level of an entry module, `unref`ed there.
 */
export default defineCheck({
  id: 'orphaned-task',
  item: 'C8',
  level: 'warning',
  title: 'A task that nobody owns',
  why: 'nobody waits for it at shutdown, nobody can stop it, and its failure reaches no caller',
  fix: 'keep the task and await or cancel it where its owner ends, or await it here',
  explain: `Fire-and-forget work has no owner: it may still run when what it uses is closed, it cannot be stopped, and its
failure reaches nobody.

  request                    audit()                   shutdown
  void audit(user)  starts   waits for the database
  answers                                              closes the pool
                             its query fails           exits: the row is missing

Give every task an owner: a set that is drained at shutdown, a field that \`stop()\` awaits, a queue, the platform's
\`waitUntil\`; clear intervals where the object that starts them is closed. Suppress it (or mark the function with
\`@detached\` and a reason) where the work may be lost.`,
  counts: 'tasks that are not awaited where they are started',
  examples: {
    typescript: {
      bad: 'class Consumer {\n  start() { void this.run() }\n  stop() { this.stopped = true }\n}',
      good: 'class Consumer {\n  start() { this.loop = this.run() }\n  async stop() { this.stopped = true; await this.loop }\n}',
    },
  },

  run({ get, examined, report, isShown }: CheckContext) {
    const tasks = get(taskOwnership).filter(task => !task.onTheSpot);
    examined(tasks.map(task => task.site));
    const program = get(linkedProgram);
    const repeats = new Map<string, number>();
    const isTold = isShown('section-escape') ? get(sectionEscapes).speaksOf : () => false;
    for (const [task, ...others] of byHabit(
      tasks.filter(one => !isTold(one.site)),
      file => program.modules.get(file)?.test === true,
    )) {
      const { level, message, fix } = wordsFor(task.name, task.problem, others.length + 1);
      const key = [task.startedBy, task.name, task.problem.kind];
      const count = (repeats.get(key.join(' ')) ?? 0) + 1;
      repeats.set(key.join(' '), count);
      const fails = 'rejection' in task.problem && mayFail(task.problem.rejection);
      const path = fails ? get(failurePaths).of(task.work) : NO_PATH;
      report({
        at: task.site,
        level,
        confidence: get(deskScripts)(task.site.file) ? 'low' : confidenceOf(task, task.problem),
        message,
        ...(fix === undefined ? {} : { fix }),
        related: [
          ...path.steps,
          ...(task.problem.kind === 'outlives'
            ? [{ site: task.problem.closing, message: 'What it uses is closed here' }]
            : []),
          ...others.map(({ site }) => ({ site, message: 'Started with `void` here, too' })),
        ],
        ...rootOf(path.root),
        key: count === 1 ? key : [...key, String(count)],
      });
    }
  },
});

type Orphan = Task & { problem: OrphanProblem };

/** From so many places on, a function that is started with `void` and may reject is one defect: its own. */
const HABIT = 3;

/**
 * The orphans one by one, but for those of a habit, which are told together where the first of them is; what tests do is
 * told of tests.
 */
function byHabit(tasks: readonly Task[], isTest: (file: string) => boolean): [Orphan, ...Orphan[]][] {
  const orphans = tasks.filter((task): task is Orphan => task.problem !== null);
  const started = grouped<Orphan>(orphans, task => {
    const { kind } = task.problem;
    const fails = kind === 'void' && mayFail(task.problem.rejection) && task.work.length === 1;
    return fails ? `${isTest(task.site.file)} ${task.work[0]}` : task;
  });
  return started.flatMap(group => (group.length < HABIT ? group.map((one): [Orphan] => [one]) : [group]));
}

/** What is said of a whole class, or of every reader of a field, is less sure than what stands at the call. */
function confidenceOf(task: Task, problem: OrphanProblem): FoundDraft['confidence'] {
  if (task.confidence !== 'high') return task.confidence;
  if (problem.kind === 'void' && problem.rejection === 'unseen') return 'low';
  return problem.kind === 'not-joined' || (problem.kind === 'void' && problem.rejection === 'undecided')
    ? 'medium'
    : 'high';
}

interface Words {
  level: NonNullable<FoundDraft['level']>;
  message: string;
  fix?: string;
}

function wordsFor(name: string, problem: OrphanProblem, places: number): Words {
  switch (problem.kind) {
    case 'void':
      return mayFail(problem.rejection)
        ? {
            level: 'warning',
            message: `\`${name}\` is started with \`void\`${places > 1 ? ` in ${places} places` : ''}, may reject, and nobody handles that or waits for it`,
            ...(places > 1
              ? { fix: 'let it handle its own errors, or give each call an owner that waits for it' }
              : {}),
          }
        : {
            level: 'note',
            message: `\`${name}\` is started with \`void\`${problem.rejection === 'never' ? ': it does not reject, and nobody waits for it' : ', and nobody waits for it'}`,
          };
    case 'outlives':
      return {
        level: 'error',
        message: `\`${name}\` is started here and not waited for, and this scope closes what it uses`,
        fix: 'await it before the scope ends',
      };
    case 'caught':
      return problem.endless
        ? {
            level: 'warning',
            message: `\`${name}\` runs until the process ends: its errors are handled, and nothing stops it or waits for it`,
          }
        : { level: 'note', message: `The errors of \`${name}\` are handled, and nobody waits for it to end` };
    case 'closure':
      return {
        level: 'note',
        message: 'An async function is run here and handles its own errors, and nobody waits for it to end',
      };
    case 'not-joined':
      return {
        level: isHandled(problem.rejection) && problem.told ? 'note' : 'warning',
        message: problem.told
          ? `\`${name}\` is kept in \`${problem.holder}\` and told to stop, and no member waits for it to end`
          : `\`${name}\` is kept in \`${problem.holder}\`, and no member awaits or cancels it`,
        fix: `await \`${problem.holder}\` in the member that ends the object`,
      };
    case 'interval':
      return intervalWords(problem);
    case 'unwatched': {
      const what = problem.what === 'thread' ? 'thread' : 'child process';
      const kept = problem.holder === null ? '' : ` (kept in \`${problem.holder}\`)`;
      return {
        level: 'warning',
        message: `\`${name}\` starts a ${what}${kept} whose exit and errors nobody observes`,
        fix: 'listen to its exit and error events, and end it at shutdown',
      };
    }
  }
}

function intervalWords({ holder, ending, isEndless }: Extract<OrphanProblem, { kind: 'interval' }>): Words {
  const fix = 'keep the handle and clear the interval where its owner ends';
  if (ending !== null) {
    const kept = holder === null ? 'its handle is dropped' : `nothing clears \`${holder}\``;
    return { level: 'warning', message: `The interval goes on after \`${ending}\`: ${kept}`, fix };
  }
  if (holder !== null) return { level: 'note', message: `Nothing ever clears the interval in \`${holder}\``, fix };
  return {
    level: isEndless ? 'note' : 'warning',
    message: 'The handle of the interval is dropped: nothing can ever clear it',
    fix,
  };
}
