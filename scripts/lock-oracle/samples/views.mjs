/** Locks seen through wrappers that bound the wait or do not wait. */
import { Mutex, tryAcquire, withTimeout } from 'async-mutex';
import { pause } from './pause.mjs';

const plain = new Mutex();
const printer = withTimeout(new Mutex(), 500);
const scanner = new Mutex();
const scannerIfFree = tryAcquire(scanner);

async function print() {
  await plain.runExclusive(() => printer.runExclusive(() => pause()));
}

async function copy() {
  await printer.runExclusive(async () => {
    try {
      await scannerIfFree.runExclusive(() => pause());
    } catch {
      await pause();
    }
  });
}

await Promise.all([print(), copy()]);
