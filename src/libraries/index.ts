/** The built-in tables: one line each, sorted by package. */
import { asyncLock } from './async-lock.ts';
import { asyncMutex } from './async-mutex.ts';
import { awaitLock } from './await-lock.ts';
import { axios } from './axios.ts';
import { bcrypt } from './bcrypt.ts';
import brittle from './brittle.ts';
import { bullmq } from './bullmq.ts';
import { closeWithGrace } from './close-with-grace.ts';
import { copyingPackages } from './copying.ts';
import { express, expressCore } from './express.ts';
import { fastify } from './fastify.ts';
import { hono } from './hono.ts';
import { honoNodeServer } from './hono-node-server.ts';
import { httpGracefulShutdown } from './http-graceful-shutdown.ts';
import { ioredis } from './ioredis.ts';
import { kafkajs } from './kafkajs.ts';
import { knex } from './knex.ts';
import { koa } from './koa.ts';
import { collections } from './lib-collections.ts';
import { dom } from './lib-dom.ts';
import { language } from './lib-language.ts';
import { nodeGlobals } from './lib-node.ts';
import { promises } from './lib-promises.ts';
import { web } from './lib-web.ts';
import { mongodb } from './mongodb.ts';
import { crypto, zlib } from './node-crypto.ts';
import { events } from './node-events.ts';
import { fileSystem, fileSystemPromises } from './node-fs.ts';
import { http, http2, https } from './node-http.ts';
import { dgram, dns, dnsPromises, net, tls } from './node-net.ts';
import { plainModules } from './node-plain.ts';
import { childProcess, cluster, nodeProcess, workerThreads } from './node-process.ts';
import { stream, streamPromises } from './node-stream.ts';
import { timers, timersPromises } from './node-timers.ts';
import { asyncHooks, domain, readline, readlinePromises, util, utilTypes } from './node-util.ts';
import { outsidePackages } from './outside-packages.ts';
import { pLimit } from './p-limit.ts';
import { pMap } from './p-map.ts';
import { eventEmitter3, pQueue } from './p-queue.ts';
import { proxyChain } from './proxy-chain.ts';
import { pg } from './pg.ts';
import { pino } from './pino.ts';
import { properLockfile } from './proper-lockfile.ts';
import { redis, redisClient } from './redis.ts';
import { redlock } from './redlock.ts';
import { rocicorpLock } from './rocicorp-lock.ts';
import { socketIo } from './socketio.ts';
import { terminus } from './terminus.ts';
import { jest, mocha, nodeTest, vitest, vitestParts } from './test-runners.ts';
import { undici, undiciTypes } from './undici.ts';
import { ws } from './ws.ts';
import { asyncRwlock } from './async-rwlock.ts';
import { rwlock } from './rwlock.ts';
import { livekitMutex } from './livekit-mutex.ts';
import { genericPool } from './generic-pool.ts';
import { mysql2, mysql2Promise } from './mysql2.ts';
import { sequelize } from './sequelize.ts';
import { typeorm } from './typeorm.ts';
import { mongoose } from './mongoose.ts';
import { prisma } from './prisma.ts';
import { got } from './got.ts';
import { nestCommon, nestCore, nestSchedule } from './nestjs.ts';
import { rxjs } from './rxjs.ts';
import { piscina, tinypool, workerpool } from './worker-pools.ts';
import { react } from './react.ts';
import { preact } from './preact.ts';
import { supabase } from './supabase.ts';
import { swr, swrModules } from './swr.ts';
import { vscode } from './vscode.ts';
import { tanstackQuery } from './tanstack-query.ts';
import type { Library } from './library.ts';

export const libraries: readonly Library[] = [
  asyncLock,
  asyncMutex,
  awaitLock,
  axios,
  bcrypt,
  closeWithGrace,
  httpGracefulShutdown,
  terminus,
  ...copyingPackages,
  ...outsidePackages,
  eventEmitter3,
  express,
  expressCore,
  fastify,
  ioredis,
  jest,
  knex,
  collections,
  dom,
  language,
  nodeGlobals,
  promises,
  web,
  mocha,
  mongodb,
  asyncHooks,
  childProcess,
  cluster,
  crypto,
  dgram,
  dns,
  dnsPromises,
  domain,
  events,
  fileSystem,
  fileSystemPromises,
  http,
  http2,
  https,
  net,
  ...plainModules,
  nodeProcess,
  readline,
  readlinePromises,
  stream,
  streamPromises,
  nodeTest,
  timers,
  timersPromises,
  tls,
  util,
  utilTypes,
  workerThreads,
  zlib,
  pLimit,
  pMap,
  pQueue,
  proxyChain,
  pg,
  pino,
  properLockfile,
  redis,
  redisClient,
  redlock,
  rocicorpLock,
  undici,
  undiciTypes,
  vitest,
  ...vitestParts,
  ws,
  brittle,
  bullmq,
  hono,
  honoNodeServer,
  kafkajs,
  koa,
  socketIo,
  mysql2,
  mysql2Promise,
  genericPool,
  asyncRwlock,
  rwlock,
  livekitMutex,
  sequelize,
  typeorm,
  mongoose,
  prisma,
  got,
  nestCommon,
  nestCore,
  nestSchedule,
  piscina,
  rxjs,
  tinypool,
  workerpool,
  react,
  preact,
  supabase,
  swr,
  ...swrModules,
  tanstackQuery,
  vscode,
];
