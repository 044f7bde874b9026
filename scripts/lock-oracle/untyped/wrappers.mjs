/** Locks behind helpers, handed in as parameters, given out by factories. */
import { Mutex } from 'async-mutex';
import { pause } from './pause.mjs';

const guarded = (lock, work) => lock.runExclusive(work);
const both = (first, second, work) => guarded(first, () => guarded(second, work));

function makeDesk() {
  const drawer = new Mutex();
  const lamp = new Mutex();
  return {
    write: () => both(lamp, drawer, () => pause()),
    file: work => drawer.runExclusive(work),
  };
}

const desk = makeDesk();
const room = new Mutex();
await desk.write();
await guarded(room, () => desk.file(() => pause()));
