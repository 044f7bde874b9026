#!/usr/bin/env node
/**
 * `npm run bench -- DIR [DIR…] [--runs 5]`: audits each folder as a whole process and prints, by phase, the minimum,
 * median and maximum in milliseconds (wall time), then CPU time (user and system, ms) and peak memory (MiB). The budget is in ratios
 * to the compiler's own check of the same files, so compare on one machine, and quote ratios.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const CLI = fileURLToPath(new URL('../bin/conc-audit.js', import.meta.url));

// The child tells what it used when it ends: this process only sees its children's sum.
const MEASURED = `
import process from 'node:process';
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  process.stderr.write('cpu (user + system)  ' + Math.round((user + system) / 1000) + ' ms\\n');
  process.stderr.write('peak memory  ' + Math.round(process.resourceUsage().maxRSS / 1024) + ' MiB\\n');
});`;

/** One run: figure by name, in the order in which they are told. */
function run(folder) {
  const loaded = `data:text/javascript,${encodeURIComponent(MEASURED)}`;
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--import', loaded, CLI, folder, '--stats', '--quiet', '--fail-on', 'never', '--output', '/dev/null'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  if (status !== 0) throw new Error(`exit code ${status}\n${stderr}`);
  return new Map(
    [...stderr.matchAll(/^(\S.*?) {2,}(\d+)(?: (?:ms|MiB))?$/gm)].map(([, name, figure]) => [name, +figure]),
  );
}

function tell(folder, runs) {
  console.log(`\n${folder}, ${runs.length} runs: minimum, median, maximum`);
  for (const name of runs[0].keys()) {
    const figures = runs.map(figuresOf => figuresOf.get(name) ?? 0).sort((a, b) => a - b);
    const median = figures[Math.floor(figures.length / 2)];
    console.log(
      `${name.padEnd(22)} ${[figures[0], median, figures.at(-1)].map(ms => String(ms).padStart(8)).join('')}`,
    );
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '5' } },
});
for (const folder of positionals.length > 0 ? positionals : ['.']) {
  const absolute = path.resolve(folder);
  tell(
    absolute,
    Array.from({ length: Number(values.runs) }, () => run(absolute)),
  );
}
