/** What the tables state of locks, queues, limiters and timers, seen at run time in the installed versions. */
import { create } from 'node:domain';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import AsyncLock from 'async-lock';
import { E_ALREADY_LOCKED, E_TIMEOUT, Mutex, Semaphore, tryAcquire, withTimeout } from 'async-mutex';
import pLimit from 'p-limit';
import pMap from 'p-map';
import PQueue from 'p-queue';
import lockfile from 'proper-lockfile';
import { afterAll, describe, expect, it } from 'vitest';
import { recorder, settle, stateOf } from './support/sections.ts';

describe('async-mutex', () => {
  it('serves waiters in order, one at a time', async () => {
    const mutex = new Mutex();
    const seen = recorder();
    const all = ['a', 'b', 'c'].map(name => mutex.runExclusive(seen.enter(name)));
    await settle();
    expect(seen.log).toEqual(['a']);
    for (let left = 0; left < 3; left++) {
      seen.leave();
      await settle();
    }
    await Promise.all(all);
    expect([seen.log, seen.most()]).toEqual([['a', 'b', 'c'], 1]);
  });

  it('is not reentrant', async () => {
    const mutex = new Mutex();
    const release = await mutex.acquire();
    expect(await stateOf(mutex.runExclusive(() => 1))).toBe('pending');
    release();
  });

  it('gives a releaser that counts once', async () => {
    const mutex = new Mutex();
    const first = await mutex.acquire();
    first();
    const second = await mutex.acquire();
    first();
    expect(mutex.isLocked()).toBe(true);
    second();
    expect(mutex.isLocked()).toBe(false);
  });

  it('lets anybody release with release()', async () => {
    const mutex = new Mutex();
    await mutex.acquire();
    mutex.release();
    expect(mutex.isLocked()).toBe(false);
  });

  it('waits for the callback and frees the lock when it throws', async () => {
    const mutex = new Mutex();
    await expect(mutex.runExclusive(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(mutex.isLocked()).toBe(false);
  });

  it('waits for the unlock and takes nothing', async () => {
    const mutex = new Mutex();
    const release = await mutex.acquire();
    const waiting = mutex.waitForUnlock();
    expect(await stateOf(waiting)).toBe('pending');
    release();
    await waiting;
    expect(mutex.isLocked()).toBe(false);
  });

  it('rejects those that wait on cancel, and leaves the holder alone', async () => {
    const mutex = new Mutex();
    await mutex.acquire();
    const waiting = mutex.acquire();
    mutex.cancel();
    await expect(waiting).rejects.toThrow();
    expect(mutex.isLocked()).toBe(true);
  });

  it('tries at once, and bounds the wait, on the same lock', async () => {
    const mutex = new Mutex();
    const release = await mutex.acquire();
    await expect(tryAcquire(mutex).acquire()).rejects.toBe(E_ALREADY_LOCKED);
    await expect(withTimeout(mutex, 1).runExclusive(() => 1)).rejects.toBe(E_TIMEOUT);
    release();
    const held = await tryAcquire(mutex).acquire();
    expect(mutex.isLocked()).toBe(true);
    held();
  });

  it('bounds the acquisition only, not the section', async () => {
    const section = withTimeout(new Mutex(), 1).runExclusive(() => sleep(10, 'done'));
    await expect(section).resolves.toBe('done');
  });

  it('counts: a semaphore gives its value and a releaser, and runs as many as it has units', async () => {
    const semaphore = new Semaphore(2);
    const [value, release] = await semaphore.acquire();
    expect([value, typeof release]).toEqual([2, 'function']);
    release();
    const seen = recorder();
    const all = ['a', 'b', 'c'].map(name => semaphore.runExclusive(seen.enter(name)));
    await settle();
    expect(seen.log).toEqual(['a', 'b']);
    for (let left = 0; left < 3; left++) {
      seen.leave();
      await settle();
    }
    await Promise.all(all);
    expect(seen.most()).toBe(2);
  });

  it('takes several units when told a weight', async () => {
    const semaphore = new Semaphore(3);
    const [, release] = await semaphore.acquire(3);
    expect(semaphore.isLocked()).toBe(true);
    release();
    expect(semaphore.getValue()).toBe(3);
  });
});

describe('async-lock', () => {
  it('keeps keys apart and serves one key in order', async () => {
    const lock = new AsyncLock();
    const seen = recorder();
    const all = [
      lock.acquire('k', seen.enter('a')),
      lock.acquire('k', seen.enter('b')),
      lock.acquire('other', seen.enter('c')),
    ];
    await settle();
    expect(seen.log).toEqual(['a', 'c']);
    for (let left = 0; left < 3; left++) {
      seen.leave();
      await settle();
    }
    await Promise.all(all);
    expect(seen.log).toEqual(['a', 'c', 'b']);
  });

  it('is not reentrant', async () => {
    const lock = new AsyncLock();
    expect(await stateOf(lock.acquire('k', () => lock.acquire('k', () => 1)))).toBe('pending');
  });

  it('is reentrant inside a domain with domainReentrant', async () => {
    const lock = new AsyncLock({ domainReentrant: true });
    await expect(create().run(() => lock.acquire('k', () => lock.acquire('k', () => 1)))).resolves.toBe(1);
  });

  it('waits for `done` when the callback declares a parameter, whatever it returns', async () => {
    const lock = new AsyncLock();
    let finish: (() => void) | undefined;
    const section = lock.acquire('k', (done: (error?: Error | null, value?: number) => void) => {
      finish = () => {
        done(null, 7);
      };
      return Promise.resolve(1);
    });
    expect(await stateOf(section)).toBe('pending');
    expect(lock.isBusy('k')).toBe(true);
    finish?.();
    await expect(section).resolves.toBe(7);
    expect(lock.isBusy('k')).toBe(false);
  });

  it.each([
    [['a', 'b'], ['blocker']],
    [
      ['b', 'a'],
      ['blocker', 'single'],
    ],
    [['a', 'a', 'b'], ['blocker']],
  ])('takes the keys %j one by one, in their order', async (keys, entered) => {
    const lock = new AsyncLock();
    const seen = recorder();
    const all = [
      lock.acquire('b', seen.enter('blocker')),
      lock.acquire(keys, seen.enter('both')),
      lock.acquire('a', seen.enter('single')),
    ];
    await settle();
    // The batch waits for `b`: it has `a` already only when `a` comes first.
    expect(seen.log).toEqual(entered);
    for (let left = 0; left < 3; left++) {
      seen.leave();
      await settle();
    }
    await Promise.all(all);
    expect(seen.log).toHaveLength(3);
  });

  it('bounds the wait with timeout, at the call or for the whole lock', async () => {
    const lock = new AsyncLock({ timeout: 1 });
    const seen = recorder();
    const holder = lock.acquire('k', seen.enter('holder'));
    await expect(lock.acquire('k', () => 1)).rejects.toThrow(/timed out/);
    seen.leave();
    await holder;
    const plain = new AsyncLock();
    const other = plain.acquire('k', seen.enter('other'));
    await expect(plain.acquire('k', () => 1, { timeout: 1 })).rejects.toThrow(/timed out/);
    seen.leave();
    await other;
  });

  it('frees the lock after maxExecutionTime while the body goes on', async () => {
    const lock = new AsyncLock({ maxExecutionTime: 1 });
    const seen = recorder();
    await expect(lock.acquire('k', seen.enter('body'))).rejects.toThrow(/Maximum execution time/);
    expect(lock.isBusy('k')).toBe(false);
    seen.leave();
  });
});

describe('p-limit', () => {
  it('runs as many as it was told, in order, and passes arguments on', async () => {
    const limit = pLimit(2);
    const seen = recorder();
    const all = ['a', 'b', 'c', 'd'].map(name => limit(seen.enter(name)));
    await settle();
    expect(seen.log).toEqual(['a', 'b']);
    for (let left = 0; left < 4; left++) {
      seen.leave();
      await settle();
    }
    await Promise.all(all);
    expect([seen.log, seen.most()]).toEqual([['a', 'b', 'c', 'd'], 2]);
    await expect(limit((a: number, b: number) => a + b, 1, 2)).resolves.toBe(3);
  });

  it('nested in itself waits for ever when every unit is taken', async () => {
    const limit = pLimit(1);
    expect(await stateOf(limit(() => limit(() => 1)))).toBe('pending');
  });

  it('forgets those that wait on clearQueue: they never settle', async () => {
    const limit = pLimit(1);
    const seen = recorder();
    const running = limit(seen.enter('a'));
    await settle();
    const waiting = limit(() => 1);
    limit.clearQueue();
    seen.leave();
    await running;
    expect(await stateOf(waiting)).toBe('pending');
  });
});

describe('p-queue', () => {
  it('has no bound unless told one', async () => {
    const queue = new PQueue();
    const seen = recorder();
    const all = ['a', 'b', 'c'].map(name => queue.add(seen.enter(name)));
    await settle();
    expect(seen.log).toEqual(['a', 'b', 'c']);
    for (let left = 0; left < 3; left++) seen.leave();
    await Promise.all(all);
  });

  it('runs as many as its concurrency, in order, and is idle after the last', async () => {
    const queue = new PQueue({ concurrency: 1 });
    const seen = recorder();
    const all = ['a', 'b', 'c'].map(name => queue.add(seen.enter(name)));
    const idle = queue.onIdle();
    for (let left = 0; left < 3; left++) {
      await settle();
      expect(await stateOf(idle)).toBe('pending');
      seen.leave();
    }
    await Promise.all([...all, idle]);
    expect([seen.log, seen.most()]).toEqual([['a', 'b', 'c'], 1]);
  });

  it('nested in itself waits for ever when every unit is taken', async () => {
    const queue = new PQueue({ concurrency: 1 });
    expect(await stateOf(queue.add(() => queue.add(() => 1)))).toBe('pending');
  });
});

describe('p-map', () => {
  it('runs as many as its concurrency, all without, and gives the results in order', async () => {
    const seen = recorder();
    const bounded = pMap(['a', 'b', 'c'], async name => (await seen.enter(name)(), name), { concurrency: 2 });
    await settle();
    expect(seen.log).toEqual(['a', 'b']);
    for (let left = 0; left < 3; left++) {
      seen.leave();
      await settle();
    }
    await expect(bounded).resolves.toEqual(['a', 'b', 'c']);
    const free = recorder();
    const unbounded = pMap(['a', 'b', 'c'], name => free.enter(name)());
    await settle();
    expect(free.most()).toBe(3);
    for (let left = 0; left < 3; left++) free.leave();
    await unbounded;
  });
});

describe('proper-lockfile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockfile-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('does not wait unless told to retry, and gives a function that releases', async () => {
    const path = join(folder, 'shared');
    writeFileSync(path, '');
    const release = await lockfile.lock(path);
    await expect(lockfile.lock(path)).rejects.toThrow(/already being held/);
    await release();
    const again = await lockfile.lock(path, { retries: 1 });
    await again();
    expect(await lockfile.check(path)).toBe(false);
  });
});

describe('the language and Node', () => {
  it('calls array callbacks at once, and promise callbacks later', async () => {
    const log: string[] = [];
    const later = Promise.resolve().then(() => log.push('then'));
    [1].forEach(() => log.push('forEach'));
    const made = new Promise<void>(resolve => {
      log.push('executor');
      resolve();
    }).finally(() => log.push('finally'));
    queueMicrotask(() => log.push('microtask'));
    log.push('sync');
    await Promise.all([later, made]);
    expect(log).toEqual(['forEach', 'executor', 'sync', 'then', 'finally', 'microtask']);
  });

  it('never rejects a pause without a signal, and does with one', async () => {
    await expect(sleep(0)).resolves.toBeUndefined();
    await expect(sleep(1000, undefined, { signal: AbortSignal.abort() })).rejects.toThrow();
  });

  it('settles allSettled whatever happens', async () => {
    await expect(Promise.allSettled([Promise.reject(new Error('x')), Promise.resolve(1)])).resolves.toHaveLength(2);
  });
});
