/** Acquisitions by hand beside each other: what one task holds, the other does not. */
import { Mutex } from 'async-mutex';
import { pause } from './pause.mjs';

const till = new Mutex();
const safe = new Mutex();
const log = new Mutex();

async function pay() {
  const release = await till.acquire();
  try {
    await pause(5);
    const open = await safe.acquire();
    await pause();
    open();
  } finally {
    release();
  }
  await log.runExclusive(() => pause());
}

async function count() {
  await pause(1);
  await log.acquire();
  await pause();
  log.release();
}

await Promise.all([pay(), count(), pay()]);
