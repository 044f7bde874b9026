/** Sections in sections, in one function and through calls. */
import { Mutex } from 'async-mutex';
import { pause } from './pause.mjs';

const outer = new Mutex();
const inner = new Mutex();
const last = new Mutex();

const deepest = () => last.runExclusive(() => pause());

async function deeper() {
  await inner.runExclusive(async () => {
    await pause();
    await deepest();
  });
}

await Promise.all([outer.runExclusive(deeper), outer.runExclusive(() => pause()), deepest()]);
