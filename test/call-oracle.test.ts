import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

const scripts = path.join(import.meta.dirname, '../scripts/call-oracle');
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true });
});

const place = z.object({ file: z.string(), start: z.number(), end: z.number() });
const recording = z.object({
  calls: z.array(place.extend({ targets: z.array(place.extend({ count: z.number() })) })),
});

function node(...args: string[]): string {
  return execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
}

/** A function's text up to its body, enough to tell the functions of a small program apart. */
function head(text: string): string {
  return text.split(/\s*(?:\{|=>)/)[0]?.replace(/\s+/g, ' ') ?? '';
}

/** Instruments the program, runs it, and gives its edges as `call text → head of the function × count`. */
function edgesOf(program: string, name = 'main.mjs'): { edges: string[]; printed: string } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'call-oracle-'));
  folders.push(folder);
  const project = path.join(folder, 'project');
  const raw = path.join(folder, 'raw');
  fs.mkdirSync(project);
  fs.writeFileSync(path.join(project, name), program);
  node(path.join(scripts, 'instrument.mjs'), project);
  let entry = path.join(project, name);
  if (name.endsWith('.ts')) {
    const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext };
    const { outputText } = ts.transpileModule(fs.readFileSync(entry, 'utf8'), { compilerOptions });
    entry = entry.replace(/\.ts$/, '.mjs');
    fs.writeFileSync(entry, outputText);
  }
  const printed = execFileSync(process.execPath, ['--require', path.join(scripts, 'runtime.cjs'), entry], {
    encoding: 'utf8',
    env: { ...process.env, CALL_ORACLE_DIR: raw },
  });
  const text = node(path.join(scripts, 'recording.mjs'), path.join(project, '.call-oracle/manifest.json'), raw);
  const { calls } = recording.parse(JSON.parse(text));
  const edges = calls.flatMap(call =>
    call.targets.map(
      to => `${program.slice(call.start, call.end)} → ${head(program.slice(to.start, to.end))} ×${to.count}`,
    ),
  );
  return { edges, printed };
}

describe('the recorded calls', () => {
  it('go through a Map, an interface, bind, call and apply', () => {
    const { edges } = edgesOf(
      `interface Shape { area(): number }
class Square implements Shape { area() { return 4 } }
class Circle implements Shape { area(): number { return 3 } }
const shapes: Shape[] = [new Square(), new Circle()];
for (const shape of shapes) shape.area();
const table = new Map<string, () => void>([['go', go]]);
table.get('go')!();
function go() {}
go.bind(null)(); go.call(null); go.apply(null, []);`,
      'main.ts',
    );
    expect(edges).toEqual([
      'new Square() → class Square implements Shape ×1',
      'new Circle() → class Circle implements Shape ×1',
      'shape.area() → area() ×1',
      'shape.area() → area(): number ×1',
      "table.get('go')!() → function go() ×1",
      'go.bind(null)() → function go() ×1',
      'go.call(null) → function go() ×1',
      'go.apply(null, []) → function go() ×1',
    ]);
  });

  it('are those of the native call for each of its callbacks, async ones too, and none for timers and reactions', () => {
    const { edges } = edgesOf(`
const leaf = function leaf() {};
await Promise.all([1, 2].map(async function each(n) { leaf(n); await null; leaf(); await null; leaf(-n); }));
setTimeout(function timer() { leaf('t'); }, 1);
Promise.resolve().then(function reaction() {});
await new Promise(function executor(resolve) { setTimeout(resolve, 5); });`);
    expect(edges).toEqual([
      expect.stringMatching(/^\[1, 2\]\.map\(.*\) → async function each\(n\) ×2$/),
      'leaf(n) → function leaf() ×2',
      'leaf() → function leaf() ×2',
      'leaf(-n) → function leaf() ×2',
      "leaf('t') → function leaf() ×1",
      expect.stringMatching(/^new Promise\(.*\) → function executor\(resolve\) ×1$/),
    ]);
  });

  it('survive default values, field initialisers and super calls that lie between a call and its target', () => {
    const { edges } = edgesOf(`
function value() { return 1; }
class Base { x = value(); constructor(y = value('y')) {} }
class Middle extends Base {}
class Derived extends Middle { z = value('z'); constructor() { super(); value('after'); } }
function plain(a = value('a'), { b = value('b') } = {}) {}
new Derived(); plain();`);
    expect(edges).toEqual([
      'value() → function value() ×1',
      "value('y') → function value() ×1",
      "class Middle extends Base {} → constructor(y = value('y')) ×1",
      "value('z') → function value() ×1",
      'super() → class Middle extends Base ×1',
      "value('after') → function value() ×1",
      "value('a') → function value() ×1",
      "value('b') → function value() ×1",
      'new Derived() → constructor() ×1',
      expect.stringMatching(/^plain\(\) → function plain/),
    ]);
  });

  it('of a generator belong to the call that made it, whoever runs it', () => {
    const { edges } = edgesOf(`
function leaf() {}
function* inner() { yield leaf(2); }
function* outer() { const got = yield leaf(1); yield* inner(); }
async function* later() { await null; yield leaf(3); }
const made = outer();
for (const x of made) leaf(x);
Array.from(outer(), function each() {});
for await (const x of later()) leaf('late');`);
    expect(edges).toEqual([
      'leaf(2) → function leaf() ×2',
      'leaf(1) → function leaf() ×2',
      'inner() → function* inner() ×2',
      'leaf(3) → function leaf() ×1',
      'outer() → function* outer() ×1',
      'leaf(x) → function leaf() ×2',
      'Array.from(outer(), function each() {}) → function each() ×2',
      'outer() → function* outer() ×1',
      'later() → async function* later() ×1',
      "leaf('late') → function leaf() ×1",
    ]);
  });

  it('are right after exceptions, in optional chains, templates, spreads and getters', () => {
    const { edges, printed } = edgesOf(`
function fails() { throw new Error('x'); }
function leaf() { return [1]; }
const o = { get g() { return leaf('g'); }, m() { return o; } };
try { fails(...leaf()); } catch { leaf('caught'); }
o?.m().m().g.length; o.nothing?.(leaf('never')); leaf(o.g);
const tag = function tag() {};
tag\`a\${leaf('t')}b\`; tag\`plain\`;
[fails].forEach(function each(f) { try { f(); } catch {} });
console.log(fails.length, leaf.name, (() => {}).name, o.m.length);`);
    expect(printed).toBe('0 leaf  0\n');
    expect(edges.map(edge => edge.replace(/^\[fails\].* →/, '[fails].forEach →'))).toEqual([
      "leaf('g') → function leaf() ×2",
      'fails(...leaf()) → function fails() ×1',
      'leaf() → function leaf() ×1',
      "leaf('caught') → function leaf() ×1",
      'o?.m().m() → m() ×1',
      'o?.m() → m() ×1',
      'leaf(o.g) → function leaf() ×1',
      expect.stringMatching(/^tag`a.*` → function tag\(\) ×1$/),
      "leaf('t') → function leaf() ×1",
      'tag`plain` → function tag() ×1',
      '[fails].forEach → function each(f) ×1',
      'f() → function fails() ×1',
    ]);
  });
});

it('keeps directives first, and what loaders read as syntax', () => {
  const { printed } = edgesOf(
    `'use strict';
const path = require('path');
function f() { 'use strict'; return this; }
function twice() { var a = 1; function b() { return 1; } function b() { return 2; } return b(); }
console.log(f(), twice(), path.posix.sep, (function () { return this; })(), eval('typeof path'));`,
    'main.cjs',
  );
  expect(printed).toBe('undefined 2 / undefined object\n');
});
