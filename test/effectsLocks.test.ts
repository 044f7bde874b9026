import { describe, expect, test } from 'vitest';
import { extractEffects as extract, printedEffects as printed } from './support/effects.ts';

describe('locks', () => {
  test('an asynchronous acquisition is a function of its own that returns the token', () => {
    expect(printed('async function f() { const free = await lock.take(); free(); }')).toBe(`
promise a.ts#f()
  %0 = call f/take:0(@lock)
  await %0
  %2 = call (settled(%0))()
  drop statement %2
promise a.ts#f/take:0(lock)
  acquire lock [release %0]
  return %0
`);
  });

  test('a token with a value, in an object, for one call only; units and keys', () => {
    expect(printed("lock.pair(3); lock.object(['a', 'b']); lock.query();", '/pair:0', '/object:0', '/query:0')).toBe(`
promise a.ts#/pair:0(lock)
  acquire lock permit [release %0]
  return [?value, %0]
promise a.ts#/object:0(lock, key)
  acquire lock key key [release %0]
  return {release: %0}
promise a.ts#/query:0(lock)
  acquire lock permit [release %0]
  await 
  release %0
`);
    const step = (name: string): unknown =>
      extract("lock.pair(3); lock.object(['a', 'b']); lock.query();").functions.find(fn => fn.id === `a.ts#/${name}:0`)
        ?.body[0];
    expect(step('pair')).toMatchObject({
      units: { kind: 'exactly', n: 3 },
      mode: 'permit',
      wait: 'endless',
      failure: 'throws',
    });
    expect(step('object')).toMatchObject({ keysAre: 'batch', units: { kind: 'exactly', n: 1 } });
  });

  test('a synchronous acquisition and a release are steps where they stand', () => {
    expect(printed('function f(token: unknown) { if (lock.takeNow()) lock.free(); lock.giveBack(token); }')).toBe(`
a.ts#f(token)
  acquire @lock try [release %0]
  if %0
    true:
      release @lock
  release (token | token.giveBack)
  %4 = call x#Lock.giveBack(token) on @lock [gives promise]
  drop statement %4
`);
  });

  test('a locked section runs its callback between acquire and release, whatever happens', () => {
    expect(printed('async function f() { return lock.run(async () => 1); }')).toBe(`
promise a.ts#f()
  %0 = call f/run:1(@lock, fn f/run:0)
  return %0
promise a.ts#f/run:1(lock, callback)
  acquire lock [release %0]
  try
    %2 = call (callback)(%0)
    await %2
    return settled(%2)
  finally
    release %0
promise a.ts#f/run:0()
  return 1
`);
  });

  test('options at the call decide, also behind constants; unknown options leave the default', () => {
    const section = (text: string): string =>
      printed(text)
        .split('\n')
        .find(line => line.includes('acquire')) ?? '';
    expect(section("lock.run({ mode: 'shared' }, () => 1);")).toBe('  acquire lock shared [release %0]');
    expect(section("const o = { timeout: 5, mode: 'shared' } as const; lock.run(o, () => 1);")).toBe(
      '  acquire lock shared bounded if bound [release %0]',
    );
    expect(section('const YES = true; lock.run({ now: YES }, () => 1);')).toBe('  acquire lock try [release %0]');
    expect(section('lock.run({ now: false, timeout: undefined }, () => 1);')).toBe('  acquire lock [release %0]');
    expect(section('declare const o: { timeout: number }; lock.run(o, () => 1);')).toBe('  acquire lock [release %0]');
    expect(section('declare const o: { timeout: number }; lock.run({ ...o }, () => 1);')).toBe(
      '  acquire lock [release %0]',
    );
  });

  test('when the lock is not there, the callback runs with null', () => {
    expect(printed('lock.run({ now: true }, held => held);', '/run:0')).toBe(`
promise a.ts#/run:0(lock, callback)
  acquire lock try [release %0]
  if %0
    true:
      try
        %3 = call (callback)(%0)
        await %3
        return settled(%3)
      finally
        release %0
    false:
      %7 = call (callback)(null)
      await %7
      return settled(%7)
`);
  });

  test('a callback that declares done frees the lock itself', () => {
    const text =
      "const named = (done: () => void) => { done(); };\nlock.keyed('k', done => { done(); }); lock.keyed('k', named); lock.keyed(['a', 'b'], async () => 1);";
    expect(printed(text, '/keyed:0', '/keyed:1', '/keyed:2')).toBe(`
promise a.ts#/keyed:0(lock, key, callback)
  acquire lock key key [release %0]
  %1 = call (callback)(%0)
  return %1
promise a.ts#/keyed:1(lock, key, callback)
  acquire lock key key [release %0]
  %1 = call (callback)(%0)
  return %1
promise a.ts#/keyed:2(lock, key, callback)
  acquire lock key key [release %0]
  try
    %2 = call (callback)(%0)
    await %2
    return settled(%2)
  finally
    release %0 key key
`);
  });

  test('a synchronous section, its arguments, views, waits, notifications', () => {
    const text = 'function f() { lock.runNow(x => x, 7); bounded(lock).untilFree(); notify(lock); }';
    expect(printed(text, 'f', 'f/runNow:1', 'f/untilFree:0')).toBe(`
a.ts#f()
  %0 = call f/runNow:1(@lock, fn f/runNow:0, 7)
  drop statement %0
  %2 = call f/untilFree:0(view(@lock bounded))
  drop statement %2
  notify notify @lock
a.ts#f/runNow:1(lock, callback, argument)
  acquire lock [release %0]
  try
    %2 = call (callback)(argument)
    return %2
  finally
    release %0
promise a.ts#f/untilFree:0(on)
  wait unlock on
`);
  });

  test('the kinds of the locks used go to the module', () => {
    expect(Object.keys(extract('').locks)).toEqual(['x#Lock']);
    expect(extract('').functions[0]?.body[0]).toMatchObject({
      kind: 'call',
      newOf: 'x#Lock',
      target: { kind: 'external', name: 'x#new Lock' },
    });
  });
});
