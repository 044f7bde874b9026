/** The text of a test, for Node's own runner, that forces the interleaving of a deadlock. */
import path from 'node:path';
import type { ReproEntry, ReproParameter, ReproPlan, ReproStop } from '../../model/repro.ts';

/** How long the tasks may take before they count as waiting for each other. */
const TIME_LIMIT = 3_000;
/** How long a task waits for the others to have taken as many locks. */
const PATIENCE = 200;

/** `folder`: where the test will stand, relative to the audit root. */
export function writeRepro(plan: ReproPlan, folder: string): string {
  const files = [
    ...new Set(plan.tasks.flatMap(({ entry }) => ('file' in entry && entry.kind !== 'module' ? [entry.file] : []))),
  ];
  const names = new Map(files.map((file, index) => [file, `module${index + 1}`]));
  const instances = new Map<string, string>();
  const runs = plan.tasks.map(({ entry }) => runOf(entry, names, instances, folder));
  const isOpen = [...runs, ...instances.values()].some(text => text.includes('TODO('));
  return `${[
    ...header(plan, isOpen),
    ...imports(plan, names, folder),
    '',
    ...(isOpen ? TODO_LINES : []),
    ...(plan.stops.length > 0 ? [MEETING, ...plan.stops.map(stopLine), ''] : []),
    ...[...instances].map(([name, made]) => `const ${name} = ${made};`),
    ...(instances.size > 0 ? [''] : []),
    ...testLines(plan, runs),
  ].join('\n')}\n`;
}

function header({ rule, place, tasks, unknown }: ReproPlan, isOpen: boolean): string[] {
  const notes = [...(isOpen ? ['what the tasks are started with: fill in every TODO'] : []), ...unknown];
  return [
    `// ${rule} at ${place}`,
    ...tasks.map(({ title }, index) => `//   task ${index + 1} ${title}`),
    '// It fails as long as the tasks wait for each other. Run it with `node --test` (for TypeScript sources: a Node that',
    '// strips types, or a loader).',
    ...notes.map(note => `// Not known: ${note}.`),
  ];
}

function imports({ stops }: ReproPlan, names: ReadonlyMap<string, string>, folder: string): string[] {
  const packages = [...new Set(stops.map(stop => stop.package))];
  return [
    "import assert from 'node:assert/strict';",
    ...(stops.length > 0 ? ["import { AsyncLocalStorage } from 'node:async_hooks';"] : []),
    "import test from 'node:test';",
    ...packages.map((name, index) => `import * as library${index + 1} from ${quote(name)};`),
    ...[...names].map(([file, name]) => `import * as ${name} from ${quote(specifier(file, folder))};`),
    ...packages.map((name, index) => {
      const types = [...new Set(stops.filter(stop => stop.package === name).map(stop => stop.type))];
      const own = `library${index + 1}`;
      return `\nconst classes${index + 1} = { ${types.map(type => `${type}: ${own}.${type} ?? ${own}.default`).join(', ')} };`;
    }),
  ];
}

function specifier(file: string, folder: string): string {
  const relative = path.posix.relative(folder, file);
  return relative.startsWith('.') ? relative : `./${relative}`;
}

const TODO_LINES = [
  '/** A value that the analysis cannot know. */',
  'function TODO(what) {',
  '  throw new Error(`fill in: ${what}`);',
  '}',
  '',
];

const MEETING = `const task = new AsyncLocalStorage();
const taken = [];

/** Each task stops after it has taken a lock until the others have taken as many, or for a moment. */
async function meet() {
  const own = task.getStore();
  if (own === undefined) return;
  const round = (taken[own] += 1);
  for (const end = Date.now() + ${PATIENCE}; Date.now() < end && taken.some(count => count < round); )
    await new Promise(resolve => setTimeout(resolve, 5));
}

function stopAfter(type, member, callback) {
  const original = type?.prototype?.[member];
  if (!original) return;
  type.prototype[member] = function (...args) {
    if (callback === null)
      return original.apply(this, args).then(async granted => {
        await meet();
        return granted;
      });
    const work = args[callback];
    if (typeof work === 'function') {
      args[callback] = async (...given) => {
        await meet();
        return work(...given);
      };
      Object.defineProperty(args[callback], 'length', { value: work.length });
    }
    return original.apply(this, args);
  };
}`;

function stopLine({ package: name, type, member, callback }: ReproStop, _: number, all: readonly ReproStop[]): string {
  const library = [...new Set(all.map(stop => stop.package))].indexOf(name) + 1;
  return `stopAfter(classes${library}.${type}, '${member}', ${callback});`;
}

function testLines({ rule, stops }: ReproPlan, runs: readonly string[]): string[] {
  const start =
    stops.length > 0
      ? ['  taken.push(...runs.map(() => 0));', '  const started = runs.map((run, index) => task.run(index, run));']
      : ['  const started = runs.map(run => run());'];
  return [
    `test('${rule}: the tasks come to their end', async () => {`,
    '  const runs = [',
    ...runs.map(run => `    async () => ${run},`),
    '  ];',
    ...start,
    '  let timer;',
    '  const limit = new Promise(resolve => {',
    `    timer = setTimeout(resolve, ${TIME_LIMIT}, 'deadlock');`,
    '  });',
    "  const outcome = await Promise.race([Promise.all(started).then(() => 'done'), limit]);",
    '  clearTimeout(timer);',
    `  assert.equal(outcome, 'done', 'deadlock: after ${TIME_LIMIT / 1000} s the tasks still wait');`,
    '});',
  ];
}

/** The expression that starts a participant; instances that it needs are added. */
function runOf(
  entry: ReproEntry,
  names: ReadonlyMap<string, string>,
  instances: Map<string, string>,
  folder: string,
): string {
  switch (entry.kind) {
    case 'module':
      return `import(${quote(specifier(entry.file, folder))})`;
    case 'call':
      return `${names.get(entry.file) ?? ''}.${entry.path.join('.')}(${argumentsOf(entry.parameters)})`;
    case 'method': {
      const module = names.get(entry.file) ?? '';
      const name = `${entry.type.charAt(0).toLowerCase()}${entry.type.slice(1)}Of${module.charAt(0).toUpperCase()}${module.slice(1)}`;
      instances.set(name, `new ${module}.${entry.type}(${argumentsOf(entry.constructor)})`);
      return `${name}.${entry.member}(${argumentsOf(entry.parameters)})`;
    }
    case 'unknown':
      return `TODO(${quote(`start ${entry.what} (${entry.place}); nothing exports it`)})`;
  }
}

const argumentsOf = (parameters: readonly ReproParameter[]): string =>
  parameters.map(({ name, type }) => `TODO(${quote(type === null ? name : `${name}: ${type}`)})`).join(', ');

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
