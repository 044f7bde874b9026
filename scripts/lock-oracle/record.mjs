/**
 * `node --import RECORD …`: the lock libraries of the program that runs are replaced by ones that record which lock is
 * asked for while which is held. What was recorded goes to `LOCK_ORACLE_OUT` at exit, one file for each process.
 */
import { createHook, executionAsyncId, AsyncLocalStorage } from 'node:async_hooks';
import fs from 'node:fs';
import Module, { register } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGES = ['async-mutex', 'p-limit'];
const pairs = new Map();
const locks = new Map();
const acquired = new Set();

/** Sections: what is held by the code that a callback starts. */
const sections = new AsyncLocalStorage();
/** Acquisitions by hand: async id → [the id that created it, the id of the promise that it continues]. */
const parents = new Map();
let newest = 0;
createHook({
  init(id, type, trigger) {
    if (type !== 'PROMISE') return;
    parents.set(id, [executionAsyncId(), trigger]);
    newest = id;
  },
}).enable();
/** Releasers that were not called yet: the async id of the promise that gave each, its lock and place. */
const byHand = new Set();

/** The promises that what is running, and what led to it, continue: whoever awaits a promise goes on as one of those. */
function lineage() {
  const ids = new Set();
  const triggers = new Set();
  for (let id = executionAsyncId(); id !== undefined && !ids.has(id);) {
    ids.add(id);
    const entry = parents.get(id);
    if (entry) triggers.add(entry[1]);
    id = entry?.[0];
  }
  return triggers;
}

function heldHere() {
  const triggers = lineage();
  const hand = [...byHand].filter(one => triggers.has(one.promise));
  return [...(sections.getStore() ?? []).filter(one => !one.done), ...hand];
}

const OWN = fileURLToPath(import.meta.url);
/** `file:line` of the code that called into the library. */
function callSite() {
  const lines = (new Error().stack ?? '').split('\n').slice(2);
  for (const line of lines) {
    const [, file, number] = /\(?((?:file:\/\/)?\/[^()]*?):(\d+):\d+\)?$/.exec(line) ?? [];
    if (file === undefined) continue;
    const plain = file.startsWith('file://') ? fileURLToPath(file) : file;
    if (plain !== OWN && !plain.includes('/node_modules/')) return `${plain}:${number}`;
  }
  return null;
}

/** Notes an acquisition; gives what to call when it counts: at the end of a section, or when it was granted by hand. */
function asked(lock, site, held) {
  const name = locks.get(lock) ?? null;
  acquired.add(`${name} ${site}`);
  return () => {
    // Work that a section only starts, and that goes on after it, does not make the section wait.
    for (const one of held.filter(({ done }) => !done)) {
      const pair = {
        held: locks.get(one.lock) ?? null,
        heldAt: one.site,
        asks: name,
        askedAt: site,
        same: one.lock === lock,
      };
      const key = JSON.stringify(pair);
      pairs.set(key, (pairs.get(key) ?? 0) + 1);
    }
  };
}

/** Runs a callback as a section of the lock. */
function inSection(lock, site, work, outer) {
  const counts = asked(lock, site, outer);
  return async (...args) => {
    const own = { lock, site, done: false };
    try {
      return await sections.run([...outer, own], () => work(...args));
    } finally {
      counts();
      own.done = true;
    }
  };
}

/** Notes a promise of a releaser, and the release. */
function grantedByHand(lock, site, promise, releaserOf) {
  const own = { lock, site, promise: 0, done: false };
  const counts = asked(lock, site, heldHere());
  const granted = promise.then(value => {
    counts();
    byHand.add(own);
    return releaserOf(value, () => {
      own.done = true;
      byHand.delete(own);
    });
  });
  own.promise = newest;
  return granted;
}

/** Subclasses of a lock class: `acquire` and `runExclusive` are recorded. */
function recorded(Base, isSemaphore) {
  return class extends Base {
    constructor(...args) {
      super(...args);
      locks.set(this, callSite());
    }
    acquire(...args) {
      const site = callSite();
      return grantedByHand(this, site, super.acquire(...args), (granted, done) => {
        const release = isSemaphore ? granted[1] : granted;
        const own = () => {
          done();
          this.open = (this.open ?? []).filter(one => one !== done);
          release();
        };
        this.open = [...(this.open ?? []), done];
        return isSemaphore ? [granted[0], own] : own;
      });
    }
    release(...args) {
      this.open?.pop()?.();
      return super.release(...args);
    }
    runExclusive(work, ...args) {
      return super.runExclusive(inSection(this, callSite(), work, heldHere()), ...args);
    }
  };
}

export function wrap(name, original) {
  if (name === 'async-mutex')
    return {
      ...original,
      Mutex: recorded(original.Mutex, false),
      Semaphore: recorded(original.Semaphore, true),
    };
  const make = original.default ?? original;
  const limited = (...made) => {
    const limit = make(...made);
    const own = (work, ...args) => {
      return limit(inSection(own, callSite(), work, heldHere()), ...args);
    };
    Object.defineProperties(own, Object.getOwnPropertyDescriptors(limit));
    locks.set(own, callSite());
    return own;
  };
  return original.default ? { ...original, default: limited } : limited;
}
globalThis[Symbol.for('lock-oracle')] = wrap;

register(new URL('./hooks.mjs', import.meta.url), { data: { packages: PACKAGES } });
const wrapped = new Map();
const load = Module._load;
Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (!PACKAGES.includes(request)) return loaded;
  wrapped.set(loaded, wrapped.get(loaded) ?? wrap(request, loaded));
  return wrapped.get(loaded);
};

process.on('exit', () => {
  const folder = process.env.LOCK_ORACLE_OUT;
  if (folder === undefined || acquired.size === 0) return;
  fs.mkdirSync(folder, { recursive: true });
  const data = {
    pairs: [...pairs].map(([pair, times]) => ({ ...JSON.parse(pair), times })),
    acquisitions: acquired.size,
  };
  fs.writeFileSync(path.join(folder, `${process.pid}.json`), JSON.stringify(data, null, 2));
});
