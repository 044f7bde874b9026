/** A lock for each key, made on demand, under a lock of the whole. */
import { Mutex } from 'async-mutex';
import { pause } from './pause.mjs';

const locks = new Map();
const whole = new Mutex();

function lockOf(key) {
  let lock = locks.get(key);
  if (!lock) {
    lock = new Mutex();
    locks.set(key, lock);
  }
  return lock;
}

async function change(key) {
  const release = await whole.acquire();
  const done = await lockOf(key).acquire();
  release();
  await pause();
  done();
}

async function move(from, to) {
  await lockOf(from).runExclusive(() => lockOf(to).runExclusive(() => pause()));
}

await Promise.all([change('a'), change('b')]);
await move('a', 'b');
