#!/usr/bin/env node
// Starts a check: `node scripts/new-check.mjs RULE-ID ITEM LEVEL`. Writes the check and two fixtures that pass at once
// (it looks for intervals, so that there is something to change), registers it, and adds its row to the README.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const [id, item, level] = process.argv.slice(2);

function refuse(why) {
  process.stderr.write(`${why}\nusage: node scripts/new-check.mjs RULE-ID C1…C10 error|warning|note\n`);
  process.exitCode = 2;
}

const camel = name => name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());

const check = () => `import { linkedProgram } from '../analysis/program.ts';
import { defineCheck } from './check.ts';

/** TODO: the rule in two sentences, and when it stays silent. */
export default defineCheck({
  id: '${id}',
  item: '${item}',
  level: '${level}',
  title: 'An interval is started',
  why: 'TODO: one clause: what it leads to at run time',
  fix: 'TODO: one clause: what to do',
  counts: 'timers',
  explain: 'TODO: the failure at run time, with an interleaving when it is one; when to suppress it.',
  examples: {
    typescript: {
      bad: 'setInterval(poll, 1000);',
      good: 'setTimeout(poll, 1000);',
    },
  },

  run({ get, examined, report }) {
    const program = get(linkedProgram);
    for (const { id: fn, name } of program.functions.values()) {
      for (const step of program.steps(fn).values()) {
        if (step.kind !== 'spawn') continue;
        const site = program.site(fn, step.at);
        examined([site]);
        if (step.how !== 'interval') continue;
        report({ at: site, message: \`\\\`\${name}\\\` starts an interval\`, confidence: 'high', key: [fn] });
      }
    }
  },
});
`;

const fixtures = {
  bug: `export function start(poll: () => void): void {
  setInterval(poll, 1000); // expect: ${id}
}
`,
  ok: `export function start(poll: () => void): void {
  setTimeout(poll, 1000);
}
`,
};

/** Adds the import and the entry, both in order. */
function register(text) {
  const imports = [...text.matchAll(/^import \w+ from '\.\/([\w-]+)\.ts';$/gm)].map(([, name]) => name);
  const names = [...imports, id].sort();
  const lines = names.map(name => `import ${camel(name)} from './${name}.ts';`).join('\n');
  const rest = text.replace(/^import \w+ from '\.\/[\w-]+\.ts';\n/gm, '');
  return rest
    .replace(/^(import type \{ Check \}.*\n)/m, `$1${lines}\n`)
    .replace(/readonly Check\[\] = \[[^\]]*\]/, `readonly Check[] = [${names.map(camel).join(', ')}]`);
}

/** Adds the row, in order, to the table of rules. */
function addRow(text) {
  const row = `| \`${id}\` | ${item} | ${level} | An interval is started |`;
  const rows = text.split('\n').filter(line => /^\| `[a-z-]+` +\| C\d+ +\|/.test(line));
  if (rows.length === 0) return text;
  const sorted = [...rows, row].sort();
  const [first] = rows;
  const without = text.split('\n').filter(line => line === first || !rows.includes(line));
  return without.flatMap(line => (line === first ? sorted : [line])).join('\n');
}

function edit(file, change) {
  fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')));
}

function write(file, text) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  process.stdout.write(`${file}\n`);
}

if (!/^[a-z]+(-[a-z]+)*$/.test(id ?? '')) refuse(`${id ?? 'nothing'} is no rule id: kebab-case, named after the fault`);
else if (!/^C([1-9]|10)$/.test(item ?? '')) refuse(`${item ?? 'nothing'} is no checklist item`);
else if (!['error', 'warning', 'note'].includes(level)) refuse(`${level ?? 'nothing'} is no level`);
else if (fs.existsSync(`src/checks/${id}.ts`)) refuse(`src/checks/${id}.ts exists already`);
else {
  write(`src/checks/${id}.ts`, check());
  for (const [name, text] of Object.entries(fixtures))
    write(`fixtures/checks/${id}/${name === 'bug' ? 'first' : 'first-ok'}/${name}.ts`, text);
  edit('src/checks/index.ts', register);
  edit('README.md', addRow);
  process.stdout.write('registered in src/checks/index.ts and README.md; docs/adding-a-check.md goes on from here\n');
}
