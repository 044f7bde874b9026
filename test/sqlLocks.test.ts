import { describe, expect, it } from 'vitest';
import { sqlHole, sqlLocks } from '../src/frontends/sqlLocks.ts';

describe('what a statement locks', () => {
  const row = { does: 'take', kind: 'row', mode: 'exclusive', wait: 'endless', until: 'transaction' };
  const advisory = { does: 'take', kind: 'advisory', mode: 'exclusive', wait: 'endless', until: 'connection' };
  it.each<[string, object[]]>([
    ['SELECT 1', []],
    ['BEGIN', []],
    ['COMMIT', [{ does: 'end' }]],
    ['rollback;', [{ does: 'end' }]],
    ['ROLLBACK TO SAVEPOINT a', []],
    [
      'SELECT * FROM "accounts" a WHERE a.id = $2 FOR UPDATE',
      [{ ...row, lock: 'rows of accounts', key: { parameter: 2 } }],
    ],
    [
      'SELECT id\n FROM shop.orders -- FOR UPDATE SKIP LOCKED\n WHERE id = 7 FOR SHARE NOWAIT',
      [{ ...row, lock: 'rows of orders', key: { text: '7' }, mode: 'shared', wait: 'try' }],
    ],
    ['SELECT * FROM jobs WHERE id = ANY($1) FOR UPDATE', [{ ...row, lock: 'rows of jobs', key: null }]],
    ['SELECT * FROM jobs WHERE shop = ? AND name = ? FOR UPDATE', [{ ...row, lock: 'rows of jobs', key: null }]],
    [
      "SELECT * FROM jobs j WHERE shop = ? AND j.id = ? AND state = 'open' FOR UPDATE",
      [{ ...row, lock: 'rows of jobs', key: { parameter: 2 } }],
    ],
    ["SELECT * FROM jobs WHERE state = 'open' FOR UPDATE", [{ ...row, lock: 'rows of jobs', key: null }]],
    [
      "SELECT * FROM jobs WHERE state = 'open' AND owner = ? FOR UPDATE",
      [{ ...row, lock: 'rows of jobs', key: { parameter: 1 } }],
    ],
    ['SELECT * FROM jobs LIMIT 1 FOR UPDATE SKIP LOCKED', []],
    ['UPDATE jobs SET note = $1', []],
    ['SELECT pg_advisory_lock($1)', [{ ...advisory, lock: 'advisory lock', key: { parameter: 1 } }]],
    [
      `SELECT pg_advisory_xact_lock(hashtext(${sqlHole(0)})::bigint)`,
      [{ ...advisory, lock: 'advisory lock', key: { hole: 0 }, until: 'transaction' }],
    ],
    [
      'SELECT pg_advisory_lock_shared(3, $1)',
      [{ ...advisory, lock: 'advisory lock 3,*', key: { parameter: 1 }, mode: 'shared' }],
    ],
    [
      'SELECT pg_try_advisory_lock(1)',
      [{ ...advisory, lock: 'advisory lock', key: { text: '1' }, wait: 'try', told: 'pg_try_advisory_lock' }],
    ],
    [
      'SELECT pg_try_advisory_xact_lock($1) AS "locked"',
      [
        {
          ...advisory,
          lock: 'advisory lock',
          key: { parameter: 1 },
          wait: 'try',
          until: 'transaction',
          told: 'locked',
        },
      ],
    ],
    ['SELECT id FROM jobs WHERE pg_try_advisory_lock(id) LIMIT 1', []],
    ['SELECT pg_advisory_unlock(1)', [{ does: 'give', lock: 'advisory lock', key: { text: '1' } }]],
    [
      "SELECT GET_LOCK('nightly', 10)",
      [{ ...advisory, lock: 'named lock', key: { text: 'nightly' }, wait: 'bounded' }],
    ],
    ['SELECT GET_LOCK(?, -1)', [{ ...advisory, lock: 'named lock', key: { parameter: 1 } }]],
    ["DO RELEASE_LOCK('nightly')", [{ does: 'give', lock: 'named lock', key: { text: 'nightly' } }]],
    ["INSERT INTO notes VALUES ('a;'); COMMIT", [{ does: 'end' }]],
    ["INSERT INTO notes VALUES (';COMMIT;')", []],
    ["INSERT INTO notes VALUES ('COMMIT; SELECT GET_LOCK')", []],
  ])('%s', (text, locks) => {
    expect(sqlLocks(text)).toEqual(locks);
  });
});
