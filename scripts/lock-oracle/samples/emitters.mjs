/** Listeners that take locks while the emitter holds one. */
import { EventEmitter } from 'node:events';
import { Mutex } from 'async-mutex';
import { pause } from './pause.mjs';

const bells = new EventEmitter();
const tower = new Mutex();
const diary = new Mutex();
const handlers = [];

bells.on('ring', done => {
  done(diary.runExclusive(() => pause()));
});
handlers.push(() => diary.runExclusive(() => pause()));

await tower.runExclusive(async () => {
  let noted;
  bells.emit('ring', promise => {
    noted = promise;
  });
  await noted;
  for (const handler of handlers) await handler();
});
