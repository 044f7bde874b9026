/** The tests that `why --repro` writes, run: they fail on the deadlock, and pass on its fixed twin. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { reproHere } from '../src/audit.ts';
import { inTree, readCases } from './fixtureCases.ts';

const MODULES = fileURLToPath(new URL('../node_modules', import.meta.url));

/** A program, the line of its deadlock by what stands there, and what to replace to mend it. */
interface Program {
  text: string;
  line: string;
  mend: readonly [string, string];
}
const PROGRAMS: Record<string, Program> = {
  'lock-order-cycle': {
    text: `import { Mutex } from 'async-mutex';
const stock = new Mutex();
const orders = new Mutex();
let count = 0;
export const order = () => stock.runExclusive(() => orders.runExclusive(() => (count += 1)));
export async function cancel() {
  const release = await orders.acquire();
  try {
    return await stock.runExclusive(() => (count -= 1)); // here
  } finally {
    release();
  }
}
`,
    line: '// here',
    mend: ['export async function cancel() {', 'export async function cancel() {\n  return order();'],
  },
  'lock-order-cycle of a class': {
    text: `import { Mutex } from 'async-mutex';
export class Depot {
  trucks = new Mutex();
  gates = new Mutex();
  out = 0;
  leave() {
    return this.gates.runExclusive(() => this.trucks.runExclusive(() => (this.out += 1)));
  }
  enter() {
    return this.trucks.runExclusive(() => this.gates.runExclusive(() => (this.out -= 1))); // here
  }
}
`,
    line: '// here',
    mend: ['this.trucks.runExclusive(() => this.gates.', 'this.gates.runExclusive(() => this.trucks.'],
  },
  'lock-reentry': {
    text: `import { Mutex } from 'async-mutex';
const lock = new Mutex();
let count = 0;
const bump = () => lock.runExclusive(() => (count += 1));
export const add = () => lock.runExclusive(() => bump()); // here
`,
    line: '// here',
    mend: ['lock.runExclusive(() => bump())', 'bump()'],
  },
  'pool-self-deadlock': {
    text: `import { Semaphore } from 'async-mutex';
const slots = new Semaphore(3);
let count = 0;
const part = () => slots.runExclusive(async () => (count += 1));
export const whole = () => slots.runExclusive(() => part()); // here
`,
    line: '// here',
    mend: ['slots.runExclusive(() => part())', 'part()'],
  },
};

describe('why --repro', () => {
  it.each(Object.entries(PROGRAMS))('%s', async (_rule, { text, line, mend }) => {
    await inTree(new Map([['src/a.js', text]]), async root => {
      fs.symlinkSync(MODULES, path.join(root, 'node_modules'));
      const number = text.split('\n').findIndex(one => one.includes(line)) + 1;
      const place = { file: 'src/a.js', line: number, column: null };
      const repro = await reproHere(place, 'test', { paths: [root], cwd: root });
      expect(repro).not.toContain('TODO');
      fs.mkdirSync(path.join(root, 'test'));
      fs.writeFileSync(path.join(root, 'test/repro.mjs'), repro);
      const bad = run(root);
      expect(bad.output).toContain('deadlock: after');
      expect(bad.status).toBe(1);
      expect(text).toContain(mend[0]);
      fs.writeFileSync(path.join(root, 'src/a.js'), text.replace(...mend));
      expect(run(root)).toMatchObject({ status: 0 });
    });
  });

  it('says what it cannot know', async () => {
    const text = `import { Mutex } from 'async-mutex';
export class Account { lock = new Mutex(); sum = 0; }
export const move = (from: Account, to: Account) =>
  from.lock.runExclusive(() => to.lock.runExclusive(() => (from.sum -= to.sum)));
`;
    await inTree(new Map([['a.ts', text]]), async root => {
      const repro = await reproHere({ file: 'a.ts', line: 4, column: null }, '', { paths: [root], cwd: root });
      expect(repro).toContain('// Not known: what the tasks are started with: fill in every TODO.');
      expect(repro).toContain("module1.move(TODO('from: Account'), TODO('to: Account'))");
      expect(repro).toContain('the other way round');
    });
  });
});

/** Deadlocks of the fixtures: the file and the line of the finding, values for what is not known, and the fixed twin. */
interface Deadlock {
  fixture: string;
  file: string;
  at: string;
  values: Record<string, string>;
  mend(text: string): string;
}
const okOf = (name: string): string =>
  readCases()
    .find(one => one.name === name)
    ?.files.get('ok.ts') ?? '';
const NESTED = 'a/b/c/d/e/f/g/h';
const DEADLOCKS: readonly Deadlock[] = [
  {
    fixture: 'lock-order-cycle/module-locks-across-files',
    file: 'irrigation.ts',
    at: 'await dim(bed)',
    values: { bed: '1' },
    mend: text =>
      text.replace(
        'await locks.lamps.runExclusive(async () => {\n    await drain();',
        'await drain();\n  await locks.lamps.runExclusive(async () => {',
      ),
  },
  {
    fixture: 'lock-reentry/helper-chain',
    file: '',
    at: 'await this.measureAll()',
    values: { name: "'fern'" },
    mend: text => text.replace('await this.measureAll();', ''),
  },
  {
    fixture: 'pool-self-deadlock/trap-16-tree-walk',
    file: 'bug.ts',
    at: 'const sizes',
    values: { path: "'a'" },
    mend: () => okOf('pool-self-deadlock/trap-16-tree-walk-ok'),
  },
];

describe('deadlocks of the fixtures', () => {
  it.each(DEADLOCKS)('$fixture hangs, and its fixed twin does not', async ({ fixture, file, at, values, mend }) => {
    const files = readCases().find(({ name }) => name === fixture)?.files ?? new Map<string, string>();
    await inTree(files, async root => {
      fs.symlinkSync(MODULES, path.join(root, 'node_modules'));
      fs.mkdirSync(path.join(root, NESTED), { recursive: true });
      const [name = ''] = [...files].find(([one, text]) => one.endsWith(file) && text.includes(at)) ?? [];
      const line = (files.get(name) ?? '').split('\n').findIndex(one => one.includes(at)) + 1;
      const repro = await reproHere({ file: name, line, column: null }, 'test', { paths: [root], cwd: root });
      const filled = repro.replace(/TODO\('(\w+)'\)/g, (_, what: string) => values[what] ?? 'undefined');
      const write = (change: (text: string) => string): void => {
        fs.mkdirSync(path.join(root, 'test'), { recursive: true });
        fs.writeFileSync(path.join(root, 'test/repro.mjs'), toScript(filled));
        for (const [one, text] of files)
          fs.writeFileSync(path.join(root, toScript(`${one}'`).slice(0, -1)), toScript(change(text)));
      };
      write(text => text);
      expect(run(root).output).toContain('deadlock: after');
      write(mend);
      expect(run(root)).toMatchObject({ status: 0 });
    });
  });
});

/** TypeScript as modules that Node runs. */
function toScript(text: string): string {
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  const script = text.includes('\n') ? ts.transpileModule(text, { compilerOptions: options }).outputText : text;
  return script.replaceAll(".ts'", ".mjs'");
}

function run(cwd: string): { status: number | null; output: string } {
  const { status, stdout } = spawnSync(process.execPath, ['--test', 'test/repro.mjs'], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined },
    timeout: 30_000,
  });
  return { status, output: stdout };
}
