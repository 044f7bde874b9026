/**
 * `node instrument.mjs FOLDER [--skip PATTERN]…`: instruments a copy of a project in place and writes
 * `FOLDER/.call-oracle/manifest.json`, the calls and functions with their original positions (UTF-16 offsets).
 * PATTERN is a regular expression on the path relative to FOLDER.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { instrument } from './transform.mjs';

const SOURCE = /\.[cm]?[jt]sx?$/;
const DECLARATION = /\.d\.[cm]?ts$/;
const SKIPPED_FOLDERS = new Set(['node_modules', '.git', '.call-oracle']);

/** Source files under a folder, relative to it, `/` separators, in code unit order. */
export function sourceFiles(root, skip) {
  const found = [];
  const walk = folder => {
    for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (skip.some(pattern => pattern.test(file))) continue;
      if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) walk(file);
      else if (entry.isFile() && SOURCE.test(file) && !DECLARATION.test(file)) found.push(file);
    }
  };
  walk('');
  return found.sort((a, b) => (a < b ? -1 : 1));
}

/**
 * Instruments every source file of `root` in place.
 * @returns {{ sites: object[], functions: object[], left: { file: string, why: string }[] }} the manifest, as written
 */
export function instrumentFolder(root, skip = []) {
  const output = path.join(root, '.call-oracle');
  if (fs.existsSync(output)) throw new Error(`${root} is instrumented already`);
  const manifest = { sites: [], functions: [], left: [] };
  for (const file of sourceFiles(root, skip)) {
    const full = path.join(root, file);
    const kept = [manifest.sites.length, manifest.functions.length];
    try {
      fs.writeFileSync(full, instrument(fs.readFileSync(full, 'utf8'), file, manifest));
    } catch (error) {
      [manifest.sites.length, manifest.functions.length] = kept;
      manifest.left.push({ file, why: error instanceof Error ? error.message : String(error) });
    }
  }
  fs.mkdirSync(output);
  fs.writeFileSync(path.join(output, 'manifest.json'), JSON.stringify(manifest));
  return manifest;
}

if (process.argv[1] === import.meta.filename) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { skip: { type: 'string', multiple: true } },
  });
  if (positionals.length !== 1) throw new Error('usage: node instrument.mjs FOLDER [--skip PATTERN]…');
  const manifest = instrumentFolder(
    positionals[0],
    (values.skip ?? []).map(pattern => new RegExp(pattern)),
  );
  for (const { file, why } of manifest.left) console.error(`left as it is: ${file}: ${why}`);
  console.log(`${manifest.functions.length} functions, ${manifest.sites.length} calls`);
}
