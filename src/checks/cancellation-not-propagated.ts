import { names } from '../analysis/tasks/ownershipNames.ts';
import { type SignalCall, signalCalls } from '../analysis/tasks/signalFlow.ts';
import type { PlacedRepair } from '../model/repairs.ts';
import { type CheckContext, defineCheck, type FoundDraft } from './check.ts';

/**
 * A function has a signal and calls something that takes one without passing it, or passes another that has nothing to
 * do with it. Silent: cleanup, detached work, objects that keep a signal of their own, derived signals.
 */
export default defineCheck({
  id: 'cancellation-not-propagated',
  item: 'C6',
  level: 'warning',
  strict: true,
  title: 'A signal that is not passed on',
  why: 'the caller aborts and this work goes on: its sockets, queries and pauses outlive the request',
  fix: 'pass the signal, or one that is made from it with `AbortSignal.any`',
  explain: `Cancellation works as far as the signal goes. A function that takes a signal promises to stop when it is
aborted; every slow call that does not get it breaks the promise.

  client                       quote(route, { signal })
  leaves: signal is aborted
                               await airline.fares(route)   goes on for 30 s
                               await taxes(route, { signal })   throws, at last

Pass the signal in every call that takes one; combine it with a timeout by \`AbortSignal.any([signal,
AbortSignal.timeout(ms)])\`. Suppress it where the work must be done although the caller has left.`,
  counts: 'calls that take a signal, where one is in hand',
  examples: {
    typescript: {
      bad: 'async function load(url: string, signal: AbortSignal) {\n  signal.throwIfAborted()\n  return fetch(url)\n}',
      good: 'async function load(url: string, signal: AbortSignal) {\n  return fetch(url, { signal })\n}',
    },
  },

  run({ get, examined, report }: CheckContext) {
    const calls = get(signalCalls);
    examined(calls.map(call => call.site));
    const groups = new Map<string, SignalCall[]>();
    for (const call of calls) {
      if (call.fate === 'passed') continue;
      const key = `${call.fn.id} ${call.short ? 'short' : ''}`;
      groups.set(key, [...(groups.get(key) ?? []), call]);
    }
    for (const [first, ...others] of groups.values()) {
      if (!first) continue;
      report({
        at: first.site,
        ...(first.short ? { level: 'note' } : {}),
        confidence: first.confidence,
        message: messageOf(
          first,
          get(names).fn(first.fn.id),
          get(names).callee(first.fn.id, first.step) ?? 'this call',
        ),
        related: others.map(other => ({
          site: other.site,
          message: `\`${first.hand.name}\` is not passed here either`,
        })),
        ...repairsOf([first, ...others]),
        key: [first.fn.id, first.hand.name, first.short ? 'short' : ''],
      });
    }
  },
});

/** Passed everywhere or nowhere; another signal than the one in hand may be meant. */
function repairsOf(calls: readonly SignalCall[]): Pick<FoundDraft, 'repairs'> {
  const repairs = calls.flatMap(({ fate, site, hand, use }): PlacedRepair[] => {
    if (fate !== 'dropped' || hand.from === 'field' || !hand.sure) return [];
    const { argument, option } = use;
    const to = option === undefined ? { argument } : { argument, option };
    return [{ file: site.file, repair: { kind: 'pass-signal', at: site.at, signal: hand.name.split('.'), ...to } }];
  });
  return repairs.length === calls.length ? { repairs } : {};
}

function messageOf({ hand, fate }: SignalCall, where: string, callee: string): string {
  return fate === 'replaced'
    ? `\`${where}\` has \`${hand.name}\` and gives \`${callee}\` another signal: when the caller aborts, it goes on`
    : `\`${where}\` has \`${hand.name}\` and calls \`${callee}\`, which takes a signal, without it`;
}
