/** Who owns what is started: the way from its handle to whoever waits for it or ends it, and where it lies in between. */
import type { FunctionId, ValueId } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type Consumption, consumption, type Followed, type Observation } from '../promises/consumption.ts';
import type { Holder } from '../promises/consumptionPlaces.ts';

export interface Way {
  observed: Observation | null;
  /** The shared places that it lies in on the way; `inside`: in a container there. From the first on. */
  holders: readonly { holder: Holder; inside: boolean }[];
  /** What it is, is in or becomes in the function that starts it: itself first, and the promises derived from it. */
  values: readonly ValueId[];
}

/** `join`: who waits for a promise; `handle`: who ends or watches a timer, thread or process. */
export type WayOf = (fn: FunctionId, value: ValueId, want: 'join' | 'handle') => Way;

export const wayOf = defineAnalysis<WayOf>('way-of', get => {
  const finder = new Ways(get);
  return (fn, value, want) => finder.of(fn, value, want);
});

interface Step {
  at: Followed;
  before: Step | null;
}

/** Nobody is looked for further than this. */
const MOST = 2000;

class Ways {
  readonly #follow: Consumption;

  constructor(get: Get) {
    this.#follow = get(consumption);
  }

  /** The nearest observation, in the order of the breadth-first search: the same for the same program. */
  of(fn: FunctionId, value: ValueId, want: 'join' | 'handle'): Way {
    const queue: Step[] = [{ at: { kind: 'value', fn, value, inside: [] }, before: null }];
    const seen = new Set<string>([JSON.stringify(queue[0]?.at)]);
    let observed: Observation | null = null;
    let end: Step | undefined;
    for (const step of queue) {
      const { ends, next, given, stored, captured } = this.#follow.expand(step.at, want);
      const found = ends.find(one => one.how !== 'unref');
      if (found) [observed, end] = [found, step];
      if (found || queue.length > MOST) break;
      for (const at of [...next, ...captured, ...given.flatMap(one => one.to), ...stored.flatMap(one => one.to)]) {
        const key = JSON.stringify(at);
        if (seen.has(key)) continue;
        seen.add(key);
        queue.push({ at, before: step });
      }
    }
    const values = queue.flatMap(({ at }) => (at.kind === 'value' && at.fn === fn ? [at.value] : []));
    return { observed, holders: holdersOn(end ? wayTo(end) : queue.map(({ at }) => at)), values: [...new Set(values)] };
  }
}

function wayTo(end: Step): Followed[] {
  const way: Followed[] = [];
  for (let at: Step | null = end; at; at = at.before) way.unshift(at.at);
  return way;
}

const holdersOn = (way: readonly Followed[]): Way['holders'] =>
  way.flatMap(at => (at.kind === 'holder' ? [{ holder: at.holder, inside: at.inside.length > 0 }] : []));
