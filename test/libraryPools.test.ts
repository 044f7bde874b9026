/** What the tables state of pools, read-write locks, worker threads and streams, seen at run time in the installed versions. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RWLock, State } from 'async-rwlock';
import { createPool } from 'generic-pool';
import mysql from 'mysql2';
import mysqlPromise from 'mysql2/promise';
import { Piscina } from 'piscina';
import { catchError, firstValueFrom, lastValueFrom, map, mergeMap, of, tap } from 'rxjs';
import Tinypool from 'tinypool';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import workerpool from 'workerpool';
import { settle, stateOf } from './support/sections.ts';

describe('generic-pool', () => {
  const resources = (options?: { max?: number; acquireTimeoutMillis?: number }) =>
    createPool({ create: () => Promise.resolve({}), destroy: () => Promise.resolve() }, options);

  it('gives out one resource unless told otherwise, in order of arrival', async () => {
    const pool = resources();
    const first = await pool.acquire();
    const order: string[] = [];
    const waiting = ['a', 'b'].map(async name => {
      const resource = await pool.acquire();
      order.push(name);
      await pool.release(resource);
    });
    expect(await stateOf(pool.acquire())).toBe('pending');
    await pool.release(first);
    await Promise.all(waiting);
    expect(order).toEqual(['a', 'b']);
  });

  it('gives out as many as `max`, and takes only its own back', async () => {
    const pool = resources({ max: 2 });
    const [first] = [await pool.acquire(), await pool.acquire()];
    expect(await stateOf(pool.acquire())).toBe('pending');
    await pool.release(first);
    await expect(pool.release({})).rejects.toThrow(/part of this pool/);
  });

  it('gives the place of a destroyed resource to the next', async () => {
    const pool = resources();
    const first = await pool.acquire();
    const next = pool.acquire();
    expect(await stateOf(next)).toBe('pending');
    await pool.destroy(first);
    expect(await next).not.toBe(first);
  });

  it('bounds the wait with acquireTimeoutMillis', async () => {
    const pool = resources({ acquireTimeoutMillis: 1 });
    await pool.acquire();
    await expect(pool.acquire()).rejects.toThrow(/timed out/);
  });

  it('holds the resource of `use` until the callback has ended, and is not reentrant', async () => {
    const pool = resources();
    await expect(pool.use(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await stateOf(pool.use(() => pool.use(() => 1)))).toBe('pending');
    expect(pool.borrowed).toBe(1);
  });

  it('drains when everything is given back, and takes no more', async () => {
    const pool = resources();
    const held = await pool.acquire();
    const drained = pool.drain();
    expect(await stateOf(drained)).toBe('pending');
    await expect(pool.acquire()).rejects.toThrow(/draining/);
    await pool.release(held);
    await drained;
    await pool.clear();
  });
});

describe('async-rwlock', () => {
  it('lets readers in together, and a writer alone', async () => {
    const lock = new RWLock();
    await lock.readLock();
    await lock.readLock();
    const writer = lock.writeLock();
    expect(await stateOf(writer)).toBe('pending');
    lock.unlock();
    lock.unlock();
    await writer;
    expect(lock.getState()).toBe(State.Writing);
    expect(await stateOf(lock.readLock())).toBe('pending');
  });

  it('lets a reader in beside readers while a writer waits', async () => {
    const lock = new RWLock();
    await lock.readLock();
    const writer = lock.writeLock();
    expect(await stateOf(lock.readLock())).toBe('fulfilled');
    expect(await stateOf(writer)).toBe('pending');
  });

  it('is not reentrant, and bounds the wait when told', async () => {
    const lock = new RWLock();
    await lock.writeLock();
    expect(await stateOf(lock.writeLock())).toBe('pending');
    await expect(lock.readLock(1)).rejects.toThrow(/timeout/);
  });

  it('lets anybody unlock, and throws when nothing is held', async () => {
    const lock = new RWLock();
    await lock.writeLock();
    lock.unlock();
    expect(lock.getState()).toBe(State.Idle);
    expect(() => {
      lock.unlock();
    }).toThrow();
  });
});

describe('mysql2', () => {
  // Each command and its answer count their packets from 0.
  const counted = (connection: mysql.Connection): { sequenceId: number } => connection;
  const answer = (connection: mysql.Connection): void => {
    connection.writeOk();
    process.nextTick(() => (counted(connection).sequenceId = 0));
  };
  const server = mysql.createServer(connection => {
    connection.serverHandshake({
      protocolVersion: 10,
      serverVersion: '8.0.0',
      connectionId: 1,
      statusFlags: 2,
      characterSet: 8,
      capabilityFlags: 0xffffff ^ 0x800,
      authCallback: (_: unknown, done: (error: null) => void) => {
        answer(connection);
        done(null);
      },
    });
    connection.on('query', () => {
      counted(connection).sequenceId = 1;
      answer(connection);
    });
    connection.on('error', () => undefined);
  });
  let port = 0;
  beforeAll(async () => {
    const { _server: socket } = server as unknown as { _server: Server };
    server.listen(0);
    await once(socket, 'listening');
    const address = socket.address();
    port = typeof address === 'object' && address ? address.port : 0;
  });
  afterAll(async () => {
    await new Promise<void>(resolve => {
      server.close(() => {
        resolve();
      });
    });
  });
  const pool = (connectionLimit?: number, more: object = {}) =>
    mysqlPromise.createPool({
      port,
      user: 'u',
      ...(connectionLimit === undefined ? {} : { connectionLimit }),
      ...more,
    });

  it('gives out ten connections unless told otherwise', async () => {
    const all = pool();
    const held = await Promise.all(Array.from({ length: 10 }, () => all.getConnection()));
    const next = all.getConnection();
    expect(await stateOf(next)).toBe('pending');
    held[0]?.release();
    await next;
    for (const connection of held.slice(1)) connection.release();
    (await next).release();
    await all.end();
  });

  it('makes a query of the pool wait for a connection, in order of arrival', async () => {
    const one = pool(1);
    const held = await one.getConnection();
    const order: string[] = [];
    const queries = ['a', 'b'].map(async name => {
      await one.query('SELECT 1');
      order.push(name);
    });
    await settle();
    expect(order).toEqual([]);
    held.release();
    await Promise.all(queries);
    expect(order).toEqual(['a', 'b']);
    await one.end();
  });

  it('frees the place of a connection that is destroyed', async () => {
    const one = pool(1);
    const held = await one.getConnection();
    const next = one.getConnection();
    held.destroy();
    (await next).release();
    await one.end();
  });

  it('does not wait with `waitForConnections: false`', async () => {
    const one = pool(1, { waitForConnections: false });
    const held = await one.getConnection();
    await expect(one.getConnection()).rejects.toThrow(/No connections available/);
    one.releaseConnection(held);
    await one.end();
  });
});

describe('pools of worker threads', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'workers-')), 'worker.mjs');
  beforeAll(() => {
    writeFileSync(
      file,
      'export default ({ ms }) => new Promise((resolve, reject) => setTimeout(ms < 0 ? reject : resolve, Math.abs(ms), ms));',
    );
  });
  afterAll(() => {
    rmSync(dirname(file), { recursive: true });
  });

  it('workerpool runs a function in another thread, cancels on demand, and ends on terminate', async () => {
    const pool = workerpool.pool({ maxWorkers: 1 });
    await expect(pool.exec((a: number, b: number) => a + b, [1, 2])).resolves.toBe(3);
    const running = pool.exec(() => new Promise(() => undefined), []);
    running.cancel();
    await expect(running).rejects.toThrow(/cancelled/i);
    await pool.terminate();
    expect(pool.stats().totalWorkers).toBe(0);
  });

  it.each([
    ['piscina', Piscina],
    ['tinypool', Tinypool],
  ])('%s gives results and rejections of its tasks, and stops one on its signal', async (_, Pool) => {
    const pool = new Pool({ filename: file, maxThreads: 1 });
    await expect(pool.run({ ms: 1 })).resolves.toBe(1);
    await expect(pool.run({ ms: -1 })).rejects.toBe(-1);
    const controller = new AbortController();
    const stopped = pool.run({ ms: 10_000 }, { signal: controller.signal });
    controller.abort();
    await expect(stopped).rejects.toThrow(/abort/i);
    await pool.destroy();
  });
});

describe('rxjs', () => {
  it('awaits what flattening operators return, and gives their rejection to the subscriber', async () => {
    await expect(firstValueFrom(of(1).pipe(mergeMap(value => Promise.resolve(value + 1))))).resolves.toBe(2);
    const failed = of(1).pipe(
      mergeMap(() => Promise.reject(new Error('x'))),
      catchError(() => Promise.resolve('caught')),
    );
    await expect(lastValueFrom(failed)).resolves.toBe('caught');
  });

  it('takes a promise as a plain value elsewhere, and drops it in `tap`', async () => {
    const dropped = Promise.resolve();
    await expect(firstValueFrom(of(1).pipe(map(() => [dropped])))).resolves.toEqual([dropped]);
    let ended = false;
    const slow = async (): Promise<void> => {
      await new Promise(resolve => setImmediate(resolve));
      ended = true;
    };
    await firstValueFrom(of(1).pipe(tap(() => void slow())));
    expect(ended).toBe(false);
  });
});
