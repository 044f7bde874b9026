import { describe, expect, test } from 'vitest';
import { extractEffects as extract, printedEffects as printed } from './support/effects.ts';

describe('callbacks', () => {
  test('called now: a loop at the site, results, accumulators', () => {
    const text =
      'function f(xs: string[]) { const all = xs.map(x => x); for (const a of all) a; return xs.reduce((sum, x) => sum + x, ""); }';
    expect(printed(text, 'f')).toBe(`
a.ts#f(xs)
  loop over xs test before times length of xs
    %1 = call (fn f/map:0)(xs[*], ?unknown, xs)
  loop over [%1] test before times length of [%1]
  loop over xs test before times length of xs
    %4 = call (fn f/reduce:0)(("" | %4), xs[*], ?unknown, xs)
  return ("" | %4)
`);
  });

  test('called now and awaited: a function that joins them, one by one when bounded to one', () => {
    const text = 'mapAll([1], async x => x); mapAll([1], async x => x, { concurrency: 1 });';
    expect(printed(text, '/mapAll:0', '/mapAll:1')).toBe(`
promise a.ts#/mapAll:0(callback, values)
  loop over values test before times length of values
    %1 = call (callback)(values[*])
  await [%1]
  return [settled(%1)]
promise a.ts#/mapAll:1(callback, values)
  loop over values test before times length of values
    %1 = call (callback)(values[*])
    await %1
  return [settled(%1)]
`);
  });

  test('called later: once is spawned, many times is an entry point, awaited is a promise', () => {
    const text =
      'function f() { later(x => x, 5); again({ pull() {} }); laterAwaited(async () => 1); later("no function"); }';
    expect(printed(text, 'f', 'f/laterAwaited:1')).toBe(`
a.ts#f()
  %0 = spawn immediate fn f/later:0(5)
  %1 = call x#later(?callback, 5)
  drop statement %1
  register event callback of again: fn f/again:0.pull
  %4 = call x#again({pull: fn f/again:0.pull})
  drop statement %4
  %6 = call f/laterAwaited:1(fn f/laterAwaited:0)
  drop statement %6
  %8 = call x#later("no function")
  drop statement %8
promise a.ts#f/laterAwaited:1(callback)
  await 
  %1 = call (callback)()
  await %1
  return settled(%1)
`);
  });

  test('bind, call and apply', () => {
    const text =
      'function g(this: unknown, a: number, b: number) {}\nfunction f(o: object, rest: [number, number]) { const h = g.bind(o, 1); h(2); g.call(o, 1, 2); g.apply(o, rest); g.bind(null)(1, 2); }';
    expect(printed(text, 'f', 'f/bind:0')).toBe(`
a.ts#f(o, rest)
  slot bind:0.callee = fn g
  slot bind:0.self = o
  slot bind:0.argument 0 = 1
  %0 = call (fn f/bind:0)(2)
  %1 = call (fn g)(1, 2) on o
  %2 = call (fn g)(...rest) on o
  %3 = call (copy(fn g))(1, 2)
a.ts#f/bind:0(...args)
  captures bind:0.callee, bind:0.self, bind:0.argument 0
  %0 = call (^bind:0.callee)(^bind:0.argument 0, ...args) on ^bind:0.self
  return %0
`);
  });

  test('a function of the language on another receiver', () => {
    const text =
      'function f(list: ArrayLike<string>, o: object) { Array.prototype.forEach.call(list, x => x); Object.prototype.hasOwnProperty.call(o, "k"); Math.max.apply(null, [1]); }';
    expect(printed(text, 'f')).toBe(`
a.ts#f(list, o)
  loop over list test before times length of list
    %1 = call (fn f/call:1)(list[*], ?unknown, list)
  %2 = call lib#Object.hasOwnProperty("k") on o
  %3 = call lib#Math.max(...[1]) on null
`);
  });

  test('registered handlers, fresh arguments, owned promises', () => {
    const text =
      'function f(p: Promise<void>) { handle("/x", () => {}, "text", () => {}); const s = fresh(socket => socket); keep(p); return s; }';
    const facts = extract(text);
    const fn = facts.functions.find(each => each.id === 'a.ts#f');
    expect(fn?.body.filter(step => step.kind === 'register').map(step => step.entry)).toEqual([
      {
        trigger: 'route',
        label: 'GET /x',
        instances: 'many',
        evidence: 'framework',
        awaitsHandler: false,
        rejection: 'lost',
        confined: [0],
        runsOn: 'event-loop',
        test: false,
      },
      {
        trigger: 'route',
        label: 'GET /x',
        instances: 'many',
        evidence: 'framework',
        awaitsHandler: false,
        rejection: 'lost',
        confined: [0],
        runsOn: 'event-loop',
        test: false,
      },
    ]);
    expect(
      fn?.body.find(step => step.kind === 'call' && step.target.kind === 'external' && step.target.name === 'x#keep'),
    ).toMatchObject({ known: { owns: [0] } });
    expect(fn?.values.find(value => value.kind === 'object')).toMatchObject({ type: 'x#Socket' });
  });
});

