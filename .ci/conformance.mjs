// Scores the command line against the conformance corpus and compares, rule by rule, with the figures that were reached
// before: `node .ci/conformance.mjs CORPUS FLOOR [--update]`. Fewer found or more false than the floor is a failure;
// `--update` writes a floor that is nowhere lower than the old one, and has the rules that were not in it.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const [corpus, floorFile, update] = process.argv.slice(2);
const args = [
  path.join(corpus, 'score.mjs'),
  '--corpus',
  corpus,
  '--cli',
  'node bin/conc-audit.js',
  '--lang',
  'ts',
  '--json',
];
const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
process.stderr.write(stderr);
const { rows, misses, falses, failedRuns } = JSON.parse(stdout);
const floor = JSON.parse(fs.readFileSync(floorFile, 'utf8'));

let wrong = failedRuns;
if (failedRuns > 0) console.log(`${failedRuns} audits did not end with a result`);
for (const [rule, least] of Object.entries(floor)) {
  const now = rows.find(row => row.rule === rule) ?? { found: 0, false: 0, expected: 0 };
  const ok = now.found >= least.found && now.false <= least.false;
  console.log(
    `${ok ? 'ok  ' : 'FAIL'} ${rule}: ${now.found} of ${now.expected} found (floor ${least.found}), ${now.false} false (at most ${least.false})`,
  );
  if (ok) continue;
  wrong += 1;
  for (const miss of misses.filter(line => line.includes(rule))) console.log(`       missed ${miss}`);
  for (const line of falses.filter(text => text.includes(rule))) console.log(`       false ${line}`);
}
if (update === '--update') {
  for (const { rule, found, false: wrongly } of rows) {
    const before = floor[rule];
    // A rule of which nothing is found yet has no check.
    if (before) floor[rule] = { found: Math.max(before.found, found), false: Math.min(before.false, wrongly) };
    else if (found > 0) floor[rule] = { found, false: wrongly };
  }
  const sorted = Object.fromEntries(Object.entries(floor).sort(([a], [b]) => (a < b ? -1 : 1)));
  fs.writeFileSync(floorFile, `${JSON.stringify(sorted, null, 2)}\n`);
}
process.exitCode = wrong > 0 ? 1 : 0;
