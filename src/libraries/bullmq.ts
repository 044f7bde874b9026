/** bullmq: a worker awaits its processor, job by job, and a rejection fails the job. */
import { emitterRows } from './emitters.ts';
import { defineLibrary, type Api } from './library.ts';
import { does, entry, outside, sameMembers } from './rows.ts';
import { bullmqStub } from './stubs/frameworks.ts';

const closing: Api = {
  does: [{ does: 'cancel', what: 'receiver', how: 'close' }],
  gives: 'promise',
  known: { leavesTurn: true },
};

export const bullmq = defineLibrary({
  package: 'bullmq',
  language: 'typescript',
  worksOutside: true,
  apis: {
    ...emitterRows('Worker'),
    ...emitterRows('Queue'),
    ...emitterRows('QueueEvents'),
    'new Worker': {
      does: [
        { does: 'make', type: 'Worker' },
        {
          does: 'register',
          handler: 1,
          entry: entry('job', { label: 'job of {0}', awaitsHandler: true, rejection: 'reported', confined: [0] }),
        },
      ],
      known: { serves: true, resource: { what: 'connection', ends: ['close'], observedBy: ['on', 'once'] } },
    },
    'new Queue': {
      does: [{ does: 'make', type: 'Queue' }],
      known: { resource: { what: 'connection', ends: ['close'], observedBy: ['on', 'once'] } },
    },
    'new QueueEvents': does({ does: 'make', type: 'QueueEvents' }),
    ...sameMembers('Queue', outside('database'), 'add', 'addBulk', 'pause', 'resume', 'drain', 'obliterate', 'getJob'),
    ...sameMembers('Worker', outside('database'), 'pause', 'waitUntilReady'),
    ...sameMembers('Job', outside('database'), 'updateProgress', 'updateData', 'log', 'remove', 'waitUntilFinished'),
    'Queue.close': closing,
    'Worker.close': closing,
    'QueueEvents.close': closing,
  },
  stub: bullmqStub,
  checked: { version: '6.7.0', how: 'fixtures/libraries/bullmq' },
});
