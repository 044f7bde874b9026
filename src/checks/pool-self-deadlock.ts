import { lockActivities } from '../analysis/locks/lockActivities.ts';
import { traceEnd } from '../analysis/locks/lockPairs.ts';
import { askedThrough, callsOf, holderName, lockWitness } from '../analysis/locks/lockStory.ts';
import { type PoolDeadlock, poolDeadlock } from '../analysis/locks/poolDeadlock.ts';
import { type Program, linkedProgram } from '../analysis/program.ts';
import { defineCheck } from './check.ts';

/**
 * A unit of a bounded resource (a limiter's slot, a permit, a connection, a queue's worker) is held while another unit
 * of the same resource is waited for. Silent when the unit in hand is used inside, when the inner work is not waited for
 * under the unit, when nothing bounds the resource, and when a single run can never use up what there is.
 */
export default defineCheck({
  id: 'pool-self-deadlock',
  item: 'C4',
  level: 'error',
  title: 'A unit of a bounded resource is held while another one is waited for',
  why: 'when as many tasks as there are units each hold one, all of them wait for one more, for ever',
  fix: 'use the unit in hand inside, or wait for the inner work after giving it back',
  counts: 'units taken',
  explain: [
    'A limiter, semaphore, queue or connection pool has N units. Code that holds one and waits for another of the same',
    'kind works until N callers come at once:',
    '',
    '  task 1 … N      each takes a unit',
    '  task 1 … N      each waits for one more: none is left, and none is given back',
    '',
    'Typical: a transaction is open on one connection and a repository asks the pool for a second one; a limited function',
    'calls itself for the children of a node, inside the limit; a job adds a job to its own queue and waits for it.',
    'Suppress it when the number of callers is bounded below the size for a reason that the code does not show.',
  ].join('\n'),
  examples: {
    typescript: {
      bad: [
        'const client = await pool.connect();',
        'try {',
        "  await client.query('BEGIN');",
        '  const user = await users.find(id); // asks the pool for a second connection',
        '} finally {',
        '  client.release();',
        '}',
      ].join('\n'),
      good: [
        'const client = await pool.connect();',
        'try {',
        "  await client.query('BEGIN');",
        '  const user = await users.find(id, client);',
        '} finally {',
        '  client.release();',
        '}',
      ].join('\n'),
    },
    python: {
      bad: 'async with pool.acquire() as con:\n    user = await users.find(pool, key)  # a second connection',
      good: 'async with pool.acquire() as con:\n    user = await users.find(con, key)',
    },
  },

  run({ get, examined, report }) {
    const program = get(linkedProgram);
    const units = get(lockActivities).list.flatMap(({ pairs }) => pairs.filter(({ mode }) => mode === 'permit'));
    examined(units.map(pair => traceEnd(pair.trace)));
    for (const found of get(poolDeadlock)) {
      const { held, pair, by, at, level, confidence, assumptions } = found;
      const holder = holderName(program, held, pair);
      const inner = traceEnd(pair.trace);
      report({
        at,
        message: describe(program, found),
        level,
        confidence,
        related: [
          { site: traceEnd(held.trace), message: `a unit of \`${held.lock.name}\` is taken here` },
          ...callsOf(pair.trace),
          { site: inner, message: 'and another one is waited for here, while it is still held' },
        ],
        witnesses: [lockWitness(program, by, held, pair, `each of the tasks: ${holder}`, 1, 2)],
        assumptions: [...assumptions],
        key: [held.lock.site, at.in, inner.in],
      });
    }
  },
});

function describe(program: Program, { held, pair, at, how }: PoolDeadlock): string {
  const { name, capacity } = held.lock;
  const inner = traceEnd(pair.trace);
  const isDirect = inner.in === at.in && inner.at[0] === at.at[0];
  const holder = holderName(program, held, pair);
  const asks = isDirect
    ? `waits for another`
    : `calls \`${askedThrough(program, held, pair)}\`, which waits for another`;
  const size = capacity === null ? 'as many as there are' : String(capacity);
  const end = {
    alone: capacity === null ? 'there are not that many' : `there are only ${capacity} in all`,
    recursion: `each level of the recursion holds one, until ${size} are held`,
    rounds: `each round of the loop keeps one, until ${size} are held`,
    many: `${size} callers at once each hold one and wait for one more`,
    serial: `it hangs as soon as ${size} are held`,
  }[how];
  return `\`${holder}\` holds a unit of \`${name}\` and ${asks}: ${end}`;
}
