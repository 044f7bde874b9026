/** mongoose: queries are thenables that run nothing before they are awaited (or executed); documents save at once. */
import { defineLibrary, type Api, type Library } from './library.ts';
import { does, entry, nothing, outside, same, sameMembers } from './rows.ts';
import { mongooseStub } from './stubs/mongoose.ts';

const known = { outside: 'database', leavesTurn: true } as const;
const database = outside('database');
const query: Api = { does: [], gives: 'lazy', known: { builder: 'chain', outside: 'database' } };
const chain: Api = { ...query, does: [{ does: 'give', what: 'receiver' }] };
const receiver: Api = does({ does: 'give', what: 'receiver' });
/** Middleware is awaited, and its rejection fails the operation. */
const hook: Api = does(
  {
    does: 'register',
    handler: -1,
    entry: entry('hook', { label: 'middleware of {0}', awaitsHandler: true, rejection: 'reported' }),
  },
  { does: 'give', what: 'receiver' },
);
const inSession: Api = {
  does: [
    {
      does: 'invoke',
      callback: 0,
      when: 'now',
      times: 'once',
      awaits: true,
      passes: [{ fresh: 'mongodb#ClientSession' }],
    },
  ],
  gives: 'promise',
  known,
};
const close: Api = { does: [{ does: 'cancel', what: 'receiver', how: 'close' }], gives: 'promise', known };

/** Queries and aggregations: each method gives the builder again, but those that run it or only look at it. */
const builders: Library['apis'] = Object.fromEntries(
  ['Query', 'Aggregate'].flatMap(type =>
    Object.entries({
      ...same(database, `${type}.exec`, `${type}.explain`),
      ...same(does({ does: 'chain', of: 'receiver', onFulfilled: 0, onRejected: 1 }), `${type}.then`),
      ...same(does({ does: 'chain', of: 'receiver', onRejected: 0 }), `${type}.catch`),
      ...same(does({ does: 'chain', of: 'receiver', onFinally: 0 }), `${type}.finally`),
      [`${type}.cursor`]: { does: [], known: { outside: 'database' } },
      [`${type}.*`]: chain,
    } satisfies Library['apis']),
  ),
);
const models: Library['apis'] = {
  ...sameMembers('Model', query, 'find', 'findById', 'findOne', 'findByIdAndDelete', 'findByIdAndUpdate'),
  ...sameMembers('Model', query, 'findOneAndDelete', 'findOneAndReplace', 'findOneAndUpdate', 'countDocuments'),
  ...sameMembers('Model', query, 'estimatedDocumentCount', 'deleteMany', 'deleteOne', 'updateMany', 'updateOne'),
  ...sameMembers('Model', query, 'replaceOne', 'distinct', 'exists', 'where', 'aggregate'),
  ...sameMembers('Model', database, 'create', 'insertMany', 'insertOne', 'bulkSave', 'bulkWrite', 'createCollection'),
  ...sameMembers('Model', database, 'createIndexes', 'ensureIndexes', 'syncIndexes', 'cleanIndexes', 'diffIndexes'),
  ...sameMembers('Model', database, 'listIndexes', 'init', 'populate', 'startSession'),
  'Model.validate': { does: [], gives: 'promise' },
  ...sameMembers('Model', nothing, 'hydrate', 'castObject', 'discriminator', 'applyDefaults', 'translateAliases'),
  'Model.watch': {
    does: [{ does: 'make', type: 'mongodb#ChangeStream' }],
    known: { outside: 'database', resource: { what: 'stream', ends: ['close'], observedBy: ['on'] } },
  },
};
const documents: Library['apis'] = {
  ...sameMembers('Document', database, 'save', 'populate'),
  ...sameMembers('Document', query, 'deleteOne', 'updateOne', 'replaceOne'),
  'Document.validate': { does: [], gives: 'promise' },
  ...sameMembers('Document', receiver, 'set', '$set', 'increment', 'overwrite', 'depopulate'),
  ...sameMembers('Document', nothing, 'get', 'equals', 'toObject', 'toJSON', 'isModified', 'isSelected', 'isInit'),
  ...sameMembers('Document', nothing, 'markModified', 'unmarkModified', 'modifiedPaths', 'directModifiedPaths'),
  ...sameMembers('Document', nothing, 'invalidate', 'validateSync', 'populated', 'getChanges', 'init', '$session'),
};

export const mongoose = defineLibrary({
  package: 'mongoose',
  language: 'typescript',
  worksOutside: true,
  lazy: ['Query', 'Aggregate'],
  apis: {
    ...builders,
    ...models,
    ...documents,
    ...same(database, 'connect', 'disconnect', 'startSession', 'syncIndexes'),
    createConnection: {
      does: [{ does: 'make', type: 'Connection' }],
      known: { resource: { what: 'connection', ends: ['close', 'destroy'], observedBy: ['on'] } },
    },
    ...sameMembers('Connection', close, 'close', 'destroy'),
    ...sameMembers('Connection', database, 'asPromise', 'openUri', 'startSession', 'createCollection', 'syncIndexes'),
    ...sameMembers('Connection', database, 'dropCollection', 'dropDatabase', 'listCollections', 'bulkWrite'),
    ...sameMembers('Connection', inSession, 'transaction', 'withSession'),
    ...sameMembers('Connection', nothing, 'model', 'collection', 'modelNames', 'deleteModel', 'useDb', 'get', 'set'),
    ...sameMembers('Connection', nothing, 'getClient', 'plugin'),
    ...sameMembers('Schema', hook, 'pre', 'post'),
    ...sameMembers('Schema', receiver, 'index', 'add', 'method', 'static', 'plugin', 'set', 'loadClass'),
    ...sameMembers('Schema', nothing, 'virtual', 'path', 'clone', 'get', 'eachPath', 'indexes'),
    ...sameMembers('VirtualType', receiver, 'get', 'set'),
    ...same(nothing, 'model', 'set', 'get', 'plugin', 'modelNames', 'deleteModel', 'isValidObjectId', 'new Schema'),
  },
  supertypes: { Connection: ['node:events#EventEmitter'] },
  stub: mongooseStub,
  checked: { version: '8.24.10', how: 'fixtures/libraries/mongoose (types only: it needs a database)' },
});
