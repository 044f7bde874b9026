/** Builds `dist/` when a source is newer: the command line is tested as it ships. For one test file only: builds do not lock. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function newest(folder: string): number {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return Math.max(...files.map(entry => fs.statSync(path.join(entry.parentPath, entry.name)).mtimeMs));
}

export function build(): void {
  const entry = path.join(ROOT, 'dist/cli/main.js');
  if (fs.existsSync(entry) && fs.statSync(entry).mtimeMs > newest(path.join(ROOT, 'src'))) return;
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', path.join(ROOT, 'tsconfig.build.json')], {
    encoding: 'utf8',
  });
  if (status !== 0) process.stderr.write(`The build has errors:\n${stdout}`);
}
