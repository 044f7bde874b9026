/** Expressions: what the printed facts of small functions look like. */
import { describe, expect, it } from 'vitest';
import { lowered } from './support/lowered.ts';

const DECLARED = `async function f(...x: unknown[]) { return x.length; } function g() { return true; }`;

/** The facts of `run`, whose body is given. */
function body(text: string, kind = 'async function'): string {
  return lowered(`${DECLARED}\nexport ${kind} run(p: any, q: { n: number; m?: { k(): void } }) {\n${text}\n}`, ['run']);
}

describe('values', () => {
  it('chooses with ?:, && and ??', () => {
    expect(body('const a = q.n < 1 ? f(1) : f(2); const b = p && f(3); const c = p ?? q; return [a, b, c];'))
      .toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        read q.n
        if q.n < 1
          true:
            %2 = call f(1)
          false:
            %3 = call f(2)
        if p
          true:
            %5 = call f(3)
        return [(q.n < 1 ? %2 : %3), (p ? %5 : p), (p is nullish ? q : p)]
      "
    `);
  });
  it('keeps the parts of strings', () => {
    expect(body('return [`user:${p}:x`, "a:" + p + "b", p + 1, -1, 1 + 2];')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        return [\`user:\${p}:x\`, \`a:\${p}b\`, compute(p), -1, ?computed]
      "
    `);
  });
  it('names fields of objects, spreads and computed names', () => {
    expect(body('return { a: p, q, ["b"]: 1, [g()]: 2, ...p, m() {}, get x() { return 1; }, "c-d": null };'))
      .toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        %0 = call g()
        return {...p, a: p, q: q, b: 1, *: 2, m: fn run/return.m, get x: fn run/return.get x, c-d: null}
      "
    `);
  });
  it('keeps spreads of arrays and calls', () => {
    expect(body('f(...p, 1); return [0, ...p];')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        %0 = call f(...p, 1) [gives promise]
        drop statement %0
        return [0, ...p]
      "
    `);
  });
  it('keeps comparisons that are values', () => {
    expect(body('const ordered = p.id > q.n; if (ordered) f(1); return !ordered;')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        read p.id
        read q.n
        if q.n < p.id
          true:
            %3 = call f(1) [gives promise]
            drop statement %3
        return (not (q.n < p.id) ? true : false)
      "
    `);
  });
  it('evaluates all but the last part of a comma for its effects', () => {
    expect(body('return (f(1), q.n, f(2));')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        %0 = call f(1) [gives promise]
        drop statement %0
        read q.n
        %3 = call f(2)
        return %3
      "
    `);
  });
});

describe('destructuring', () => {
  it('takes objects apart, with defaults, renames and rest', () => {
    expect(body('const { a, b: { c = f(1) }, ["d"]: d, ...rest } = p; return [a, c, d, rest];')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        read p.a
        read p.b
        read p.b.c
        if p.b.c is nullish
          true:
            %4 = call f(1)
        read p.d
        return [p.a, (p.b.c is nullish ? %4 : p.b.c), p.d, copy(p)]
      "
    `);
  });
  it('takes arrays apart', () => {
    expect(body('const [a, , b = g(), ...rest] = await f(); return [a, b, rest];')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        %0 = call f()
        await %0
        if settled(%0)[2] is nullish
          true:
            %3 = call g()
        return [settled(%0)[0], (settled(%0)[2] is nullish ? %3 : settled(%0)[2]), copy(settled(%0) from 3)]
      "
    `);
  });
  it('binds patterns of parameters', () => {
    expect(
      lowered('export function run({ a, b: [c] }: any, [d] = [1], ...rest: any[]) { return [a, c, d, rest]; }', [
        'run',
      ]),
    ).toMatchInlineSnapshot(`
      "
      a.ts#run(_, _ = [1], ...rest)
        read parameter 0.a
        read parameter 0.b
        return [parameter 0.a, parameter 0.b[0], parameter 1[0], rest]
      "
    `);
  });
  it('does not count the declaration of this', () => {
    expect(lowered('export function run(this: Map<string, number>, a: string) { return this.get(a); }', ['run']))
      .toMatchInlineSnapshot(`
      "
      a.ts#run(a)
        read this[a]
        return this[a]
      "
    `);
  });
  it('assigns to patterns', () => {
    expect(body('let a, b; [a, b] = [p, q]; [a, b] = [b, a]; ({ x: a, y: q.n, z: b = 1 } = p); return [a, b];'))
      .toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        read p.x
        read p.y
        write q.n = p.y
        read p.z
        return [p.x, (p.z is nullish ? 1 : p.z)]
      "
    `);
  });
  it('takes the parts of Promise.withResolvers', () => {
    expect(body('const { promise, resolve } = Promise.withResolvers<void>(); resolve(); await promise;'))
      .toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        %0 = call lib#Promise() [new lib#Promise]
        %1 = call (%0.resolve)() [gives value]
        await %0
      "
    `);
  });
});

