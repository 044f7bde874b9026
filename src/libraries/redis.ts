/** node-redis: commands are requests; reads and writes of one key are told apart from atomic operators. */
import { defineLibrary, type Api, type Effect, type Library } from './library.ts';
import { does, entry, nothing, same, sameMembers, touching } from './rows.ts';
import { redisClientStub, redisStub } from './stubs/redis.ts';

const database: NonNullable<Api['known']> = { outside: 'database', leavesTurn: true };
/** The client's `commandOptions` bound a command; nothing else does once it is sent. */
const sent: NonNullable<Api['known']> = { ...database, endless: true };
/** What it gives, its type says: a promise, or the transaction that it is added to. */
const command = (...effects: Effect[]): Api => ({ does: effects, known: sent });
const entryOf = touching('entry');

/** Every command has two names. */
const both = (names: string): string[] => names.split(' ').flatMap(name => [name, name.toUpperCase()]);

/** Commands that touch the key in their first argument. Those that change it in one step are atomic in the server. */
const reads = both(
  'get mGet getRange strLen exists type ttl pTTL hGet hmGet hGetAll hKeys hVals hLen hExists lLen lRange lIndex ' +
    'sMembers sIsMember sCard sRandMember zRange zRangeByScore zScore zRank zCard zCount getBit bitCount xLen xRange ' +
    'xRevRange pfCount keys scan hScan sScan zScan',
);
const writes = both('set setEx pSetEx mSet hSet lSet setRange restore');
const updates = both(
  'incr incrBy incrByFloat decr decrBy append setNX mSetNX getSet getDel getEx hIncrBy hIncrByFloat hSetNX hDel lPush ' +
    'rPush lPushX rPushX lPop rPop lMove rPopLPush lTrim lInsert lRem sAdd sRem sPop sMove zAdd zRem zIncrBy zPopMin ' +
    'zPopMax zRemRangeByScore zRemRangeByRank setBit expire pExpire expireAt persist rename xAdd xTrim xAck pfAdd',
);
/** They wait in the server until something comes. */
const waits = both('blPop brPop brPopLPush blMove bzPopMin bzPopMax');

const commands: Library['apis'] = {
  ...sameMembers('_default', command(), '*'),
  // `BLOCK` is one of their options.
  ...sameMembers('_default', { ...command(), known: database }, ...both('xRead xReadGroup')),
  ...sameMembers('_default', command(entryOf('read')), ...reads),
  ...sameMembers('_default', command(entryOf('write')), ...writes),
  ...sameMembers('_default', command(entryOf('update', 'transaction')), ...updates),
  ...sameMembers('_default', command(entryOf('delete')), ...both('del unlink')),
  ...sameMembers(
    '_default',
    { does: [{ does: 'wait', on: 'receiver', for: 'message', async: true }], gives: 'promise', known: database },
    ...waits,
  ),
};

const connecting: Api = { does: [], gives: 'promise', known: database };
const closing: Api = {
  does: [{ does: 'cancel', what: 'receiver', how: 'close' }],
  gives: 'promise',
  known: database,
};
/** Nobody waits for what the listener gives. */
const subscribing: Api = {
  does: [{ does: 'register', handler: 1, entry: entry('message', { label: 'message of {0}' }) }],
  gives: 'promise',
  known: database,
};
const iterating: Api = { does: [], known: database };
const destroying = does({ does: 'cancel', what: 'receiver', how: 'close' });
const collecting = does({ does: 'make', type: 'RedisClientMultiCommand' });
const receiver = does({ does: 'give', what: 'receiver' });
const sameOf = (types: string, row: Api, ...names: string[]): Library['apis'] =>
  types.split(' ').reduce<Library['apis']>((rows, type) => ({ ...rows, ...sameMembers(type, row, ...names) }), {});

const connection = (type: string): Api => ({
  does: [{ does: 'make', type: `@redis/client#${type}` }],
  known: {
    outside: 'database',
    timeouts: [{ argument: 0, option: 'commandOptions' }],
    resource: { what: 'connection', ends: ['close', 'quit', 'disconnect', 'destroy'], observedBy: ['on', 'once'] },
  },
});

export const redisClient = defineLibrary({
  package: '@redis/client',
  language: 'typescript',
  worksOutside: true,
  supertypes: {
    RedisClient: ['_default', 'node:events#EventEmitter'],
    RedisClientPool: ['NON_STICKY_COMMANDS', 'node:events#EventEmitter'],
    RedisCluster: ['NON_STICKY_COMMANDS', 'node:events#EventEmitter'],
    RedisClientMultiCommand: ['_default'],
    NON_STICKY_COMMANDS: ['_default'],
  },
  apis: {
    ...commands,
    ...sameOf('RedisClient RedisCluster RedisClientPool', connecting, 'connect'),
    ...sameOf('RedisClient RedisCluster RedisClientPool', closing, 'close'),
    ...sameOf('RedisClient RedisCluster', closing, 'quit', 'disconnect'),
    // A client that is closed already throws at once.
    'RedisClient.disconnect': { ...closing, known: { ...database, neverRejects: true } },
    'RedisClient.QUIT': closing,
    ...sameOf('RedisClient RedisCluster RedisClientPool', destroying, 'destroy'),
    ...sameOf('RedisClient RedisCluster', subscribing, ...both('subscribe pSubscribe sSubscribe')),
    ...sameOf('RedisClient RedisCluster', connecting, ...both('unsubscribe pUnsubscribe sUnsubscribe')),
    ...sameMembers('RedisClient', connecting, ...both('watch unwatch')),
    ...sameMembers('RedisClient', iterating, 'scanIterator', 'hScanIterator', 'sScanIterator', 'zScanIterator'),
    ...sameOf('RedisClient RedisCluster RedisClientPool', connecting, 'sendCommand'),
    ...sameOf('RedisClient RedisCluster RedisClientPool', collecting, 'multi', 'MULTI'),
    ...sameOf('RedisClient RedisCluster RedisClientPool', receiver, 'withCommandOptions', 'withTypeMapping'),
    'RedisClient.duplicate': connection('RedisClient'),
    'RedisClient.unref': does({ does: 'cancel', what: 'receiver', how: 'unref' }),
    'RedisClient.ref': nothing,
    'RedisClientPool.execute': {
      does: [
        {
          does: 'invoke',
          callback: 0,
          when: 'now',
          times: 'once',
          awaits: true,
          passes: [{ fresh: '@redis/client#RedisClient' }],
        },
      ],
      gives: 'promise',
      known: database,
    },
    // Collected, and sent in one go.
    ...sameMembers(
      'RedisClientMultiCommand',
      { ...command(), gives: 'promise' },
      ...['exec', 'EXEC', 'execAsPipeline', 'execTyped', 'execAsPipelineTyped'],
    ),
  },
  stub: redisClientStub,
  checked: { version: '5.12.1', how: 'fixtures/libraries/redis (types only: it needs a server)' },
});

export const redis = defineLibrary({
  package: 'redis',
  language: 'typescript',
  worksOutside: true,
  apis: {
    ...same(connection('RedisClient'), 'createClient'),
    ...same(connection('RedisClientPool'), 'createClientPool'),
    ...same(connection('RedisCluster'), 'createCluster'),
  },
  stub: redisStub,
  checked: { version: '5.12.1', how: 'fixtures/libraries/redis (types only: it needs a server)' },
});
