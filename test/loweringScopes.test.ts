/** Variables: local values, captured slots, shared places, module places. */
import { describe, expect, it } from 'vitest';
import { lowered } from './support/lowered.ts';

describe('closures', () => {
  it('capture values that never change', () => {
    expect(
      lowered(
        'export function run(p: Promise<void>) { const a = p; return async () => { await a; return () => p; }; }',
      ),
    ).toMatchInlineSnapshot(`
      "
      a.ts#()
        slot run = fn run
      a.ts#run(p)
        slot p = p
        slot a = p
        return fn run/return
      promise a.ts#run/return()
        captures a, p
        await ^a
        return fn run/return/return
      a.ts#run/return/return()
        captures p
        return ^p
      "
    `);
  });
  it('share variables that are assigned again', () => {
    expect(lowered('export function counter() { let n = 0; n = 1; return { add() { n += 1; }, get: () => n }; }'))
      .toMatchInlineSnapshot(`
      "
      a.ts#()
        slot counter = fn counter
      a.ts#counter()
        slot n! = 0
        write ^n = 0
        write ^n = 1
        return {add: fn counter/return.add, get: fn counter/return.get}
      a.ts#counter/return.add()
        captures n!
        read ^n
        write ^n = compute(^n)
      a.ts#counter/return.get()
        captures n!
        read ^n
        return ^n
      "
    `);
  });
  it('share a variable that only an inner function assigns', () => {
    expect(
      lowered(
        'export function gate() { let open!: () => void; const done = new Promise<void>(r => { open = r; }); return { open, done }; }',
      ),
    ).toMatchInlineSnapshot(`
      "
      a.ts#()
        slot gate = fn gate
      a.ts#gate()
        slot open! = nothing
        %0 = call lib#Promise() [new lib#Promise]
        %1 = call (fn gate/Promise:0)(%0.resolve, %0.reject)
        read ^open
        return {open: ^open, done: %0}
      a.ts#gate/Promise:0(r)
        captures open!
        write ^open = r
      "
    `);
  });
  it('capture this of the method around', () => {
    expect(
      lowered('export class A { n = 0; later() { return () => [1].map(() => this.n); } }', [
        'A.later',
        'A.later/return',
        'A.later/return/map:0',
      ]),
    ).toMatchInlineSnapshot(`
      "
      a.ts#A.later()
        slot this = this
        return fn A.later/return
      a.ts#A.later/return()
        captures this
        loop over [1] test before times length of [1]
          %1 = call (fn A.later/return/map:0)([1][*], ?unknown, [1])
        return [%1]
      a.ts#A.later/return/map:0()
        captures this
        read ^this.n
        return ^this.n
      "
    `);
  });
  it('number variables of one name', () => {
    expect(
      lowered(
        'export function run() { const f = []; { const x = 1; f.push(() => x); } { const x = 2; f.push(() => x); } return f; }',
      ),
    ).toMatchInlineSnapshot(`
      "
      a.ts#()
        slot run = fn run
      a.ts#run()
        slot x = 1
        slot x~2 = 2
        update [][*] = fn run/push:0
        update [][*] = fn run/push:0~2
        return []
      a.ts#run/push:0()
        captures x
        return ^x
      a.ts#run/push:0~2()
        captures x~2
        return ^x~2
      "
    `);
  });
  it('name themselves', () => {
    expect(
      lowered(
        'export const again = function self(n: number): number { return n ? self(n - 1) : other(n); }; function other(n: number) { return n; }',
      ),
    ).toMatchInlineSnapshot(`
      "
      a.ts#()
        slot other = fn other
        slot again = fn self
      a.ts#self(n)
        if n
          true:
            %1 = call self(compute(n))
          false:
            %2 = call other(n)
        return (n ? %1 : %2)
      a.ts#other(n)
        return n
      "
    `);
  });
});

describe('module variables', () => {
  it('are places of the module; only those that change are watched', () => {
    expect(
      lowered(
        'const fixed = new Map(); let changing = 0; export function run() { changing++; fixed.set(1, changing); return fixed; } changing = 2;',
      ),
    ).toMatchInlineSnapshot(`
      "
      a.ts#()
        slot changing! = 0
        slot run = fn run
        slot fixed = %0
        %0 = call lib#new Map() [new lib#Map]
        write @changing = 0
        write @changing = 2
      a.ts#run()
        read @changing
        write @changing = compute(@changing)
        read @changing
        update @fixed["1"] = @changing
        return @fixed
      "
    `);
  });
  it('of namespaces carry their name', () => {
    expect(
      lowered(
        'namespace N { export let x = 1; export namespace M { export const y = () => x++; } } export function run() { N.x = 2; return N.M.y(); }',
      ),
    ).toMatchInlineSnapshot(`
      "
      a.ts#()
        slot N.x! = 1
        slot run = fn run
        slot N.M.y = fn N.M.y
        write @N.x = 1
      a.ts#N.M.y()
        read @N.x
        write @N.x = compute(@N.x)
        return compute(@N.x)
      a.ts#run()
        write @N.x = 2
        %1 = call N.M.y() on @N.M
        return %1
      "
    `);
  });
  it('that are enums give constants', () => {
    expect(lowered('enum Color { Red, Green = 2 } export const pick = () => Color.Green;', ['pick']))
      .toMatchInlineSnapshot(`
      "
      a.ts#pick()
        return "Color.Green"
      "
    `);
  });
});
