/** Work looked up in tables and run under a lock. */
import { Mutex } from 'async-mutex';
import { pause } from './pause.mjs';

const queue = new Mutex();
const ledger = new Mutex();
const seats = new Mutex();

const jobs = {
  post: () => ledger.runExclusive(() => pause()),
  seat: async () => {
    const release = await seats.acquire();
    await pause();
    release();
  },
};
const steps = new Map([['both', async () => [await jobs.post(), await jobs.seat()]]]);

export const run = name => queue.runExclusive(() => (jobs[name] ?? steps.get(name))());

for (const name of ['post', 'seat', 'both']) await run(name);
