/**
 * `node compare.mjs STATIC.json RECORDINGS ROOT [--json]`: which pairs of locks that were really held and asked for
 * (`record.mjs`) the lock graph of ROOT (`graph locks --format json`) has.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** The recorded pairs of all processes, with places relative to the root; those outside of it are left out. */
export function readRecordings(folder, root) {
  const inside = place => {
    const file = place === null ? '..' : path.relative(root, place.slice(0, place.lastIndexOf(':')));
    return file.startsWith('..') ? null : `${file.split(path.sep).join('/')}${place.slice(place.lastIndexOf(':'))}`;
  };
  const found = new Map();
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter(file => file.endsWith('.json')) : [];
  for (const file of files) {
    for (const pair of JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')).pairs) {
      const one = {
        held: inside(pair.held),
        asks: inside(pair.asks),
        heldAt: inside(pair.heldAt),
        askedAt: inside(pair.askedAt),
      };
      if (one.heldAt !== null && one.askedAt !== null) found.set(Object.values(one).join(' '), one);
    }
  }
  return [...found.values()];
}

/** A pair is known by the places where its locks are made, or by those where they are taken. */
export function measure(graph, recorded) {
  const made = new Map(graph.locks.map(({ id, declared }) => [id, declared]));
  const byLocks = new Set(graph.pairs.map(({ held, asks }) => `${made.get(held)} ${made.get(asks)}`));
  const bySites = new Set(graph.pairs.map(({ heldAt, askedAt }) => `${heldAt} ${askedAt}`));
  const isKnown = ({ held, asks, heldAt, askedAt }) =>
    (held !== null && asks !== null && byLocks.has(`${held} ${asks}`)) || bySites.has(`${heldAt} ${askedAt}`);
  const missed = recorded.filter(pair => !isKnown(pair));
  return {
    pairs: recorded.length,
    found: recorded.length - missed.length,
    recall: recorded.length === 0 ? null : (recorded.length - missed.length) / recorded.length,
    static: graph.pairs.length,
    missed,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
  const [graph, folder, root] = positionals;
  const result = measure(JSON.parse(fs.readFileSync(graph, 'utf8')), readRecordings(folder, fs.realpathSync(root)));
  if (values.json) console.log(JSON.stringify(result, null, 2));
  else {
    const share = result.recall === null ? 'nothing recorded' : `${(100 * result.recall).toFixed(1)} %`;
    console.log(`recall ${share}: ${result.found} of ${result.pairs} recorded pairs; ${result.static} static pairs`);
    for (const { held, asks, heldAt, askedAt } of result.missed)
      console.log(`missed: ${asks} asked for at ${askedAt} under ${held}, held since ${heldAt}`);
  }
}
