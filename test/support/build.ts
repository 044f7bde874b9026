/** Builds `dist/` when a source is newer: the command line is tested as it ships. Test files that run side by side take turns. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LOCK = path.join(ROOT, 'node_modules/.conc-audit-build.lock');

function newest(folder: string): number {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return Math.max(...files.map(entry => fs.statSync(path.join(entry.parentPath, entry.name)).mtimeMs));
}

export function build(): void {
  takeLock();
  try {
    compile();
  } finally {
    fs.rmSync(LOCK, { force: true });
  }
}

function compile(): void {
  const entry = path.join(ROOT, 'dist/cli/main.js');
  if (fs.existsSync(entry) && fs.statSync(entry).mtimeMs > newest(path.join(ROOT, 'src'))) return;
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', path.join(ROOT, 'tsconfig.build.json')], {
    encoding: 'utf8',
  });
  if (status !== 0) process.stderr.write(`The build has errors:\n${stdout}`);
}

/** Waits while another living process builds. The lock file holds the process id of who does. */
function takeLock(): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      fs.writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
      return;
    } catch {
      if (!isAlive(holder())) fs.rmSync(LOCK, { force: true });
      Atomics.wait(cell, 0, 0, 100);
    }
  }
}

function holder(): number {
  try {
    return Number(fs.readFileSync(LOCK, 'utf8'));
  } catch {
    return process.pid;
  }
}

function isAlive(pid: number): boolean {
  try {
    // An empty file was made a moment ago and has no number yet.
    return pid === 0 || process.kill(pid, 0);
  } catch {
    return false;
  }
}
