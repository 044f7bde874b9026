/**
 * `node compare.mjs STATIC.json RECORDING.json [--misses N] [--spurious N] [--sources FOLDER] [--tests REGEXP]
 * [--json]`: recall and precision of a call graph (`graph calls --format json`) against a recording, the edges that it
 * misses and those that did not happen.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { align, precision, recall, recallByCall } from './metrics.mjs';

const TESTS = '(^|/)(tests?|__tests__|examples)/|\\.(test|spec)\\.';
const VIAS = ['direct', 'builtin', 'node', 'package'];

/** All figures of one comparison. */
export function measure(rows, tests) {
  const ours = (_row, edge) => edge.target.via !== 'package';
  const inSources = rows.filter(row => !tests.test(row.call.file));
  const entering = rows.filter(row => row.entered.some(edge => edge.target.via !== 'package'));
  return {
    recall: recall(rows, ours),
    recallByCall: recallByCall(rows, ours),
    recallInSources: recall(inSources, ours),
    recallBy: Object.fromEntries(VIAS.map(via => [via, recall(rows, (_row, edge) => edge.target.via === via)])),
    precision: precision(entering),
    precisionInSources: precision(entering.filter(row => !tests.test(row.call.file))),
    precisionEmptyAsZero: precision(entering, true),
    callsNotInGraph: rows.filter(row => !row.known && row.entered.length > 0).length,
    edgesToUnknownFunctions: rows.reduce((sum, row) => sum + row.entered.filter(edge => !edge.known).length, 0),
  };
}

/** Missed edges by the kind of callee expression, the most frequent first. */
export function groupMisses(rows) {
  const groups = new Map();
  for (const row of rows) {
    for (const edge of row.entered) {
      if (edge.hit || edge.target.via === 'package') continue;
      const why = !row.known
        ? 'call not in graph'
        : !edge.known
          ? 'function not in graph'
          : row.targets.length > 0
            ? 'other targets'
            : 'no target';
      const name = `${edge.target.via}, ${why}: ${shape(row.call.callee)}`;
      const group = groups.get(name) ?? [];
      groups.set(name, group);
      group.push({ call: row.call, target: edge.target });
    }
  }
  return [...groups].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
}

/** Calls with static targets that did not run, by the kind of callee expression, those that cost most precision first. */
export function groupSpurious(rows) {
  const groups = new Map();
  for (const row of rows) {
    const ran = new Set(row.entered.flatMap(edge => edge.ids));
    const spurious = row.targets.filter(id => !ran.has(id));
    if (row.entered.length === 0 || spurious.length === 0) continue;
    const group = groups.get(shape(row.call.callee)) ?? { loss: 0, calls: [] };
    groups.set(shape(row.call.callee), group);
    group.loss += spurious.length / row.targets.length;
    group.calls.push({ call: row.call, spurious, of: row.targets.length });
  }
  return [...groups].sort(([a, x], [b, y]) => y.loss - x.loss || (a < b ? -1 : 1));
}

/** `store.items.get` → `….get`: what is called, not on what. */
function shape(callee) {
  const member = /[.\]]\s*(?:#?[\w$]+|\[[^\]]*\])!?$/.exec(callee);
  return member ? `…${member[0].replace(/^\]/, '')}` : callee;
}

function lineOf(sources, place) {
  if (sources === undefined) return `${place.file}:@${place.start}`;
  const text = fs.readFileSync(path.join(sources, place.file), 'utf8');
  const excerpt = text.slice(place.start, place.end).replace(/\s+/g, ' ');
  return `${place.file}:${text.slice(0, place.start).split('\n').length} ${excerpt.length > 100 ? `${excerpt.slice(0, 99)}…` : excerpt}`;
}

const percent = ({ found, of }) => `${of === 0 ? '–' : ((100 * found) / of).toFixed(1)} % of ${of}`;
const average = ({ average: share, of }) => `${(100 * share).toFixed(1)} % over ${of} calls`;

function print(figures, rows, values) {
  console.log(`recall               ${percent(figures.recall)} edges (made by the project, the language or Node)`);
  console.log(`  averaged by call   ${average(figures.recallByCall)}`);
  console.log(`  calls in sources   ${percent(figures.recallInSources)}`);
  for (const via of VIAS) console.log(`  ${via.padEnd(18)} ${percent(figures.recallBy[via])}`);
  console.log(`precision            ${average(figures.precision)} with static targets`);
  console.log(`  calls in sources   ${average(figures.precisionInSources)}`);
  console.log(`  no target as 0     ${average(figures.precisionEmptyAsZero)}`);
  console.log(
    `calls not in graph   ${figures.callsNotInGraph}; edges to functions not in graph: ${figures.edgesToUnknownFunctions}`,
  );
  for (const [name, misses] of groupMisses(rows).slice(0, Number(values.misses))) {
    console.log(`\n${misses.length} × ${name}`);
    for (const miss of misses.slice(0, 3))
      console.log(`    ${lineOf(values.sources, miss.call)}\n      → ${lineOf(values.sources, miss.target)}`);
  }
}

function printSpurious(rows, values) {
  for (const [name, { loss, calls }] of groupSpurious(rows).slice(0, Number(values.spurious))) {
    console.log(`\n-${loss.toFixed(1)} calls × ${name}`);
    for (const { call, spurious, of } of calls.slice(0, 3)) {
      console.log(
        `    ${lineOf(values.sources, call)}\n      ${spurious.length} of ${of}: ${spurious.slice(0, 4).join('  ')}`,
      );
    }
  }
}

if (process.argv[1] === import.meta.filename) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      misses: { type: 'string', default: '20' },
      spurious: { type: 'string', default: '0' },
      sources: { type: 'string' },
      tests: { type: 'string', default: TESTS },
      json: { type: 'boolean' },
    },
  });
  if (positionals.length !== 2)
    throw new Error('usage: node compare.mjs STATIC.json RECORDING.json [--misses N] [--sources FOLDER]');
  const [graph, recording] = positionals.map(file => JSON.parse(fs.readFileSync(file, 'utf8')));
  const rows = align(graph, recording);
  const figures = measure(rows, new RegExp(values.tests));
  if (values.json) console.log(JSON.stringify(figures, null, 1));
  else {
    print(figures, rows, values);
    printSpurious(rows, values);
  }
}
