import type { Discard, QuietCycle } from '../analysis/locks/lockCycleConditions.ts';
import { type LockEdge, type LockOrder, lockOrder } from '../analysis/locks/lockOrder.ts';
import { functionName, traceSteps } from '../analysis/locks/lockStory.ts';
import { traceEnd } from '../analysis/locks/lockPairs.ts';
import { linkedProgram, type Program, type Site } from '../analysis/program.ts';
import { type Asked, defineExplainer, type Reason, type ReasonKind } from './reason.ts';

/** A lock asked for while another is held: why no circle of such acquisitions hangs here. */
export default defineExplainer({
  name: 'lockOrder',
  explain(asked, get) {
    const order = get(lockOrder);
    const program = get(linkedProgram);
    const hops = new Map<string, LockEdge>();
    for (const edge of order.edges) {
      const key = `${edge.held.lock.site}|${edge.pair.acquires.site}|${edge.pair.wait}`;
      if (isAt(asked, edge) && !hops.has(key)) hops.set(key, edge);
    }
    return [...hops.values()].flatMap(edge => reasonsOf(edge, order, program));
  },
});

const isAt = (asked: Asked, { held, pair }: LockEdge): boolean =>
  asked.touches(traceEnd(held.trace)) ||
  traceSteps(pair.trace).some(step => asked.touches(step.site) || (step.waited !== null && asked.touches(step.waited)));

const sameHop = (a: LockEdge, b: LockEdge): boolean =>
  a.held.lock.site === b.held.lock.site && a.pair.acquires.site === b.pair.acquires.site;

function reasonsOf(edge: LockEdge, { edges, cycles, quiet }: LockOrder, program: Program): Reason[] {
  const { held, pair } = edge;
  const [outer, inner] = [held.lock.name, pair.acquires.name];
  const at = traceEnd(pair.trace);
  const make = (kind: ReasonKind, message: string, related: Reason['related'] = []): Reason[] => [
    { kind, rule: 'lock-order-cycle', at, message, related },
  ];
  if (pair.wait === 'try')
    return make('try', `\`${inner}\` is only tried while \`${outer}\` is held: whoever does not get it goes on`);
  if (held.lock.capacity === Infinity || pair.acquires.capacity === Infinity)
    return make('unbounded', `nobody waits for \`${inner}\` under \`${outer}\`: the one of them has no limit`);
  if (cycles.some(cycle => cycle.edges.some(one => sameHop(one, edge)))) return [];
  const discarded = quiet.filter(cycle => cycle.edges.some(one => sameHop(one, edge)));
  if (discarded.length > 0) return discarded.map(cycle => discardReason(cycle, edge, at, program));
  if (held.lock.site === pair.acquires.site) return [];
  const back = edges.find(
    one => one.held.lock.site === pair.acquires.site && one.pair.acquires.site === held.lock.site,
  );
  if (back?.pair.wait === 'try')
    return make('try', `the other way round, \`${outer}\` is only tried while \`${inner}\` is held`, [
      { site: traceEnd(back.pair.trace), message: `\`${outer}\` is tried here, under \`${inner}\`` },
    ]);
  return make(
    'one-order',
    `\`${inner}\` is taken under \`${outer}\`, and nobody who holds \`${inner}\` asks for \`${outer}\`: there is one order`,
    [{ site: traceEnd(held.trace), message: `\`${outer}\` is taken here` }],
  );
}

const KINDS: Record<Discard, ReasonKind> = {
  'one-run': 'same-task',
  tests: 'same-task',
  modules: 'same-task',
  'one-branch': 'same-task',
  'start-up': 'start-up',
  batch: 'batch',
  order: 'order',
  readers: 'readers',
  'other-locks': 'other-lock',
  gate: 'gate',
};

function discardReason(cycle: QuietCycle, edge: LockEdge, at: Site, program: Program): Reason {
  const others = cycle.edges.filter(one => one !== edge && traceEnd(one.pair.trace) !== at);
  const { gate } = cycle;
  return {
    kind: KINDS[cycle.because],
    rule: 'lock-order-cycle',
    at,
    message: `${conflict(edge, cycle)} ${because(cycle, edge)}`,
    related: [
      ...(gate ? [{ site: traceEnd(gate.trace), message: `\`${gate.lock.name}\` is taken here, around both` }] : []),
      ...others.map(({ held, pair }) => ({
        site: traceEnd(pair.trace),
        message: `\`${functionName(program, traceEnd(pair.trace))}\` holds \`${held.lock.name}\` and asks for \`${pair.acquires.name}\` here`,
      })),
    ],
  };
}

function conflict({ held, pair }: LockEdge, { edges }: QuietCycle): string {
  const [outer, inner] = [held.lock.name, pair.acquires.name];
  if (held.lock.site === pair.acquires.site) return `two locks \`${inner}\` are taken one under the other;`;
  return edges.length > 2
    ? `\`${inner}\` is taken under \`${outer}\`, and others close a circle of ${edges.length} locks;`
    : `\`${inner}\` is taken under \`${outer}\` here and the other way round elsewhere;`;
}

function because({ because: why, order, gate }: QuietCycle, { by }: LockEdge): string {
  switch (why) {
    case 'gate':
      return `both hold \`${gate?.lock.name ?? ''}\` first, which lets in one of them at a time`;
    case 'order':
      return `one order of the objects is kept everywhere (${order ?? ''})`;
    case 'batch':
      return 'all of them are asked for in one go, from locks that serve in order of arrival';
    case 'readers':
      return 'both only read, and readers do not wait for readers';
    case 'other-locks':
      return 'what the one asks for is never the lock that the other holds: another object or another key';
    case 'start-up':
      return 'the one side is over before the program can be called from outside';
    case 'one-run':
      return `both lie in one run of ${by.activity.label === '' ? by.activity.trigger : by.activity.label}, which does not run beside itself`;
    case 'one-branch':
      return 'both lie in one task, one after the other';
    case 'tests':
      return 'tests run one after the other, and nothing else beside them';
    case 'modules':
      return 'bodies of modules run one after the other';
  }
}
