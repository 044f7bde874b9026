/** The ownership tree: who owns what runs beside its starter, where it comes from, how it ends; its four formats. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { linkHere } from '../src/audit.ts';
import type { DrawnFormat } from '../src/report/drawnGraph.ts';
import { printTaskGraph, type TaskGraph } from '../src/report/taskGraph.ts';
import { dotText, mermaidText } from '../src/util/graphText.ts';

const CONFIG = fileURLToPath(new URL('../fixtures/checks/tsconfig.json', import.meta.url));

async function graph(files: Record<string, string>, format: DrawnFormat): Promise<string> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'conc-audit-tasks-'));
  try {
    fs.copyFileSync(CONFIG, path.join(root, 'tsconfig.json'));
    fs.writeFileSync(path.join(root, 'package.json'), '{ "private": true, "type": "module", "main": "main.ts" }');
    for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(root, file), text);
    return printTaskGraph(await linkHere({ paths: [root], cwd: root }), format);
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

/** `what name <- origins: owner[.holder]: end (how)[ at place]`, by place. */
async function told(main: string, others: Record<string, string> = {}): Promise<string[]> {
  const { tasks, owners } = JSON.parse(await graph({ 'main.ts': main, ...others }, 'json')) as TaskGraph;
  const owner = new Map(owners.map(({ id, kind, name }) => [id, name === '' ? kind : `${kind} ${name}`]));
  return tasks.map(task => {
    const from = task.from.map(one => ('task' in one ? one.task : one.label)).join(', ');
    const kept = task.kept ? `.${task.kept.name}${task.kept.inside ? '[]' : ''}` : '';
    const ended = task.endedAt ? ` at ${task.endedAt.at}` : '';
    return `${task.what} ${task.name} <- ${from}: ${owner.get(task.owner) ?? ''}${kept}: ${task.end} (${task.how})${ended}`;
  });
}

const WORK = `export async function work(): Promise<void> {
  await fetch('http://work.example');
}
`;

describe('the ownership tree', () => {
  it('leaves out what is awaited or returned in place, and counts it', async () => {
    const text = `${WORK}export async function all(): Promise<void> { await work(); }
export function pass(): Promise<void> { return work(); }
`;
    expect(await graph({ 'main.ts': text }, 'text')).toBe(
      'Nothing runs beside the code that starts it.\n' +
        'Not listed: 3 promises, awaited (2) or returned (1) in place.\n',
    );
  });

  it('gives a task that is awaited later, or together with others, to the function that awaits it', async () => {
    expect(
      await told(`${WORK}export async function later(): Promise<void> {
  const started = work();
  await fetch('http://other.example');
  await started;
}
export const both = async (): Promise<void> => {
  await Promise.all([work(), work()]);
};
`),
    ).toEqual([
      'promise work <- later: function later: joined (awaited) at main.ts:7',
      'promise work <- both: function both: joined (awaited) at main.ts:10',
      'promise work <- both: function both: joined (awaited) at main.ts:10',
    ]);
  });

  it('gives what a class starts and ends to the class, with its fields', async () => {
    expect(
      await told(`${WORK}export class Poller {
  #stopped = false;
  #loop: Promise<void> | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  start(): void {
    this.#loop = this.#run();
    this.#timer = setInterval(() => undefined, 1000);
  }
  async #run(): Promise<void> {
    while (!this.#stopped) await work();
  }
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#loop;
  }
}
`),
    ).toEqual([
      'promise Poller.#run <- Poller.start: class Poller.#loop: joined (awaited) at main.ts:18',
      'interval interval <- Poller.start: class Poller.#timer: cancelled (cleared) at main.ts:17',
    ]);
  });

  it('gives tasks in a container to the variables of its module', async () => {
    expect(
      await told(`${WORK}const pending = new Set<Promise<void>>();
export function begin(): void {
  pending.add(work());
}
export async function drain(): Promise<void> {
  await Promise.all(pending);
}
`),
    ).toEqual(['promise work <- begin: variables main.ts.pending[]: joined (awaited) at main.ts:9']);
  });

  it('tells orphans, and the task or entry point that they come from', async () => {
    expect(
      await told(
        `import { createServer } from 'node:http';
import { work } from './work.ts';
const server = createServer((_request, response) => {
  void work();
  response.end();
});
server.listen(80);
setInterval(() => {
  work();
}, 1000);
`,
        { 'work.ts': WORK },
      ),
    ).toEqual([
      'promise work <- request handler: nobody: orphan (void)',
      'server Server.listen <- main.ts: program main.ts: orphan (unstopped)',
      'interval interval <- main.ts: nobody: orphan (interval)',
      'promise work <- t3: nobody: orphan (dropped)',
    ]);
  });

  it('tells servers that a handler stops, listeners that are removed, timers that fire once, and declared detachment', async () => {
    expect(
      await told(`import { createServer } from 'node:http';
import { EventEmitter } from 'node:events';
const server = createServer();
server.listen(80);
const bus = new EventEmitter();
const heard = (): void => undefined;
bus.on('heard', heard);
bus.off('heard', heard);
bus.on('kept', heard);
/** @detached statistics may be lost */
async function count(): Promise<void> {
  await fetch('http://count.example');
}
process.on('SIGTERM', () => {
  server.close();
});
export function use(): void {
  setTimeout(() => undefined, 10);
  void count();
}
`),
    ).toEqual([
      'server Server.listen <- main.ts: program main.ts: cancelled (stopped)',
      'listener "heard" event <- main.ts: function main.ts: cancelled (removed) at main.ts:8',
      'listener "kept" event <- main.ts: runtime: by itself (emitter)',
      'listener SIGTERM <- main.ts: runtime: by itself (emitter)',
      'timer timer <- use: runtime: by itself (once)',
      'promise count <- use: nobody: detached (declared)',
    ]);
  });

  it('gives what is returned by another way to the callers, and what is given away to the outside', async () => {
    expect(
      await told(`${WORK}export function early(): Promise<void> {
  const started = work();
  console.log('started');
  return started;
}
export function give(take: (work: Promise<void>) => void): void {
  take(work());
}
`),
    ).toEqual([
      'promise work <- early: callers early: joined (returned) at main.ts:7',
      'promise work <- give: outside: joined (passed) at main.ts:10',
    ]);
  });
});

