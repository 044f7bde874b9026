/** Methods and functions wrapped so that they take a lock first. */
import { Mutex } from 'async-mutex';
import { pause } from './pause.mjs';

const serial = new Mutex();
const page = new Mutex();

const serialised =
  work =>
  (...args) =>
    serial.runExclusive(() => work(...args));

class Pages {
  turn = serialised(async count => {
    for (let done = 0; done < count; done += 1) await page.runExclusive(() => pause());
  });
}

const close = serialised(() => page.runExclusive(() => pause()));
await new Pages().turn(2);
await close();