describe('promises', () => {
  test('executor, resolvers, settled promises', () => {
    const text =
      'function f() { const p = new Promise((yes, no) => yes(1)); const { promise, resolve } = Promise.withResolvers(); resolve(2); return [p, promise, Promise.resolve(), Promise.resolve(p), Promise.reject(1)]; }';
    expect(printed(text, 'f')).toBe(`
a.ts#f()
  %0 = call lib#Promise() [new lib#Promise]
  %1 = call (fn f/Promise:0)(%0.resolve, %0.reject)
  %2 = call lib#Promise() [new lib#Promise]
  %3 = call (%2.resolve)(2)
  %4 = call lib#Promise() [new lib#Promise]
  resolve %4
  %6 = call lib#Promise() [new lib#Promise]
  reject %6
  return [%0, %2, %4, copy(%0), %6]
`);
  });

  test('combinators are values; reactions are steps; handlers that are none are left out', () => {
    const text =
      'function f(p: Promise<void>, g: () => void) { return Promise.race([p.then(g, undefined), p.then(null, g), p.catch(g).finally(g)]); }';
    expect(printed(text, 'f')).toBe(`
a.ts#f(p, g)
  %0 = chain p then g
  %1 = chain p catch g
  %2 = chain p catch g
  %3 = chain %2 finally g
  return combined first([%0, %1, %3])
`);
  });
});

describe('containers', () => {
  test('put, take, look for, remove, with constant and other keys', () => {
    const text =
      'const shared = new Map<string, number>();\nfunction f(k: string, xs: number[]) { shared.set("a", 1); shared.delete(k); if (shared.has(k)) return shared.get(k); xs.push(2, ...xs); return xs.pop(); }';
    expect(printed(text, 'f')).toBe(`
a.ts#f(k, xs)
  update @shared["a"] = 1
  delete @shared[k]
  read @shared[k]
  if compute(@shared[k])
    true:
      read @shared[k]
      return @shared[k]
  update xs[*] = 2
  update xs[*] = xs[*]
  delete xs[*]
  return xs[*]
`);
  });

  test('what is put into a map when it is made; elements of objects', () => {
    const text =
      'function f(pairs: [string, number][], o: object) { const m = new Map(pairs); return [m, Object.values(o), pairs.slice(1)]; }';
    expect(printed(text, 'f')).toContain(
      '%0 = call lib#new Map(pairs) [new lib#Map]\n  update %0[*] = pairs[*]\n  return [%0, copy(o), copy(copy(pairs) from 1)]',
    );
  });

  test('order by a comparator that one can read', () => {
    const order = (comparator: string, elements = '{ id: number; name: string }'): string => {
      const text = `const byId = (p: any, q: any) => p.id - q.id;\nfunction f(xs: ${elements}[]) { return xs.toSorted(${comparator}); }`;
      return printed(text, 'f').trim().split('\n').at(-1)?.trim().replace('return ', '') ?? '';
    };
    for (const comparator of [
      '(p, q) => p.id - q.id',
      '(p, q) => -(q.id - p.id)',
      '(p, q) => p.id < q.id ? -1 : 1',
      '(p, q) => p.id === q.id ? 0 : p.id < q.id ? -1 : 1',
      '(p, q) => Number(p.id) - Number(q.id)',
      '(p, q) => p.id - q.id || p.name.localeCompare(q.name)',
      '(p, q) => { if (p.id < q.id) return -1; if (p.id > q.id) return 1; return 0; }',
      'byId',
    ])
      expect(order(comparator), comparator).toBe('ordered(xs by id)');
    expect(order('(p, q) => p.name.localeCompare(q.name)')).toBe('ordered(xs by name)');
    expect(order('(p, q) => p - q', 'number')).toBe('ordered(xs by itself)');
    expect(order('', 'string')).toBe('ordered(xs by itself)');
    for (const comparator of [
      '',
      '() => Math.random() - 0.5',
      '(p, q) => p.id - p.id',
      '(p, q) => p.id - q.name.length',
      '(p, q) => compare(p, q)',
    ])
      expect(order(comparator), comparator).toBe('ordered(xs by nothing)');
  });
});

describe('events, stores and spawned work', () => {
  test('listeners live in a slot of the emitter; emit calls them', () => {
    const text =
      "import { EventEmitter } from 'node:events';\nconst bus = new EventEmitter();\nfunction f(name: string) { bus.on('x', v => v); bus.once(name, () => {}); bus.off('x', f); bus.emit('x', 1); }";
    expect(printed(text, 'f')).toBe(`
a.ts#f(name)
  update @bus.on:x = fn f/bus.on("x"):1
  register event "x" event: fn f/bus.on("x"):1
  update @bus.on:* = fn f/once:1
  register event an event: fn f/once:1
  delete @bus.on:x = fn f
  loop over @bus.on:x test before times unknown
    %6 = call (@bus.on:x[*])(1) on @bus
`);
  });

  test('files, blocking calls, timers, threads', () => {
    const text =
      "function f(path: string) { read(path); const t = setTimeout(() => {}, 5, 'given'); clearTimeout(t); return thread('./w.js'); }";
    expect(printed(text, 'f')).toBe(`
a.ts#f(path)
  read file path
  blocking file read
  %2 = call x#read(path)
  drop statement %2
  %4 = spawn timer fn f/setTimeout:0("given")
  cancel clear %4
  %6 = call x#thread("./w.js") [new x#Thread]
  %7 = spawn thread "./w.js"()
  return %6
`);
  });
});
