/** Classes: constructors, fields, accessors, static code, decorators. */
import { describe, expect, it } from 'vitest';
import { printModule } from '../src/frontends/typescript/printFacts.ts';
import { extractTexts } from './support/inMemory.ts';
import { lowered } from './support/lowered.ts';

describe('constructors', () => {
  it('write fields and parameter properties first', () => {
    expect(
      lowered('export class A { #x = new Map(); y = () => this.#x; constructor(private z: number) { this.y(); } }'),
    ).toMatchInlineSnapshot(`
      "
      a.ts#()
        slot A = class A
      a.ts#A.constructor(z)
        slot this = this
        write this.z = z
        %1 = call lib#new Map() [new lib#Map]
        write this.#x = %1
        write this.y = fn A.y
        read this.y
        %5 = call (this.y)() on this [gives value]
      a.ts#A.y()
        captures this
        read ^this.#x
        return ^this.#x
      "
    `);
  });
  it('of a derived class run the base, then the own fields', () => {
    expect(
      lowered(
        'class A { a = 1; } export class B extends A { b = 2; } export class C extends B { c = 3; constructor(n: number) { console.log(n); super(); this.c = n; } }',
        ['A.constructor', 'B.constructor', 'C.constructor'],
      ),
    ).toMatchInlineSnapshot(`
      "
      a.ts#A.constructor()
        write this.a = 1
      a.ts#B.constructor()
        %0 = call A.constructor() on this
        write this.b = 2
      a.ts#C.constructor(n)
        %0 = call lib#Console.log(n) on !lib#console [gives value]
        %1 = call B.constructor() on this [gives value]
        write this.c = 3
        write this.c = n
      "
    `);
  });
  it('are what new calls', () => {
    expect(
      lowered(
        'class A { constructor(readonly n: number) {} } export const make = (n: number) => [new A(n), new (class B { k = n; })()];',
        ['make', 'make/B.constructor'],
      ),
    ).toMatchInlineSnapshot(`
      "
      a.ts#make(n)
        slot n = n
        %0 = call A.constructor(n) [new A]
        %1 = call make/B.constructor() [new make/B]
        return [%0, %1]
      a.ts#make/B.constructor()
        captures n
        write this.k = ^n
      "
    `);
  });
});

describe('members', () => {
  it('run accessors', () => {
    expect(
      lowered(
        'class A { get v() { return 1; } set v(n: number) {} } export function run(a: A) { a.v = a.v + 1; a.v++; return a.v; }',
        ['run'],
      ),
    ).toMatchInlineSnapshot(`
      "
      a.ts#run(a)
        %0 = call A.get v() on a
        %1 = call A.set v(compute(%0)) on a
        %2 = call A.get v() on a
        %3 = call A.set v(compute(%2)) on a
        %4 = call A.get v() on a
        return %4
      "
    `);
  });
  it('are called through super, statically and privately', () => {
    expect(
      lowered(
        'class A { m() {} static s() {} #p() {} run() { this.#p(); A.s(); this.m(); } } export class B extends A { override m() { super.m(); } }',
        ['A.run', 'B.m'],
      ),
    ).toMatchInlineSnapshot(`
      "
      a.ts#A.run()
        %0 = call A.#p() on this [gives value]
        %1 = call A.static s() on class A [gives value]
        %2 = call A::m() on this [gives value]
      a.ts#B.m()
        %0 = call A.m() on this [gives value]
      "
    `);
  });
  it('run static code where the class stands', () => {
    expect(
      lowered(
        'export class A { static made = new Map<string, A>(); static count = 0; static { this.count = 1; A.made.clear(); } static add() { this.count++; } }',
      ),
    ).toMatchInlineSnapshot(`
      "
      a.ts#()
        slot A = class A
        %0 = call lib#new Map() [new lib#Map]
        write @A.made = %0
        write @A.count = 0
        write @A.count = 1
        read @A.made
        delete @A.made[*]
      a.ts#A.constructor()
      a.ts#A.static add()
        update this.count = this.count
      "
    `);
  });
});

describe('decorators', () => {
  const text = `function once(method: any, context: any) { return function (this: any) { return method.call(this); }; }
    export class A { @once run() {} }`;
  const legacy = `function once(target: any, name: string, descriptor: any) { descriptor.value = () => 1; }
    export class A { @once run() {} }`;
  it('of the standard get the method and a context', () => {
    const facts = extractTexts({ 'a.ts': text }).get('a.ts');
    expect(facts && printModule({ ...facts, functions: facts.functions.slice(0, 1) })).toMatchInlineSnapshot(`
      "a.ts#()
        slot once = fn once
        slot A = class A
        %0 = call once(fn A.run, {name: "run"})"
    `);
  });
  it('of the older kind get a descriptor', () => {
    const facts = extractTexts({ 'a.ts': legacy }, [], { experimentalDecorators: true }).get('a.ts');
    expect(facts && printModule({ ...facts, functions: facts.functions.slice(0, 1) })).toMatchInlineSnapshot(`
      "a.ts#()
        slot once = fn once
        slot A = class A
        %0 = call once(class A, "run", {value: fn A.run})"
    `);
  });
});
