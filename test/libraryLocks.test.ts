/** What the tables state of the smaller lock packages, seen at run time in the installed versions. */
import AwaitLock from 'await-lock';
import { MultiMutex, Mutex } from '@livekit/mutex';
import { Lock, RWLock } from '@rocicorp/lock';
import ReadWriteLock from 'rwlock';
import { describe, expect, it } from 'vitest';
import { recorder, settle, stateOf } from './support/sections.ts';

describe('await-lock', () => {
  it('serves waiters in order, one at a time, and gives nothing', async () => {
    const lock = new AwaitLock();
    expect(await lock.acquireAsync()).toBeUndefined();
    const order: string[] = [];
    const waiting = ['a', 'b'].map(async name => {
      await lock.acquireAsync();
      order.push(name);
    });
    await settle();
    expect(order).toEqual([]);
    lock.release();
    await settle();
    expect(order).toEqual(['a']);
    lock.release();
    await Promise.all(waiting);
    expect(order).toEqual(['a', 'b']);
  });

  it('is not reentrant, and bounds the wait when told', async () => {
    const lock = new AwaitLock();
    await lock.acquireAsync();
    expect(await stateOf(lock.acquireAsync())).toBe('pending');
    await expect(lock.acquireAsync({ timeout: 1 })).rejects.toThrow(/Timed out/);
  });

  it('does not give the lock to one that has given up', async () => {
    const lock = new AwaitLock();
    await lock.acquireAsync();
    await expect(lock.acquireAsync({ timeout: 1 })).rejects.toThrow(/Timed out/);
    lock.release();
    expect(lock.acquired).toBe(false);
  });

  it('tries without waiting', () => {
    const lock = new AwaitLock();
    expect([lock.tryAcquire(), lock.tryAcquire()]).toEqual([true, false]);
  });

  it('lets anybody release, and throws when nothing is held', async () => {
    const lock = new AwaitLock();
    await lock.acquireAsync();
    lock.release();
    expect(lock.acquired).toBe(false);
    expect(() => {
      lock.release();
    }).toThrow(/unacquired/);
  });
});

describe('@rocicorp/lock', () => {
  it('serves waiters in order, one at a time, and frees the lock when the section throws', async () => {
    const lock = new Lock();
    const seen = recorder();
    const failed = lock.withLock(() => Promise.reject(new Error('x')));
    const all = ['a', 'b'].map(name => lock.withLock(seen.enter(name)));
    await expect(failed).rejects.toThrow('x');
    await settle();
    expect(seen.log).toEqual(['a']);
    seen.leave();
    await settle();
    seen.leave();
    await Promise.all(all);
    expect([seen.log, seen.most()]).toEqual([['a', 'b'], 1]);
  });

  it('is not reentrant, and gives a releaser that frees its own turn only', async () => {
    const lock = new Lock();
    const first = await lock.lock();
    expect(await stateOf(lock.withLock(() => 1))).toBe('pending');
    first();
    const second = await lock.lock();
    first();
    expect(await stateOf(lock.lock())).toBe('pending');
    second();
  });

  it('lets readers in together, and a writer alone', async () => {
    const lock = new RWLock();
    const [one, two] = [await lock.read(), await lock.read()];
    const writer = lock.write();
    one();
    expect(await stateOf(writer)).toBe('pending');
    two();
    const done = await writer;
    expect(await stateOf(lock.withRead(() => 1))).toBe('pending');
    done();
  });

  it('lets no reader pass a writer that waits', async () => {
    const lock = new RWLock();
    const reader = await lock.read();
    const writer = lock.withWrite(() => undefined);
    const late = lock.withRead(() => undefined);
    expect([await stateOf(writer), await stateOf(late)]).toEqual(['pending', 'pending']);
    reader();
    await Promise.all([writer, late]);
  });
});

describe('rwlock', () => {
  type Release = () => void;

  it('lets readers in together, and a reader in behind a writer that waits', () => {
    const lock = new ReadWriteLock();
    const log: string[] = [];
    const releases: Release[] = [];
    const inside = (name: string) => (release: Release) => {
      log.push(name);
      releases.push(release);
    };
    lock.readLock(inside('a'));
    lock.readLock(inside('b'));
    lock.writeLock(inside('writer'));
    lock.readLock(inside('c'));
    expect(log).toEqual(['a', 'b']);
    releases[0]?.();
    releases[0]?.();
    expect(log).toEqual(['a', 'b']);
    releases[1]?.();
    expect(log).toEqual(['a', 'b', 'writer']);
    releases[2]?.();
    expect(log).toEqual(['a', 'b', 'writer', 'c']);
  });

  it('has a lock for each key and one without, is not reentrant, and gives nothing', () => {
    const lock = new ReadWriteLock();
    const log: string[] = [];
    expect(lock.writeLock('one', () => log.push('one'))).toBeUndefined();
    lock.writeLock('two', () => log.push('two'));
    lock.writeLock(() => log.push('none'));
    lock.writeLock('one', () => log.push('one again'));
    expect(log).toEqual(['one', 'two', 'none']);
  });

  it('gives an error first on `async`, and stops waiting when told', async () => {
    const lock = new ReadWriteLock();
    const log: unknown[] = [];
    lock.async.writeLock((error, release) => log.push(error, typeof release));
    lock.writeLock(() => log.push('late'), { timeout: 1, timeoutCallback: () => log.push('given up') });
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(log).toEqual([null, 'function', 'given up']);
  });
});

describe('@livekit/mutex', () => {
  it('serves waiters in order, one at a time, and is not reentrant', async () => {
    const mutex = new Mutex();
    const unlock = await mutex.lock();
    const [second, third] = [mutex.lock(), mutex.lock()];
    expect([await stateOf(second), await stateOf(third), mutex.isLocked()]).toEqual(['pending', 'pending', true]);
    unlock();
    expect([await stateOf(second), await stateOf(third)]).toEqual(['fulfilled', 'pending']);
    (await second)();
    (await third)();
    expect(mutex.isLocked()).toBe(false);
  });

  it('frees its own turn alone, however often it is released', async () => {
    const mutex = new Mutex();
    const unlock = await mutex.lock();
    const second = mutex.lock();
    const third = mutex.lock();
    unlock();
    await second;
    unlock();
    expect(await stateOf(third)).toBe('pending');
  });

  it('lets so many in at once, and one more for each release', async () => {
    const two = new MultiMutex(2);
    const unlock = await two.lock();
    await two.lock();
    const [third, fourth] = [two.lock(), two.lock()];
    expect(await stateOf(third)).toBe('pending');
    unlock();
    expect([await stateOf(third), await stateOf(fourth)]).toEqual(['fulfilled', 'pending']);
    unlock();
    expect(await stateOf(fourth)).toBe('fulfilled');
  });
});
