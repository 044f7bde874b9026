/** Words and places for what the lock analyses found. */
import { isDeclaredHeld } from './declaredHolds.ts';
import type { LockActivity } from './lockActivities.ts';
import { type Held, type Pair, type Trace, traceEnd } from './lockPairs.ts';
import type { Program, Site } from '../program.ts';
import type { WitnessDraft, WitnessDraftStep } from '../witness.ts';

const sameSite = (a: Site, b: Site): boolean => a.in === b.in && a.at[0] === b.at[0] && a.at[1] === b.at[1];

/** The steps of a trace, outermost first. */
export function traceSteps(trace: Trace): Trace[] {
  const steps: Trace[] = [];
  for (let at: Trace | null = trace; at; at = at.next) steps.push(at);
  return steps;
}

/** How many leading steps the way to the held lock and the way to the acquisition share. */
function commonSteps(held: readonly Trace[], asked: readonly Trace[]): number {
  let common = 0;
  while (common < held.length - 1 && common < asked.length - 1) {
    const [a, b] = [held[common], asked[common]];
    if (!a || !b || !sameSite(a.site, b.site) || a.calls !== b.calls) break;
    common += 1;
  }
  return common;
}

/**
 * The place in the code that holds the lock where it goes on to ask for the next: the acquisition itself, or the call
 * that leads to it. Calls of what was handed in (`work()` in a wrapper) belong to whoever handed it in.
 */
export function askingSite(held: Held, pair: Pair): Site {
  const step = askingStep(held, pair);
  return step.waited ?? step.site;
}

/** The steps from where the lock is held to the acquisition of the next one. */
function stepsUnder(held: Held, pair: Pair): Trace[] {
  const asked = traceSteps(pair.trace);
  return asked.slice(commonSteps(traceSteps(held.trace), asked));
}

function askingStep(held: Held, pair: Pair): Trace {
  const rest = stepsUnder(held, pair);
  return rest.find(one => !one.through) ?? rest[rest.length - 1] ?? pair.trace;
}

/** Who holds the lock when the next one is asked for: not the helper that only took it for its caller. */
export function holderName(program: Program, held: Held, pair: Pair): string {
  const [way, asked] = [traceSteps(held.trace), traceSteps(pair.trace)];
  return functionName(program, (way[commonSteps(way, asked)] ?? held.trace).site);
}

/** What the holder calls that asks for the next lock. */
export const askedThrough = (program: Program, held: Held, pair: Pair): string =>
  askingStep(held, pair).calls ?? functionName(program, traceEnd(pair.trace));

/** The calls on the way to an acquisition, for `related`. */
export function callsOf(trace: Trace): { site: Site; message: string }[] {
  return traceSteps(trace).flatMap(step => {
    if (step.calls === null) return [];
    const call = { site: step.site, message: `\`${step.calls}\` is called` };
    return step.waited ? [call, { site: step.waited, message: 'and waited for here' }] : [call];
  });
}

/** The calls between the lock that is held and the acquisition of the next one, for `related`. */
export function callsUnder(held: Held, pair: Pair): { site: Site; message: string }[] {
  const [first] = stepsUnder(held, pair);
  return first ? callsOf(first) : [];
}

/** The name of the function that a site stands in. */
export function functionName(program: Program, site: Site): string {
  return program.functions.get(site.in)?.name ?? site.in;
}

/** The story of one participant: how it comes to hold the one lock and to wait for the other. */
export function lockWitness(
  program: Program,
  by: LockActivity,
  held: Held,
  pair: Pair,
  title: string,
  takesAt: number,
  waitsAt: number,
): WitnessDraft {
  const [way, asked] = [traceSteps(held.trace), traceSteps(pair.trace)];
  const common = commonSteps(way, asked);
  const steps: WitnessDraftStep[] = [
    {
      site: entrySite(program, by),
      message: `enters ${describeActivity(by)}`,
      kind: 'entry',
      depth: 0,
      importance: 'important',
      order: takesAt,
    },
  ];
  steps.push(...callSteps(way, 0, takesAt));
  steps.push({
    site: traceEnd(held.trace),
    message: isDeclaredHeld(held) ? `is called with \`${held.lock.name}\` held` : `takes \`${held.lock.name}\``,
    kind: 'acquire',
    depth: way.length,
    importance: 'essential',
    order: takesAt,
  });
  steps.push(...callSteps(asked, common, waitsAt));
  steps.push({
    site: traceEnd(pair.trace),
    message: `holds \`${held.lock.name}\` and waits for \`${pair.acquires.name}\``,
    kind: 'wait',
    depth: asked.length,
    importance: 'essential',
    order: waitsAt,
  });
  return { title, steps };
}

/** The calls of a trace from an index on. */
function callSteps(list: readonly Trace[], from: number, order: number): WitnessDraftStep[] {
  return list.flatMap((step, index): WitnessDraftStep[] => {
    if (index < from || step.calls === null) return [];
    const depth = index + 1;
    const call: WitnessDraftStep = {
      site: step.site,
      message: `calls \`${step.calls}\``,
      kind: 'call',
      depth,
      importance: 'important',
      order,
    };
    return step.waited ? [call, { ...call, site: step.waited, message: 'waits for it', kind: 'await' }] : [call];
  });
}

function entrySite(program: Program, by: LockActivity): Site {
  const { fn } = by.activity.frame;
  return program.site(fn.id, fn.nameAt);
}

export function describeActivity({ activity }: LockActivity): string {
  const { trigger, label, frame } = activity;
  switch (trigger) {
    case 'export':
      return `exported \`${label}\``;
    case 'module':
      return `module ${label}`;
    case 'task':
      return `a task of \`${frame.fn.name}\``;
    default:
      return label === '' ? trigger : label;
  }
}

/** Where the lock was taken, or, of one that callers are declared to hold, where that is written. */
export const takenAt = (held: Held): { site: Site; message: string } => ({
  site: traceEnd(held.trace),
  message: isDeclaredHeld(held)
    ? `\`${held.lock.name}\` is held by the caller, as is declared here`
    : `\`${held.lock.name}\` is taken here`,
});