describe('assignments', () => {
  it('reads before it writes', () => {
    expect(body('q.n += await f(); q.n++; delete p.x; p[g() ? "a" : "b"] = 1; p["c"] = p[0];')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        read q.n
        %1 = call f()
        await %1
        write q.n = compute(q.n, settled(%1))
        update q.n = q.n
        delete p.x
        %6 = call g()
        write p[(%6 ? "a" : "b")] = 1
        read p["0"]
        write p.c = p["0"]
      "
    `);
  });
  it('assigns logically only when it happens', () => {
    expect(body('q.n ??= await f(); let v; v ||= f(1); p &&= 2; return [v, p];')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        read q.n
        if q.n is nullish
          true:
            %2 = call f()
            await %2
            write q.n = settled(%2)
        if undefined
          false:
            %6 = call f(1)
        return [(%6 | undefined), (2 | p)]
      "
    `);
  });
});

describe('calls', () => {
  it('calls optionally', () => {
    expect(body('p?.(1); p?.x.y(2); q.m?.k();')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        %0 = call (p)(1) [optional] [gives unknown]
        drop statement %0
        read p.x
        read p.x.y
        %4 = call (p.x.y)(2) on p.x [optional] [gives unknown]
        drop statement %4
        read q.m
        read q.m.k
        %8 = call (q.m.k)() on q.m [optional] [gives value]
      "
    `);
  });
  it('calls a function on the spot', () => {
    expect(body('await (async () => { await f(1); })(); (function () { g(); })();')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        %0 = call run/iife()
        await %0
        %2 = call run/iife~2() [gives value]
      "
    `);
  });
  it('tags templates', () => {
    expect(body('return p.sql`a ${q.n} b`;')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        read p.sql
        read q.n
        %2 = call (p.sql)(["a ", " b"], q.n) on p [gives unknown]
        return %2
      "
    `);
  });
  it('chains and combines promises', () => {
    expect(
      body(
        'await f(1).then(() => g(), null).catch(p).finally(() => {}); await Promise.race([f(2), p]); await Promise.all(p.map((x: number) => f(x)));',
      ),
    ).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        %0 = call f(1)
        %1 = chain %0 then fn run/then:0
        %2 = chain %1 catch p
        %3 = chain %2 finally fn run/finally:0
        await %3
        %5 = call f(2)
        await combined first([%5, p])
        loop over p test before times length of p
          %8 = call (fn run/map:0)(p[*], ?unknown, p)
        await combined all([%8])
      "
    `);
  });
  it('runs an executor with its resolvers', () => {
    expect(
      lowered('export const wait = (n: number) => new Promise<void>(done => setTimeout(done, n));', [
        'wait',
        'wait/Promise:0',
      ]),
    ).toMatchInlineSnapshot(`
      "
      a.ts#wait(n)
        slot n = n
        %0 = call lib#Promise() [new lib#Promise]
        %1 = call (fn wait/Promise:0)(%0.resolve, %0.reject)
        return %0
      a.ts#wait/Promise:0(done)
        captures n
        %0 = spawn timer done()
        return %0
      "
    `);
  });
  it('passes the parameters as arguments', () => {
    expect(body('return f(...arguments, f.apply(null, arguments as any));', 'function')).toMatchInlineSnapshot(`
      "
      a.ts#run(p, q)
        %0 = call (fn f)(...[p, q]) on null [gives unknown]
        %1 = call f(...[p, q], %0)
        return %1
      "
    `);
  });
});

describe('generators', () => {
  it('yields and delegates', () => {
    expect(body('const got = yield p; yield* run(got, q); yield f(1);', 'async function*')).toMatchInlineSnapshot(`
      "
      async-generator a.ts#run(p, q)
        yield p
        %1 = call run(?sent in, q)
        %2 = yield* %1
        %3 = call f(1)
        yield %3
      "
    `);
  });
});
