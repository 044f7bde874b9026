import type { FunctionFacts } from '../model/facts.ts';
import { evaluator } from '../analysis/flow/evaluator.ts';
import { type LockActivity, lockActivities } from '../analysis/locks/lockActivities.ts';
import { type Pair, traceEnd } from '../analysis/locks/lockPairs.ts';
import { lockTable } from '../analysis/locks/locks.ts';
import type { Get } from '../analysis/analysis.ts';
import { linkedProgram, type Site } from '../analysis/program.ts';
import { type Asked, defineExplainer, type Reason } from './reason.ts';

interface Request {
  by: LockActivity;
  pair: Pair;
}

/** Acquisitions as such: how they wait, whether anything is held then, and whether anybody comes here. */
export default defineExplainer({
  name: 'acquisitions',
  explain(asked, get) {
    const { list, points } = get(lockActivities);
    const places = new Map<string, Request[]>();
    for (const by of list) {
      for (const pair of by.pairs) {
        const site = traceEnd(pair.trace);
        if (!asked.touches(site)) continue;
        const requests = places.get(keyOf(site)) ?? [];
        requests.push({ by, pair });
        places.set(keyOf(site), requests);
      }
    }
    const reached = [...places.values()].flatMap(requests => requestReasons(requests));
    const others = [...takenAt(asked, get)].filter(
      ({ site, fn }) => !places.has(keyOf(site)) && !points.reached(fn.id),
    );
    return [
      ...reached,
      ...others.map(({ site, names }): Reason => ({
        kind: 'not-reached',
        rule: null,
        at: site,
        message: `no entry point of the program comes here, so nobody takes ${names}`,
        related: [],
      })),
    ];
  },
});

const keyOf = ({ file, at }: Site): string => `${file}:${at[0]}:${at[1]}`;

function* takenAt(asked: Asked, get: Get): Iterable<{ fn: FunctionFacts; site: Site; names: string }> {
  const program = get(linkedProgram);
  for (const fn of program.functions.values()) {
    for (const step of program.steps(fn.id).values()) {
      if (step.kind !== 'acquire') continue;
      const site = program.site(fn.id, step.at);
      if (!asked.touches(site)) continue;
      const uses = get(lockTable).acquired(get(evaluator).symbolicFrame(fn), step);
      yield { fn, site, names: [...new Set(uses.map(({ lock }) => `\`${lock.name}\``))].join(' or ') || 'the lock' };
    }
  }
}

function requestReasons(requests: readonly Request[]): Reason[] {
  const [first] = requests;
  if (!first) return [];
  const at = traceEnd(first.pair.trace);
  const reasons: Reason[] = [];
  const name = first.pair.acquires.name;
  if (requests.every(({ pair }) => pair.held.length === 0))
    reasons.push({
      kind: 'nothing-held',
      rule: 'lock-order-cycle',
      at,
      message: `no lock is held where \`${name}\` is asked for: whoever waits here keeps nobody out`,
      related: [],
    });
  const waits = new Set(requests.map(({ pair }) => pair.wait));
  if (waits.has('bounded'))
    reasons.push({
      kind: 'bounded',
      rule: 'lock-without-timeout',
      at,
      message: `the wait for \`${name}\` ends by itself: a timeout or signal is given`,
      related: [],
    });
  if (waits.has('try'))
    reasons.push({
      kind: 'try',
      rule: 'lock-without-timeout',
      at,
      message: `\`${name}\` is only tried: nobody waits for it here`,
      related: [],
    });
  return reasons;
}
