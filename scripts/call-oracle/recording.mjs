/**
 * `node recording.mjs MANIFEST FOLDER > recording.json`: merges what the processes of a test run wrote into FOLDER.
 * Result: `{ calls: [{ file, start, end, callee, implicit?, count, targets: [{ file, start, end, implicit?, count, via }] }],
 * functions: [{ file, start, end, count }] }`; only what ran, in manifest order (that is file and source order).
 */
import fs from 'node:fs';
import path from 'node:path';

/**
 * `site function count via` lines of every file of a folder; a file repeats a pair with its final count (without `via`).
 * An edge seen both directly and through other code counts as direct.
 */
export function readCounts(folder) {
  const total = new Map();
  for (const name of fs.readdirSync(folder).sort()) {
    const own = new Map();
    for (const line of fs.readFileSync(path.join(folder, name), 'utf8').split('\n')) {
      const [site, fn, count, via] = line.split(' ');
      // A killed process may leave half a line.
      if (count === undefined) continue;
      const pair = `${site} ${fn}`;
      const known = own.get(pair);
      own.set(pair, { count: Math.max(known?.count ?? 0, Number(count)), via: known?.via ?? via });
    }
    for (const [pair, { count, via }] of own) {
      const known = total.get(pair);
      total.set(pair, { count: (known?.count ?? 0) + count, via: known && via !== 'direct' ? known.via : via });
    }
  }
  return total;
}

/** The recording in positions of the original sources. */
export function merge(manifest, counts) {
  const targets = new Map();
  const entered = new Map();
  for (const [pair, { count, via }] of counts) {
    const [site, fn] = pair.split(' ').map(Number);
    if (fn !== 0) entered.set(fn, (entered.get(fn) ?? 0) + count);
    if (site === 0) continue;
    const list = targets.get(site) ?? [];
    targets.set(site, list);
    if (fn !== 0) list.push([fn, count, via]);
  }
  const byNumber = ([a], [b]) => a - b;
  const calls = [...targets].sort(byNumber).map(([site, found]) => ({
    ...manifest.sites[site - 1],
    targets: found.sort(byNumber).map(([fn, count, via]) => ({ ...manifest.functions[fn - 1], count, via })),
  }));
  const functions = [...entered].sort(byNumber).map(([fn, count]) => ({ ...manifest.functions[fn - 1], count }));
  return { calls, functions };
}

if (process.argv[1] === import.meta.filename) {
  const [manifestFile, folder] = process.argv.slice(2);
  if (!manifestFile || !folder) throw new Error('usage: node recording.mjs MANIFEST FOLDER');
  console.log(JSON.stringify(merge(JSON.parse(fs.readFileSync(manifestFile, 'utf8')), readCounts(folder))));
}
