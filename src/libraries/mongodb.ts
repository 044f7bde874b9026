/** mongodb: clients, collections, cursors, sessions. */
import { defineLibrary, type Api, type Effect } from './library.ts';
import { does, each, nothing, outside, same, sameMembers, touching } from './rows.ts';
import { mongodbStub } from './stubs/databases.ts';

const database = { outside: 'database', leavesTurn: true } as const;
const operation = (options: number, ...effects: Effect[]): Api => ({
  does: effects,
  gives: 'promise',
  known: {
    ...database,
    signal: { argument: options, option: 'signal' },
    timeouts: ['maxTimeMS', 'timeoutMS', 'session'].map(option => ({ argument: options, option })),
    endless: true,
  },
});
const record = touching('row');
const client: Api = {
  does: [{ does: 'make', type: 'MongoClient' }],
  known: {
    timeouts: ['timeoutMS', 'socketTimeoutMS'].map(option => ({ argument: 1, option })),
    resource: { what: 'connection', ends: ['close'], observedBy: ['on'] },
  },
};
const cursor: Api = { does: [{ does: 'make', type: 'FindCursor' }], known: { outside: 'database' } };
const inTransaction: Api = {
  does: [{ does: 'invoke', callback: 0, when: 'now', times: 'once', awaits: true, passes: [{ argument: 'receiver' }] }],
  gives: 'promise',
  known: database,
};

export const mongodb = defineLibrary({
  package: 'mongodb',
  language: 'typescript',
  worksOutside: true,
  supertypes: {
    MongoClient: ['TypedEventEmitter'],
    ChangeStream: ['TypedEventEmitter'],
    TypedEventEmitter: ['node:events#EventEmitter'],
    FindCursor: ['AbstractCursor'],
    AggregationCursor: ['AbstractCursor'],
    ListCollectionsCursor: ['AbstractCursor'],
  },
  apis: {
    'new MongoClient': client,
    'MongoClient.connect': outside('database'),
    'MongoClient.close': {
      does: [{ does: 'cancel', what: 'receiver', how: 'close' }],
      gives: 'promise',
      known: database,
    },
    'MongoClient.db': does({ does: 'give', what: 'receiver' }),
    'MongoClient.startSession': {
      does: [{ does: 'make', type: 'ClientSession' }],
      known: { resource: { what: 'connection', ends: ['endSession'], observedBy: [] } },
    },
    'MongoClient.withSession': {
      ...inTransaction,
      does: [
        {
          does: 'invoke',
          callback: -1,
          when: 'now',
          times: 'once',
          awaits: true,
          passes: [{ fresh: 'ClientSession' }],
        },
      ],
    },
    'ClientSession.withTransaction': inTransaction,
    ...sameMembers('ClientSession', outside('database'), 'commitTransaction', 'abortTransaction'),
    'ClientSession.endSession': {
      does: [{ does: 'cancel', what: 'receiver', how: 'close' }],
      gives: 'promise',
      known: database,
    },
    ...sameMembers('ClientSession', nothing, 'startTransaction', 'inTransaction'),
    'Db.collection': does({ does: 'give', what: 'receiver' }),
    ...sameMembers(
      'Db',
      outside('database'),
      'command',
      'createCollection',
      'dropCollection',
      'dropDatabase',
      'stats',
      'collections',
      'admin',
    ),
    ...sameMembers('Db', cursor, 'listCollections', 'aggregate'),
    ...sameMembers('Collection', operation(1, record('read')), 'findOne', 'countDocuments'),
    ...sameMembers(
      'Collection',
      operation(1),
      'distinct',
      'estimatedDocumentCount',
      'insertOne',
      'insertMany',
      'bulkWrite',
      'createIndex',
      'createIndexes',
      'dropIndex',
      'drop',
      'rename',
      'indexes',
      'indexExists',
    ),
    ...sameMembers('Collection', operation(2, record('write')), 'replaceOne'),
    // Update documents are applied in the server, one record at a time.
    ...sameMembers(
      'Collection',
      operation(2, record('update', 'transaction')),
      'updateOne',
      'updateMany',
      'findOneAndUpdate',
      'findOneAndReplace',
    ),
    ...sameMembers('Collection', operation(1, record('delete')), 'deleteOne', 'deleteMany', 'findOneAndDelete'),
    ...sameMembers('Collection', cursor, 'find', 'aggregate', 'listIndexes'),
    'Collection.watch': {
      does: [{ does: 'make', type: 'ChangeStream' }],
      known: { outside: 'database', resource: { what: 'stream', ends: ['close'], observedBy: ['on'] } },
    },
    'ChangeStream.close': {
      does: [{ does: 'cancel', what: 'receiver', how: 'close' }],
      gives: 'promise',
      known: database,
    },
    ...sameMembers('ChangeStream', outside('database'), 'next', 'tryNext', 'hasNext'),
    ...sameMembers('AbstractCursor', outside('database'), 'toArray', 'next', 'tryNext', 'hasNext'),
    'AbstractCursor.forEach': {
      does: [{ ...each(0, [{ element: 'receiver' }]), awaits: true }],
      gives: 'promise',
      known: database,
    },
    'AbstractCursor.close': {
      does: [{ does: 'cancel', what: 'receiver', how: 'close' }],
      gives: 'promise',
      // The driver leaves out what goes wrong when it kills the cursor.
      known: { ...database, rarelyRejects: true },
    },
    ...sameMembers('AbstractCursor', does({ does: 'give', what: 'receiver' }), '*'),
    'AbstractCursor.stream': does({ does: 'make', type: 'node:stream#Readable' }),
    ...sameMembers('FindCursor', outside('database'), 'count', 'explain'),
    ...same(
      nothing,
      'new ObjectId',
      'ObjectId.*',
      'new Long',
      'Long.*',
      'new Double',
      'new Int32',
      'Binary.*',
      'new Binary',
      'new UUID',
      'UUID.*',
    ),
  },
  stub: mongodbStub,
  checked: { version: '6.22.0', how: 'fixtures/libraries/mongodb (types only: it needs a database)' },
});
