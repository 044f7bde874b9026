/** ioredis: commands are requests; reads and writes of one key are told apart from atomic operators. */
import { defineLibrary, type Api, type Effect, type Library } from './library.ts';
import { does, later, nothing, same, sameMembers, touching } from './rows.ts';
import { ioredisStub } from './stubs/clients.ts';

const database: NonNullable<Api['known']> = { outside: 'database', leavesTurn: true };
/** The client's `commandTimeout` bounds a command; nothing else does once it is sent. */
const sent: NonNullable<Api['known']> = { ...database, endless: true };
/** What it gives, its type says: a promise, or the pipeline that it is added to. */
const command = (...effects: Effect[]): Api => ({
  does: [...effects, later(-1, ['unknown', 'unknown'])],
  known: sent,
});
const entryOf = touching('entry');

/** Commands that touch the key in their first argument. Those that change it in one step are atomic in the server. */
const reads = [
  'get',
  'mget',
  'getrange',
  'strlen',
  'exists',
  'type',
  'ttl',
  'pttl',
  'hget',
  'hmget',
  'hgetall',
  'hkeys',
  'hvals',
  'hlen',
  'hexists',
  'llen',
  'lrange',
  'lindex',
  'smembers',
  'sismember',
  'scard',
  'srandmember',
  'zrange',
  'zrevrange',
  'zrangebyscore',
  'zscore',
  'zrank',
  'zcard',
  'zcount',
  'getbit',
  'bitcount',
  'xlen',
  'xrange',
  'xrevrange',
  'pfcount',
  'keys',
  'scan',
  'hscan',
  'sscan',
  'zscan',
  'getBuffer',
];
const writes = ['set', 'setex', 'psetex', 'mset', 'hset', 'hmset', 'lset', 'setrange', 'restore'];
const updates = [
  'incr',
  'incrby',
  'incrbyfloat',
  'decr',
  'decrby',
  'append',
  'setnx',
  'msetnx',
  'getset',
  'getdel',
  'getex',
  'hincrby',
  'hincrbyfloat',
  'hsetnx',
  'lpush',
  'rpush',
  'lpushx',
  'rpushx',
  'lpop',
  'rpop',
  'lmove',
  'rpoplpush',
  'ltrim',
  'linsert',
  'lrem',
  'sadd',
  'srem',
  'spop',
  'smove',
  'zadd',
  'zrem',
  'zincrby',
  'zpopmin',
  'zpopmax',
  'zremrangebyscore',
  'zremrangebyrank',
  'setbit',
  'expire',
  'pexpire',
  'expireat',
  'persist',
  'rename',
  'xadd',
  'xtrim',
  'xack',
  'pfadd',
  'hdel',
];
const others = [
  'publish',
  'subscribe',
  'psubscribe',
  'unsubscribe',
  'punsubscribe',
  'ping',
  'info',
  'config',
  'eval',
  'evalsha',
  'script',
  'watch',
  'unwatch',
  'select',
  'flushall',
  'flushdb',
  'dbsize',
  'time',
  'wait',
  'call',
  'auth',
  'client',
  'cluster',
  'xgroup',
  'xpending',
  'xclaim',
  'xautoclaim',
];
/** They wait in the server until something comes. */
const waits = ['blpop', 'brpop', 'brpoplpush', 'blmove', 'bzpopmin', 'bzpopmax'];

const commands: Library['apis'] = {
  ...sameMembers('RedisCommander', command(), '*', ...others),
  // `BLOCK` is one of their words.
  ...sameMembers('RedisCommander', { ...command(), known: database }, 'xread', 'xreadgroup'),
  ...sameMembers('RedisCommander', command(entryOf('read')), ...reads),
  ...sameMembers('RedisCommander', command(entryOf('write')), ...writes),
  ...sameMembers('RedisCommander', command(entryOf('update', 'transaction')), ...updates),
  ...sameMembers('RedisCommander', command(entryOf('delete')), 'del', 'unlink'),
  ...sameMembers(
    'RedisCommander',
    { does: [{ does: 'wait', on: 'receiver', for: 'message', async: true }], gives: 'promise', known: database },
    ...waits,
  ),
  ...same(
    does({ does: 'make', type: 'ChainableCommander' }),
    ...['Transaction', 'Redis', 'Cluster'].flatMap(type => [`${type}.multi`, `${type}.pipeline`]),
  ),
};
const connection: Api = {
  does: [{ does: 'make', type: 'Redis' }],
  known: {
    outside: 'database',
    timeouts: [{ argument: -1, option: 'commandTimeout' }],
    resource: { what: 'connection', ends: ['quit', 'disconnect', 'end'], observedBy: ['on', 'once'] },
  },
};

export const ioredis = defineLibrary({
  package: 'ioredis',
  language: 'typescript',
  supertypes: {
    Redis: ['Commander', 'RedisCommander', 'node:events#EventEmitter'],
    Cluster: ['Commander', 'RedisCommander', 'node:events#EventEmitter'],
    Commander: ['RedisCommander'],
    ChainableCommander: ['RedisCommander'],
  },
  apis: {
    ...commands,
    'new Redis': connection,
    'new Cluster': { ...connection, does: [{ does: 'make', type: 'Cluster' }] },
    'Redis.duplicate': connection,
    ...sameMembers(
      'Redis',
      { does: [later(-1, ['unknown'])], gives: 'promise', known: database },
      'connect',
      'monitor',
    ),
    'Redis.disconnect': does({ does: 'cancel', what: 'receiver', how: 'close' }),
    'RedisCommander.quit': {
      does: [{ does: 'cancel', what: 'receiver', how: 'close' }, later(-1)],
      gives: 'promise',
      known: database,
    },
    'Commander.defineCommand': nothing,
    ...sameMembers(
      'Redis',
      { does: [{ does: 'make', type: 'node:stream#Readable' }], known: { outside: 'database' } },
      'scanStream',
      'hscanStream',
      'sscanStream',
      'zscanStream',
    ),
    // Collected, and sent by `exec` in one go.
    'ChainableCommander.exec': { ...command(), gives: 'promise' },
  },
  stub: ioredisStub,
  checked: { version: '5.11.1', how: 'fixtures/libraries/ioredis (types only: it needs a server)' },
});
