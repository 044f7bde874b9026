'use strict';
/**
 * What instrumented code calls. Preloaded (`node --require runtime.cjs`), so that it stands before any module runs and
 * every worker thread and child process has it. Publishes one global, `__co`.
 *
 * The idea: the last thing that happens before a call is the evaluation of its last argument. There the call's site
 * becomes `pending`. The function that is entered next takes it: that is an edge. Leaving a function puts back what it
 * took, so that further callbacks of the same native function (`map`, `emit`) belong to the same site; the return of the
 * call clears it. A function entered with nothing pending was started by the event loop.
 *
 * Output: `CALL_ORACLE_DIR/<process>-<thread>-<time>.txt`, lines of `site function count [via]`. A pair is written when
 * first seen (test runners kill their workers) and its count at exit: per file, the largest count is the true one. Site 0
 * is the event loop (or an implicit call), function 0 says only that the site ran. `via`: who called the function.
 */
const fs = process.getBuiltinModule('node:fs');
const path = process.getBuiltinModule('node:path');
const { types } = process.getBuiltinModule('node:util');
const { threadId } = process.getBuiltinModule('node:worker_threads');

const { openSync, writeSync, mkdirSync } = fs;
const folder = process.env.CALL_ORACLE_DIR;
/** More functions than any project has; a pair is kept as one number below 2^53. */
const FUNCTIONS = 2 ** 22;
const NOTHING = Object.freeze([]);

/** The site whose call is about to enter a function; 0: none. */
let pending = 0;
/** The generator object whose `next` is running and whose body may be about to start. */
let resumed;
/** Generator object → the site that made it: the body starts long after that call returned. */
const madeAt = new WeakMap();
/** site * FUNCTIONS + function → how often. */
const counts = new Map();
let ran = new Uint8Array(1 << 16);
let file;

function write(text) {
  if (folder === undefined) return;
  if (file === undefined) {
    mkdirSync(folder, { recursive: true });
    file = openSync(path.join(folder, `${process.pid}-${threadId}-${process.hrtime.bigint()}.txt`), 'a');
  }
  writeSync(file, text);
}

function record(site, fn, via) {
  const key = site * FUNCTIONS + fn;
  const count = counts.get(key);
  counts.set(key, (count ?? 0) + 1);
  if (count === undefined) write(`${site} ${fn} 1 ${via ?? (site === 0 ? 'loop' : caller())}\n`);
}

/**
 * What code called the function that was just entered: `direct` the project's (also through `bind`, `call`, `apply`),
 * `builtin` a function of the language, `node`, or a `package`. From the stack, once per edge.
 */
function caller() {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = 8;
  Error.prepareStackTrace = (_error, frames) => frames.map(frame => frame.getFileName() ?? '');
  const { stack } = new Error();
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  const file = stack.filter(name => name !== __filename)[1];
  if (file === undefined) return 'loop';
  if (file === '' || file === 'native') return 'builtin';
  if (file.startsWith('node:')) return 'node';
  return file.includes('/node_modules/') ? 'package' : 'direct';
}

function start(site) {
  pending = site;
  if (site >= ran.length) {
    const larger = new Uint8Array(Math.max(site + 1, ran.length * 2));
    larger.set(ran);
    ran = larger;
  }
  if (ran[site] === 0) {
    ran[site] = 1;
    write(`${site} 0 1\n`);
  }
}

function take() {
  const site = pending;
  pending = 0;
  return site;
}

const oracle = {
  /** The last argument of a call has been evaluated. */
  a(site, value) {
    start(site);
    return value;
  },
  /** Spread as the last argument where there is none to wrap. */
  z(site) {
    start(site);
    return NOTHING;
  },
  /** The call returned. */
  c(value) {
    if (pending !== 0) {
      if (typeof value === 'object' && types.isGeneratorObject(value) && !madeAt.has(value)) madeAt.set(value, pending);
      pending = 0;
    }
    return value;
  },
  /** Nothing is pending here: a handler or `finally` after an exception, the code after `super()`. */
  k() {
    pending = 0;
  },
  /** Entry of an ordinary function: gives what its exit puts back. */
  e(fn) {
    const site = take();
    record(site, fn);
    return site;
  },
  /** Entry of an accessor (an implicit call, no edge), and the moment before an initialiser in a call's way. */
  n: take,
  /** Exit of a function. */
  x(site) {
    pending = site;
  },
  /** The same with the value that passes: the end of such an initialiser, a `return`. */
  r(site, value) {
    pending = site;
    return value;
  },
  /** Entry of an async function: the state that its suspensions share. */
  ea(fn) {
    return { site: oracle.e(fn) };
  },
  /** Start of a generator's body: the edge belongs to the call that made the generator. */
  eg(fn) {
    const site = take();
    const maker = resumed === undefined ? undefined : madeAt.get(resumed);
    resumed = undefined;
    record(maker ?? 0, fn, maker === undefined ? 'loop' : 'direct');
    return { site };
  },
  xa(state) {
    pending = state.site;
  },
  ra(state, value) {
    pending = state.site;
    return value;
  },
  /** Just before an `await` gives control back: to the caller the first time, to the event loop later. */
  v(state, value) {
    pending = state.site;
    state.site = 0;
    return value;
  },
  /** After an `await`, and before a `for await`. */
  w(state, value) {
    pending = 0;
    state.site = 0;
    return value;
  },
  /** Just before a `yield`: back to whoever called `next`. */
  y(state, value) {
    pending = state.site;
    state.site = 0;
    return value;
  },
  /** After a `yield`. */
  u(state, value) {
    state.site = take();
    return value;
  },
  /** Before a `yield*`: an inner generator passes the site on, any other iterator is called implicitly. */
  d(state, value) {
    pending = types.isGeneratorObject(value) ? state.site : 0;
    state.site = 0;
    return value;
  },
};

/** `eg` must know which generator is starting; every way of iterating reads `next` from the prototype. */
function watchNext(prototype) {
  const { next } = prototype;
  const whileResumed = (generator, args) => {
    const outer = resumed;
    resumed = generator;
    try {
      return Reflect.apply(next, generator, args);
    } finally {
      resumed = outer;
    }
  };
  prototype.next = {
    next(...args) {
      return whileResumed(this, args);
    },
  }.next;
  Object.defineProperty(prototype, 'next', { enumerable: false });
}

if (globalThis.__co === undefined) {
  Object.defineProperty(globalThis, '__co', { value: oracle, configurable: true, writable: true });
  watchNext(Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())));
  watchNext(Object.getPrototypeOf(Object.getPrototypeOf((async function* () {})())));
  process.on('exit', () => {
    let text = '';
    for (const [key, count] of counts) {
      if (count > 1) text += `${Math.floor(key / FUNCTIONS)} ${key % FUNCTIONS} ${count}\n`;
    }
    if (text !== '') write(text);
  });
}