describe('graph tasks', () => {
  const files = {
    'main.ts': `${WORK}export class Job {
  readonly "odd \\" name" = 1;
  #running: Promise<void> | null = null;
  start(): void {
    this.#running = work();
    setTimeout(() => void work(), 1);
  }
  async stop(): Promise<void> {
    await this.#running;
  }
}
`,
  };

  it('is indented text by owner', async () => {
    expect(await graph(files, 'text'))
      .toBe(`3 tasks run beside the code that starts them: 1 is joined, 1 ends by itself, 1 is an orphan.
Not listed: one promise, awaited (1) or returned (0) in place.

class Job  main.ts:4
  t1 promise work, as \`#running\`  main.ts:8 in Job.start
     from Job.start
     joined: awaited  main.ts:12 in Job.stop

the runtime
  t2 timer  main.ts:9 in Job.start
     from Job.start
     by itself: runs once

nobody
  t3 promise work  main.ts:9 in callback of setTimeout in Job.start
     from t2
     orphan: started with \`void\`
`);
  });

  it('is a graph for Graphviz and Mermaid, with the colour of each end', async () => {
    const dot = await graph(files, 'dot');
    expect(dot).toMatch(/^digraph tasks \{\n/);
    expect(dot).toContain('  o1 [shape=folder, label="Job"];\n');
    expect(dot).toContain('  t1 [shape=box, color=darkgreen, label="promise work\\nmain.ts:8\\njoined"];\n');
    expect(dot).toContain('  o1 -> t1 [label="#running"];\n');
    expect(dot).toContain('  t2 -> t3 [style=dashed];\n');
    const mermaid = await graph(files, 'mermaid');
    expect(mermaid).toMatch(/^flowchart LR\n/);
    expect(mermaid).toContain('  o1 -->|"#35;running"| t1\n');
    expect(mermaid).toContain('  t2 -.-> t3\n');
    expect(mermaid).toContain('  style t3 stroke:red\n');
  });

  it('takes names as names', () => {
    expect(dotText('a "b" \\ c', 'd\ne')).toBe('"a \\"b\\" \\\\ c\\nd e"');
    expect(mermaidText('on("x") `y` #z <b>&', 'line')).toBe('"on(#34;x#34;) #96;y#96; #35;z #60;b#62;#38;<br>line"');
  });

  it('says so when there is nothing', async () => {
    expect(await graph({ 'main.ts': 'export {};\n' }, 'text')).toBe('Nothing runs beside the code that starts it.\n');
  });
});
