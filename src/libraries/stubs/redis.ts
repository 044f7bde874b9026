/** Ambient declarations of node-redis. */
const names =
  'get mGet getRange strLen exists type ttl hGet hmGet hGetAll hKeys hVals hLen hExists lLen lRange lIndex sMembers ' +
  'sIsMember sCard zRange zRangeByScore zScore zRank zCard zCount xLen xRange keys scan hScan sScan zScan set setEx ' +
  'pSetEx mSet hSet lSet setRange incr incrBy incrByFloat decr decrBy append setNX getSet getDel getEx hIncrBy hSetNX ' +
  'hDel lPush rPush lPop rPop lMove rPopLPush lTrim lInsert lRem sAdd sRem sPop sMove zAdd zRem zIncrBy zPopMin zPopMax ' +
  'expire pExpire expireAt persist rename xAdd xTrim xAck xRead xReadGroup pfAdd del unlink blPop brPop brPopLPush ' +
  'blMove bzPopMin bzPopMax publish ping info eval evalSha scriptLoad flushAll flushDb dbSize time wait auth';
const members = (result: string): string =>
  names
    .split(' ')
    .flatMap(name => [name, name.toUpperCase()])
    .map(name => `  ${name}(...args: any[]): ${result};`)
    .join('\n');
const methods = (of: string, result: string): string =>
  of
    .split(' ')
    .map(name => `  ${name}(...args: any[]): ${result};`)
    .join('\n');

const listening = 'subscribe pSubscribe sSubscribe'
  .split(' ')
  .map(
    name =>
      `  ${name}(channels: string | string[], listener: (message: string, channel: string) => unknown, ...more: any[]): Promise<void>;`,
  )
  .join('\n');

export const redisClientStub = `
import { EventEmitter } from 'node:events';
export interface _default {
${members('Promise<any>')}
}
export interface RedisClientMultiCommand {
${members('RedisClientMultiCommand')}
${methods('exec EXEC execAsPipeline execTyped', 'Promise<any[]>')}
}
export interface RedisClient extends _default {
  isOpen: boolean;
  isReady: boolean;
  connect(): Promise<RedisClient>;
${methods('close disconnect', 'Promise<void>')}
${methods('quit QUIT', 'Promise<string>')}
  destroy(): void;
${listening}
${methods('unsubscribe pUnsubscribe sUnsubscribe', 'Promise<void>')}
${methods('watch unwatch sendCommand', 'Promise<any>')}
${methods('scanIterator hScanIterator sScanIterator zScanIterator', 'AsyncGenerator<any>')}
${methods('multi MULTI', 'RedisClientMultiCommand')}
${methods('duplicate withCommandOptions withTypeMapping', 'RedisClient')}
  unref(): void;
  ref(): void;
}
export class RedisClient extends EventEmitter {}
export interface RedisClientPool extends _default {
  connect(): Promise<RedisClientPool>;
  close(): Promise<void>;
  destroy(): void;
  execute<T>(run: (client: RedisClient) => T): Promise<Awaited<T>>;
${methods('multi MULTI', 'RedisClientMultiCommand')}
}
export class RedisClientPool extends EventEmitter {}
export interface RedisCluster extends _default {
  connect(): Promise<RedisCluster>;
${methods('close quit disconnect', 'Promise<void>')}
  destroy(): void;
${listening}
${methods('unsubscribe pUnsubscribe sUnsubscribe', 'Promise<void>')}
${methods('multi MULTI', 'RedisClientMultiCommand')}
}
export class RedisCluster extends EventEmitter {}
`;

export const redisStub = `
import { RedisClient, RedisClientPool, RedisCluster } from '@redis/client';
export type RedisClientType = RedisClient;
export type RedisClientPoolType = RedisClientPool;
export type RedisClusterType = RedisCluster;
export function createClient(options?: any): RedisClient;
export function createClientPool(clientOptions?: any, options?: any): RedisClientPool;
export function createCluster(options: any): RedisCluster;
`;
