#!/usr/bin/env node
/**
 * Judgements of findings on real code (docs/evidence/<package>@<version>.md) against what the tool says today.
 *
 *   node scripts/evidence.mjs                          every judged package is fetched with npm and audited again
 *   node scripts/evidence.mjs undici@7.30.2            one of them
 *   node scripts/evidence.mjs undici@7.30.2 DIR        an unpacked copy instead of the one from npm
 *   … --write                                          also adds rows for findings that nobody judged (verdict `?`)
 *
 * Reports drift: findings without a judgement and judgements without a finding; per rule how many are right. Exit code
 * 1 when a finding at `error` or `warning` is unjudged or judged wrong, or a right one is gone.
 * A page names the audited folders in a line `Audited: src`; those of the package by default. The page of a repository
 * has a line `Repository: https://…, commit …`, and that commit is fetched with git.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGES = path.join(ROOT, 'docs', 'evidence');
const HEAD =
  '| fingerprint | rule | level | place | verdict | why | second |\n' +
  '| ----------- | ---- | ----- | ----- | ------- | --- | ------ |\n';

/** The rows of a page: one judged finding each. */
function rowsOf(text) {
  return text
    .split('\n')
    .filter(line => /^\| [0-9a-f]{8,} /.test(line))
    .map(line => {
      const cells = line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map(cell => cell.trim());
      const [fingerprint, rule, level, place, verdict, why, second] = cells;
      return { fingerprint, rule, level, place, verdict, why, second };
    });
}

const pageOf = name => path.join(PAGES, `${name.replaceAll('/', '+')}.md`);
const read = file => fs.readFileSync(file, 'utf8');

/** One commit of a repository, without its history. */
function checkedOut(url, commit, folder) {
  const git = (...args) => execFileSync('git', ['-C', folder, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  fs.mkdirSync(folder);
  git('init', '--quiet');
  git('fetch', '--quiet', '--depth', '1', url, commit);
  git('checkout', '--quiet', 'FETCH_HEAD');
  return folder;
}

/** The package as npm publishes it, unpacked in a folder that is kept between runs. */
function unpacked(name) {
  const cache = path.join(os.tmpdir(), 'conc-audit-evidence', name.replaceAll('/', '+'));
  const folder = path.join(cache, 'package');
  if (fs.existsSync(folder)) return folder;
  fs.mkdirSync(cache, { recursive: true });
  const page = pageOf(name);
  const [, url, commit] =
    /^Repository: (\S+), commit ([0-9a-f]{40})$/m.exec(fs.existsSync(page) ? read(page) : '') ?? [];
  if (url !== undefined) return checkedOut(url, commit, folder);
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', name, '--json', '--silent'], { cwd: cache, encoding: 'utf8' }),
  );
  execFileSync('tar', ['xzf', filename], { cwd: cache });
  return folder;
}

function audit(folder, paths) {
  const text = execFileSync(
    process.execPath,
    [path.join(ROOT, 'bin', 'conc-audit.js'), ...paths, '--format', 'json', '--fail-on', 'never', '--quiet'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 29 },
  );
  return JSON.parse(text);
}

const placeOf = ({ location }) => `${location.file}:${location.line}`;
const cell = text => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function rowFor(finding) {
  const { fingerprint, rule, level } = finding;
  return `| ${fingerprint} | ${rule} | ${level} | ${placeOf(finding)} | ? | ${cell(finding.message)} | |`;
}

/** One page compared with a run. Returns whether the judgements still stand. */
function compare(name, folder, write) {
  const page = pageOf(name);
  const text = fs.existsSync(page) ? read(page) : `# ${name}\n\nAudited: .\n\n${HEAD}`;
  const paths = (/^Audited: (.*)$/m.exec(text)?.[1] ?? '.').split(/[ ,]+/);
  const report = audit(folder, paths);
  const loud = report.findings.filter(({ level }) => level !== 'note');
  const judged = new Map(rowsOf(text).map(row => [row.fingerprint, row]));
  const found = new Set(report.findings.map(({ fingerprint }) => fingerprint));
  const open = loud.filter(({ fingerprint }) => (judged.get(fingerprint)?.verdict ?? '?') === '?');
  const wrong = loud.filter(({ fingerprint }) => /^(wrong|useless)/.test(judged.get(fingerprint)?.verdict ?? ''));
  // Places that a finding tells of together with its own.
  const told = new Set(
    report.findings.flatMap(({ rule, related }) => related.map(place => `${rule} ${placeOf({ location: place })}`)),
  );
  const missing = [...judged.values()].filter(row => row.verdict === 'right' && !found.has(row.fingerprint));
  const grouped = missing.filter(row => told.has(`${row.rule} ${row.place}`));
  const gone = missing.filter(row => !grouped.includes(row));
  tell(name, report, loud, { judged, open, wrong, grouped, gone });
  const fresh = open.filter(({ fingerprint }) => !judged.has(fingerprint));
  if (write && fresh.length > 0) fs.writeFileSync(page, `${text.trimEnd()}\n${fresh.map(rowFor).join('\n')}\n`);
  return open.length + wrong.length + gone.length === 0;
}

function tell(name, report, loud, { judged, open, wrong, grouped, gone }) {
  console.log(`${name}: ${report.coverage.files} files, ${loud.length} findings at warning or error`);
  for (const rule of [...new Set(loud.map(finding => finding.rule))].sort()) {
    const of = loud.filter(finding => finding.rule === rule);
    const right = of.filter(({ fingerprint }) => judged.get(fingerprint)?.verdict === 'right').length;
    console.log(`  ${rule}: ${right} of ${of.length} judged right`);
  }
  for (const finding of open) console.log(`  not judged: ${finding.rule} ${placeOf(finding)} ${finding.message}`);
  for (const finding of wrong) console.log(`  judged wrong and still found: ${finding.rule} ${placeOf(finding)}`);
  for (const row of grouped) console.log(`  judged right and told with another finding: ${row.rule} ${row.place}`);
  for (const row of gone) console.log(`  judged right and gone: ${row.rule} ${row.place}`);
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean' } } });
const names =
  positionals.length > 0
    ? [positionals[0]]
    : fs
        .readdirSync(PAGES)
        .filter(file => file.includes('@'))
        .sort()
        .map(file => file.slice(0, -'.md'.length).replaceAll('+', '/'));
const stands = names.map(name => compare(name, path.resolve(positionals[1] ?? unpacked(name)), values.write === true));
process.exitCode = stands.every(Boolean) ? 0 : 1;
