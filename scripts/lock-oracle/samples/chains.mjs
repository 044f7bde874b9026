/** Locks taken in reactions, by tasks that are awaited later, and by tasks that nobody awaits. */
import { Mutex } from 'async-mutex';
import { pause } from './pause.mjs';

const mail = new Mutex();
const spool = new Mutex();
const audit = new Mutex();

const write = () => audit.runExclusive(() => pause());

function send() {
  return mail.acquire().then(release =>
    spool
      .runExclusive(() => pause())
      .then(() => write())
      .finally(release),
  );
}

async function sendLater() {
  const release = await mail.acquire();
  const started = write();
  await pause();
  await started;
  release();
}

async function remind() {
  await spool.runExclusive(async () => {
    write().catch(() => undefined);
  });
}

await send();
await sendLater();
await remind();
