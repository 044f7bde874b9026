/** Registration: one import and one line for each check. */
import type { Check } from './check.ts';
import abandonedAcquire from './abandoned-acquire.ts';
import abandonedSiblings from './abandoned-siblings.ts';
import cancellationNotPropagated from './cancellation-not-propagated.ts';
import exitWithTasksInFlight from './exit-with-tasks-in-flight.ts';
import floatingPromise from './floating-promise.ts';
import ignoredCancellation from './ignored-cancellation.ts';
import ineffectiveLock from './ineffective-lock.ts';
import lateAwait from './late-await.ts';
import lockHeldAcrossAwait from './lock-held-across-await.ts';
import lockLeak from './lock-leak.ts';
import lockOrderCycle from './lock-order-cycle.ts';
import lockOrderViolation from './lock-order-violation.ts';
import lockReentry from './lock-reentry.ts';
import lockWithoutTimeout from './lock-without-timeout.ts';
import missingCancellation from './missing-cancellation.ts';
import misusedPromise from './misused-promise.ts';
import noGracefulShutdown from './no-graceful-shutdown.ts';
import orphanedTask from './orphaned-task.ts';
import poolSelfDeadlock from './pool-self-deadlock.ts';
import raceLoserNotCancelled from './race-loser-not-cancelled.ts';
import releaseOutOfOrder from './release-out-of-order.ts';
import sectionEscape from './section-escape.ts';
import uncheckedSettledResults from './unchecked-settled-results.ts';
import undocumentedLockOrder from './undocumented-lock-order.ts';
import waitCycle from './wait-cycle.ts';

export const checks: readonly Check[] = [
  abandonedAcquire,
  abandonedSiblings,
  cancellationNotPropagated,
  exitWithTasksInFlight,
  floatingPromise,
  ignoredCancellation,
  ineffectiveLock,
  lateAwait,
  lockHeldAcrossAwait,
  lockLeak,
  lockOrderCycle,
  lockOrderViolation,
  lockReentry,
  lockWithoutTimeout,
  missingCancellation,
  misusedPromise,
  noGracefulShutdown,
  orphanedTask,
  poolSelfDeadlock,
  raceLoserNotCancelled,
  releaseOutOfOrder,
  sectionEscape,
  uncheckedSettledResults,
  undocumentedLockOrder,
  waitCycle,
];
