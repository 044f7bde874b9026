/** kafkajs: a consumer awaits its handler, message by message of a partition, and starts again when it rejects. */
import { defineLibrary, type Effect } from './library.ts';
import { does, entry, nothing, outside, same, sameMembers } from './rows.ts';
import { kafkajsStub } from './stubs/frameworks.ts';

const handler = (option: string): Effect => ({
  does: 'register',
  handler: { argument: 0, option },
  entry: entry('message', { label: option, awaitsHandler: true, rejection: 'reported', confined: [0] }),
});

export const kafkajs = defineLibrary({
  package: 'kafkajs',
  language: 'typescript',
  worksOutside: true,
  apis: {
    ...same(does({ does: 'make', type: 'Kafka' }), 'new Kafka'),
    'Kafka.consumer': does({ does: 'make', type: 'Consumer' }),
    'Kafka.producer': does({ does: 'make', type: 'Producer' }),
    'Consumer.run': {
      does: [handler('eachMessage'), handler('eachBatch')],
      gives: 'promise',
      known: { serves: true, outside: 'network', leavesTurn: true },
    },
    ...sameMembers('Consumer', outside('network'), 'connect', 'subscribe', 'stop', 'commitOffsets'),
    ...sameMembers('Producer', outside('network'), 'connect', 'send', 'sendBatch', 'transaction'),
    ...sameMembers('Transaction', outside('network'), 'send', 'sendBatch', 'commit', 'abort'),
    ...same(
      { does: [{ does: 'cancel', what: 'receiver', how: 'close' }], gives: 'promise', known: { leavesTurn: true } },
      'Consumer.disconnect',
      'Producer.disconnect',
    ),
    ...sameMembers('Consumer', nothing, 'pause', 'resume', 'paused', 'seek'),
  },
  stub: kafkajsStub,
  checked: { version: '2.2', how: 'fixtures/libraries/kafkajs' },
});
