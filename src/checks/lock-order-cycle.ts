import { isDeclaredHeld } from '../analysis/locks/declaredHolds.ts';
import { type LockCycle, type LockEdge, lockOrder } from '../analysis/locks/lockOrder.ts';
import { askingSite, functionName, holderName, lockWitness } from '../analysis/locks/lockStory.ts';
import { traceEnd } from '../analysis/locks/lockPairs.ts';
import { linkedProgram, type Program, type Site } from '../analysis/program.ts';
import { defineCheck } from './check.ts';

/**
 * Tasks that take the same locks in opposite orders can each wait for the other for ever. Silent when one more lock (a
 * gate) is held along two of the hops, when a stable order of the objects is kept on all of them, when one side only
 * tries, and when the participants cannot run side by side.
 */
export default defineCheck({
  id: 'lock-order-cycle',
  item: 'C4',
  level: 'error',
  title: 'Locks are taken in conflicting orders',
  why: 'each task holds the lock that the next one waits for, and neither an error nor a timeout ends the wait',
  fix: 'take the locks in one order everywhere, or hold one lock over both',
  counts: 'nested acquisitions',
  explain: [
    'Two or more locks are acquired in conflicting orders by code that can run concurrently. Under load, sooner or later:',
    '',
    '  task 1                     task 2',
    '  takes A                    takes B',
    '  waits for B (held by 2)    waits for A (held by 1)',
    '',
    'Both wait for ever, and so does everybody who comes after them. The order may be hidden behind any number of calls,',
    'files, callbacks and wrappers; two instances of one class, or two keys of one keyed lock, count as two locks.',
    'Suppress it when the participants can never run at the same time for a reason that the code does not show.',
  ].join('\n'),
  examples: {
    typescript: {
      bad: [
        'async function transfer(from: Account, to: Account) {',
        '  await from.lock.runExclusive(() => to.lock.runExclusive(() => move(from, to)));',
        '}',
      ].join('\n'),
      good: [
        'async function transfer(from: Account, to: Account) {',
        '  const [first, second] = from.id < to.id ? [from, to] : [to, from];',
        '  await first.lock.runExclusive(() => second.lock.runExclusive(() => move(from, to)));',
        '}',
      ].join('\n'),
    },
    python: {
      bad: [
        'async def transfer(src, dst):',
        '    async with src.lock:',
        '        async with dst.lock:',
        '            move(src, dst)',
      ].join('\n'),
      good: [
        'async def transfer(src, dst):',
        '    first, second = sorted([src, dst], key=lambda account: account.id)',
        '    async with first.lock, second.lock:',
        '        move(src, dst)',
      ].join('\n'),
    },
  },

  run({ get, examined, report }) {
    const { edges, cycles } = get(lockOrder);
    const program = get(linkedProgram);
    examined(edges.map(edge => traceEnd(edge.pair.trace)));
    for (const cycle of cycles) {
      const hops = fromSmallest(cycle.edges);
      const [first] = hops;
      if (!first) continue;
      report({
        at: askingSite(first.held, first.pair),
        message: describe(program, cycle, hops),
        level: cycle.level,
        confidence: cycle.confidence,
        related: hops.flatMap(hop => related(program, hop)),
        witnesses: hops.map((hop, index) =>
          lockWitness(
            program,
            hop.by,
            hop.held,
            hop.pair,
            `task ${index + 1}: ${holderName(program, hop.held, hop.pair)}`,
            index + 1,
            hops.length + index + 1,
          ),
        ),
        assumptions: [...cycle.assumptions],
        key: [...new Set(hops.map(hop => hop.held.lock.site))].sort(),
      });
    }
  },
});

/** Starts at the hop whose inner acquisition has the smallest file path, then position. */
function fromSmallest(edges: readonly LockEdge[]): LockEdge[] {
  const place = ({ held, pair }: LockEdge): Site => askingSite(held, pair);
  const start = edges.reduce(
    (best, edge, index) => (isBefore(place(edge), place(edges[best] as LockEdge)) ? index : best),
    0,
  );
  return [...edges.slice(start), ...edges.slice(0, start)];
}

const isBefore = (a: Site, b: Site): boolean => a.file < b.file || (a.file === b.file && a.at[0] < b.at[0]);

function related(program: Program, { held, pair }: LockEdge): { site: Site; message: string }[] {
  return [
    {
      site: traceEnd(held.trace),
      message: `\`${functionName(program, traceEnd(held.trace))}\` ${isDeclaredHeld(held) ? 'is called with' : 'takes'} \`${held.lock.name}\``,
    },
    { site: askingSite(held, pair), message: `and goes on to ask for \`${pair.acquires.name}\`` },
    { site: traceEnd(pair.trace), message: `\`${pair.acquires.name}\` is waited for here` },
  ];
}

function describe(program: Program, { level }: LockCycle, hops: readonly LockEdge[]): string {
  const [first, second] = hops;
  if (!first || !second) return '';
  const name = (hop: LockEdge): string => holderName(program, hop.held, hop.pair);
  const own = first.held.lock.site === first.pair.acquires.site;
  if (own) {
    const verb = level === 'error' ? 'waits' : 'waits (not for ever)';
    return `\`${name(first)}\` holds \`${first.held.lock.name}\` of one object and ${verb} for \`${first.pair.acquires.name}\` of another, in whatever order it is given them: a second run the other way round waits for the first`;
  }
  const parts = hops.map(
    hop => `\`${name(hop)}\` holds \`${hop.held.lock.name}\` and waits for \`${hop.pair.acquires.name}\``,
  );
  return `${parts.slice(0, -1).join(', ')} while ${parts[parts.length - 1]}`;
}
