/** A lock held at the yields of a generator, while its consumer takes another. */
import { Mutex } from 'async-mutex';
import { pause } from './pause.mjs';

const source = new Mutex();
const target = new Mutex();

async function* rows() {
  const release = await source.acquire();
  try {
    for (let row = 0; row < 2; row += 1) {
      await pause();
      yield row;
    }
  } finally {
    release();
  }
}

for await (const row of rows()) await target.runExclusive(() => pause(row));
