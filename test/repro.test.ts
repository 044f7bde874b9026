/** The tests that `why --repro` writes, run: they fail on the deadlock, and pass on its fixed twin. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { reproHere } from '../src/audit.ts';
import { inTree } from './fixtureCases.ts';

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

function run(cwd: string): { status: number | null; output: string } {
  const { status, stdout } = spawnSync(process.execPath, ['--test', 'test/repro.mjs'], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined },
    timeout: 30_000,
  });
  return { status, output: stdout };
}
