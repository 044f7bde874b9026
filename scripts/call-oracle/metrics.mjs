/** Compares a printed call graph with a recording. Pure. */

const key = (...parts) => parts.join('\0');

/** Looks things up by place: the same range, else the same end, else the same start; ends and starts only when unique. */
class Places {
  #exact = new Map();
  #ends = new Map();
  #starts = new Map();

  constructor(items) {
    for (const item of items) {
      append(this.#exact, key(item.file, item.start, item.end), item);
      append(this.#ends, key(item.file, item.end), item);
      append(this.#starts, key(item.file, item.start), item);
    }
  }

  has(place) {
    return this.#exact.has(key(place.file, place.start, place.end));
  }

  find(place) {
    const exact = this.#exact.get(key(place.file, place.start, place.end));
    if (exact) return exact;
    for (const items of [this.#ends.get(key(place.file, place.end)), this.#starts.get(key(place.file, place.start))]) {
      if (items && new Set(items.map(item => key(item.start, item.end))).size === 1) return items;
    }
    return [];
  }
}

function append(lists, at, item) {
  const list = lists.get(at);
  if (list) list.push(item);
  else lists.set(at, [item]);
}

/**
 * The recorded calls with what the static graph says of each.
 * @param {object} graph output of `graph calls --format json`
 * @param {object} recording output of `recording.mjs`
 * @returns {{ call: object, found: object[], known: boolean, entered: { target: object, hit: boolean, known: boolean }[],
 *   targets: string[], external: string | undefined }[]} `entered`: the recorded targets, `hit` when the graph has the
 *   edge, `known` when it has the function; `targets`: the static targets that a run could record
 */
export function align(graph, recording) {
  const functions = new Places(graph.functions);
  const calls = new Places(graph.calls);
  const places = new Map(graph.functions.map(fn => [fn.id, fn]));
  return recording.calls
    .filter(call => call.implicit !== true)
    .map(call => {
      const found = calls.find(call);
      const all = new Set(found.flatMap(item => item.targets));
      const entered = call.targets.map(target => {
        const ids = functions.find(target).map(fn => fn.id);
        return { target, ids, known: ids.length > 0, hit: ids.some(id => all.has(id)) };
      });
      // Handlers that the call only hands over run later: no recorded edge could agree with them. What the front end made
      // for a library call stands at the call's own place and has no code of its own.
      const now = found.filter(item => item.kind === undefined || item.kind === 'call').flatMap(item => item.targets);
      const targets = [...new Set(now)].filter(id => !calls.has(places.get(id) ?? {}));
      return { call, known: found.length > 0, entered, targets, external: found.find(item => item.external)?.external };
    });
}

/** Recorded edges, and how many of them the graph has. */
export function recall(rows, accepts = () => true) {
  const edges = rows.flatMap(row => row.entered.filter(edge => accepts(row, edge)));
  return { found: edges.filter(edge => edge.hit).length, of: edges.length };
}

/** The same averaged over calls: one dispatcher with hundreds of handlers counts as much as any other call. */
export function recallByCall(rows, accepts = () => true) {
  let sum = 0;
  let of = 0;
  for (const row of rows) {
    const edges = row.entered.filter(edge => accepts(row, edge));
    if (edges.length === 0) continue;
    of += 1;
    sum += edges.filter(edge => edge.hit).length / edges.length;
  }
  return { average: of === 0 ? 1 : sum / of, of };
}

/**
 * Averaged over calls that entered a project function: the entered share of the static targets.
 * `emptyAsZero`: calls for which the graph names no target count as 0 instead of being left out.
 */
export function precision(rows, emptyAsZero = false) {
  let sum = 0;
  let of = 0;
  for (const { entered, targets } of rows) {
    if (entered.length === 0 || (targets.length === 0 && !emptyAsZero)) continue;
    const ran = new Set(entered.flatMap(edge => edge.ids));
    of += 1;
    if (targets.length > 0) sum += targets.filter(id => ran.has(id)).length / targets.length;
  }
  return { average: of === 0 ? 1 : sum / of, of };
}
