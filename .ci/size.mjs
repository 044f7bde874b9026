// Installs the packed package as a user would, into an empty folder: it must start, and with its dependencies stay
// under the limit.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const LIMIT_MB = 40;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'conc-audit-install-'));
try {
  const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], options),
  );
  fs.writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `./${filename}`], {
    ...options,
    cwd: folder,
  });
  const version = execFileSync(path.join(folder, 'node_modules/.bin/conc-audit'), ['--version'], options).trim();
  const files = fs
    .readdirSync(path.join(folder, 'node_modules'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile());
  const bytes = files.reduce((sum, { parentPath, name }) => sum + fs.statSync(path.join(parentPath, name)).size, 0);
  console.log(`conc-audit ${version} with its dependencies: ${(bytes / 1e6).toFixed(1)} MB (limit ${LIMIT_MB})`);
  process.exitCode = bytes > LIMIT_MB * 1e6 ? 1 : 0;
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
