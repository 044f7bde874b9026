import { declaredOrder } from '../analysis/locks/declaredOrder.ts';
import { lockOrder } from '../analysis/locks/lockOrder.ts';
import { type OrderViolation, orderViolations } from '../analysis/locks/lockOrderViolation.ts';
import { traceEnd } from '../analysis/locks/lockPairs.ts';
import { callsOf, holderName, lockWitness, takenAt } from '../analysis/locks/lockStory.ts';
import { type Program, linkedProgram } from '../analysis/program.ts';
import { defineCheck } from './check.ts';

/**
 * The project declares in which order its locks are taken, and an acquisition goes against it. Orders chain: what is
 * declared of `a < b` and of `b < c` holds for `a` and `c`. Silent for a lock that is only tried for.
 */
export default defineCheck({
  id: 'lock-order-violation',
  item: 'C4',
  level: 'error',
  title: 'A lock is taken against the declared order',
  why: 'everybody else takes the two the declared way round, so each can wait for the other for ever',
  fix: 'take the locks in the declared order, or release the one in hand first',
  counts: 'nested acquisitions of locks with a declared order',
  explain: [
    'A hierarchy is declared in a comment at a lock (`@lockOrder a < b < c`: `a` is the outermost) or in the configuration',
    '(`lockOrder: ["a < b < c"]`), and code that holds the inner lock asks for the outer one:',
    '',
    '  task 1 (as declared)       task 2 (here)',
    '  takes a                    takes b',
    '  waits for b (held by 2)    waits for a (held by 1)',
    '',
    'Names: a lock of the same module or class, `Class.field`, `module#name`, or the name that a lock is asked for by in',
    'quotes. If the declaration is what is wrong, change it: one that is not kept protects nobody.',
  ].join('\n'),
  examples: {
    typescript: {
      bad: [
        '/** @lockOrder accounts < ledger */',
        'const accounts = new Mutex();',
        'const ledger = new Mutex();',
        'const close = () => ledger.runExclusive(() => accounts.runExclusive(sum));',
      ].join('\n'),
      good: [
        '/** @lockOrder accounts < ledger */',
        'const accounts = new Mutex();',
        'const ledger = new Mutex();',
        'const close = () => accounts.runExclusive(() => ledger.runExclusive(sum));',
      ].join('\n'),
    },
    python: {
      bad: '#: @lockOrder accounts < ledger\nasync with ledger:\n    async with accounts: ...',
      good: '#: @lockOrder accounts < ledger\nasync with accounts:\n    async with ledger: ...',
    },
  },

  run({ get, examined, report }) {
    const program = get(linkedProgram);
    const { wayFrom } = get(declaredOrder);
    const declared = get(lockOrder).edges.filter(
      ({ held: { lock }, pair: { acquires } }) => wayFrom(lock, acquires) ?? wayFrom(acquires, lock),
    );
    examined(declared.map(({ pair }) => traceEnd(pair.trace)));
    for (const { edge, way, confidence } of get(orderViolations)) {
      const { held, pair, by } = edge;
      const holder = holderName(program, held, pair);
      const inner = traceEnd(pair.trace);
      report({
        at: inner,
        message: describe(program, { edge, way, confidence }),
        confidence,
        related: [
          takenAt(held),
          ...callsOf(pair.trace),
          { site: inner, message: `\`${pair.acquires.name}\` is asked for here` },
          ...way.flatMap(({ site, names }) =>
            site ? [{ site, message: `the order is declared here: ${names.join(' < ')}` }] : [],
          ),
        ],
        witnesses: [lockWitness(program, by, held, pair, `the task that goes against the order: ${holder}`, 1, 2)],
        key: [held.lock.site, pair.acquires.site, inner.in],
      });
    }
  },
});

function describe(program: Program, { edge: { held, pair }, way }: OrderViolation): string {
  const holder = holderName(program, held, pair);
  const order = way.map(({ names }) => `\`${names.join(' < ')}\``).join(' and ');
  return `\`${holder}\` holds \`${held.lock.name}\` and asks for \`${pair.acquires.name}\`, against the declared order ${order}`;
}
