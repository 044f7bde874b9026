/** Limiters and semaphores around locks, and in each other. */
import { Mutex, Semaphore } from 'async-mutex';
import pLimit from 'p-limit';
import { pause } from './pause.mjs';

const network = pLimit(3);
const disk = new Semaphore(2);
const index = new Mutex();

const store = () => disk.runExclusive(() => index.runExclusive(() => pause()));

async function fetchAll(names) {
  await Promise.all(names.map(name => network(() => load(name))));
}

async function load(name) {
  await pause();
  if (name !== 'skip') await store();
}

async function compact() {
  const [, release] = await disk.acquire();
  await pause();
  release();
}

await fetchAll(['one', 'two', 'skip', 'three']);
await compact();
