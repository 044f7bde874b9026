/** Statements: what the printed facts of small functions look like. */
import { describe, expect, it } from 'vitest';
import { lowered } from './support/lowered.ts';

const DECLARED = `async function f(...x: unknown[]) { return x.length; } function g() { return true; } const xs: string[] = [];`;

/** The facts of `run`, whose body is given, and of the functions inside it. */
function body(text: string, kind = 'async function'): string {
  return lowered(`${DECLARED}\nexport ${kind} run(p: string, q: { n: number }) {\n${text}\n}`, ['run']);
}

describe('branches', () => {
  it('merges a variable assigned on both ways', () => {
    expect(body('let r; if (p) r = f(1); else r = f(2); await r;')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        if p
          true:
            %1 = call f(1)
          false:
            %2 = call f(2)
        await (%1 | %2)
      "
    `);
  });
  it('leaves a way that returns out of the merge', () => {
    expect(body('let r = 1; if (p) { r = 2; return; } f(r);')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        if p
          true:
            return
        %2 = call f(1) [gives promise]
        drop statement %2
      "
    `);
  });
  it('keeps conditions', () => {
    expect(body('if (!p || (q != null && q.n >= 3)) return; if (typeof p === "string") return; if (q.n > 1) return;'))
      .toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        if not (p)
          false:
            if not (q is nullish)
              true:
                read q.n
        if (not (p)) or ((not (q is nullish)) and (not (q.n < 3)))
          true:
            return
        if other(p)
          true:
            return
        read q.n
        if 1 < q.n
          true:
            return
      "
    `);
  });
  it('runs the right side of && only after the left', () => {
    expect(body('if (g() && (await f())) f(1);')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        %0 = call g()
        if %0
          true:
            %2 = call f()
            await %2
        if (%0) and (settled(%2))
          true:
            %5 = call f(1) [gives promise]
            drop statement %5
      "
    `);
  });
  it('lowers a switch with cases that fall through', () => {
    expect(
      body('let v = 0; switch (p) { case "a": v = 1; case "b": f(v); break; case "c": return; default: v = 2; } f(v);'),
    ).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        if other(p, "a", "b", "c")
          case (falls through):
          case:
            %1 = call f((0 | 1)) [gives promise]
            drop statement %1
            break
          case:
            return
          default:
        %5 = call f(((0 | 1) | 2)) [gives promise]
        drop statement %5
      "
    `);
  });
});

describe('loops', () => {
  it('makes a variable of the loop a choice at its head', () => {
    expect(body('let t; for (const x of xs) { await t; t = f(x); } await t;')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        loop over @xs test before times length of @xs
          await (undefined | %2)
          %2 = call f(@xs[*])
        await (undefined | %2)
      "
    `);
  });
  it('evaluates a condition with steps inside', () => {
    expect(body('while (await f()) { if (g()) continue; f(1); }')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        loop test none while settled(%1) times unknown
          %1 = call f()
          await %1
          if not (settled(%1))
            true:
              break
          %5 = call g()
          if %5
            true:
              continue
          %8 = call f(1) [gives promise]
          drop statement %8
      "
    `);
  });
  it('ends an endless loop by its breaks', () => {
    expect(body('let r = 0; for (;;) { r = 1; if (p) break; r = 2; } f(r);')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        loop test none times unbounded
          if p
            true:
              break
        %3 = call f(1) [gives promise]
        drop statement %3
      "
    `);
  });
  it('counts what a for loop shows', () => {
    expect(
      body('for (let i = 0; i < 3; i++) f(); for (let i = 0; i < xs.length; i++) f(xs[i]); do { f(); } while (g());'),
    ).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        loop test before while (0 | compute(#3)) < 3 times 3
          %1 = call f() [gives promise]
          drop statement %1
        loop test none while (0 | compute(#8)) < @xs.length times length of @xs
          read @xs.length
          if not ((0 | compute(#8)) < @xs.length)
            true:
              break
          read @xs[(0 | compute(#8))]
          %8 = call f(@xs[(0 | compute(#8))]) [gives promise]
          drop statement %8
        loop test after while %13 times unknown
          %11 = call f() [gives promise]
          drop statement %11
          %13 = call g()
      "
    `);
  });
  it('steps on after a continue', () => {
    expect(body('for (let i = 0; i < 9; i++) { if (p) continue; i += 2; }')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        loop test before while (0 | compute((compute(#3) | #3))) < 9 times 9
          if p
            true:
              continue
      "
    `);
  });
  it('keeps labels', () => {
    expect(
      body(
        'outer: for (const x of xs) { for (const y of xs) { if (x === y) continue outer; break outer; } } block: { if (p) break block; f(); }',
      ),
    ).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        loop outer: over @xs test before times length of @xs
          loop over @xs test before times length of @xs
            if @xs[*] == @xs[*]
              true:
                continue outer
            break outer
        loop block: test after times 1
          if p
            true:
              break block
          %8 = call f() [gives promise]
          drop statement %8
      "
    `);
  });
  it('lowers for await and for in', () => {
    expect(body('for await (const e of f()) f(e); for (const k in q) f(k);')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        %0 = call f()
        loop await over %0 test before times unknown
          %2 = call f(%0[*]) [gives promise]
          drop statement %2
        loop test before times length of q
          %5 = call f(compute(q)) [gives promise]
          drop statement %5
      "
    `);
  });
});

describe('try', () => {
  it('gives a handler every value that the body may have left', () => {
    expect(body('let r; try { r = f(1); await r; r = f(2); } catch (e) { f(r, e); } finally { f(r); } f(r);'))
      .toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        try
          %1 = call f(1)
          await %1
          %3 = call f(2)
        catch
          %4 = call f((undefined | %1 | %3), ?error) [gives promise]
          drop statement %4
        finally
          %6 = call f((undefined | %1 | %3)) [gives promise]
          drop statement %6
        %8 = call f((%3 | (undefined | %1 | %3))) [gives promise]
        drop statement %8
      "
    `);
  });
  it('carries a token from the body to the end', () => {
    expect(body('let release; try { release = await f(); f(1); } finally { release?.(); }')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        try
          %1 = call f()
          await %1
          %3 = call f(1) [gives promise]
          drop statement %3
        finally
          %5 = call ((undefined | settled(%1)))() [optional] [gives unknown]
          drop statement %5
      "
    `);
  });
  it('goes on behind a handler only', () => {
    expect(body('let r = 1; try { return await f(); } catch { r = 2; } f(r);')).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        try
          %1 = call f()
          await %1
          return settled(%1)
        catch
        %4 = call f(2) [gives promise]
        drop statement %4
      "
    `);
  });
  it('disposes what using declares, last first', () => {
    expect(
      lowered(
        `function open(n: number) { return new A(); } class A { [Symbol.dispose]() {} async [Symbol.asyncDispose]() {} }
         export async function run() { using a = open(1); await using b = open(2); b; open(3); }`,
        ['run'],
      ),
    ).toMatchInlineSnapshot(`
      "
      promise a.ts#run()
        %0 = call open(1)
        try
          %2 = call open(2) [gives value]
          try
            %4 = call open(3) [gives value]
          finally
            %5 = call A::[Symbol.asyncDispose]() on %2
            await %5
        finally
          %7 = call A::[Symbol.dispose]() on %0
      "
    `);
  });
});

describe('dropped values', () => {
  it('notes statements, void, unused and overwritten variables', () => {
    expect(
      body(
        'f(1); void f(2); const u = f(3); let w = f(4); w = f(5); await w; let v = f(6); await v; v = f(7); return v;',
      ),
    ).toMatchInlineSnapshot(`
      "
      promise a.ts#run(p, q)
        %0 = call f(1) [gives promise]
        drop statement %0
        %2 = call f(2) [gives promise]
        drop void %2
        %4 = call f(3) [gives promise]
        drop unused %4
        %6 = call f(4)
        %7 = call f(5)
        drop overwritten %6
        await %7
        %10 = call f(6)
        await %10
        %12 = call f(7)
        return %12
      "
    `);
  });
  it('says nothing of values that are no promises', () => {
    expect(body('g(); p.trim(); const n = g(); f; q.n = 1;', 'function')).toMatchInlineSnapshot(`
      "
      a.ts#run(p, q)
        %0 = call g() [gives value]
        %1 = call lib#String.trim() on p [gives value]
        %2 = call g() [gives value]
        write q.n = 1
      "
    `);
  });
});
