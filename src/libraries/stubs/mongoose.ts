/** Ambient declarations of mongoose. */
const list = (names: string, of: (name: string) => string): string => names.split(' ').map(of).join('\n');
const queries = list(
  'find findById findOne findByIdAndDelete findByIdAndUpdate findOneAndDelete findOneAndReplace findOneAndUpdate countDocuments estimatedDocumentCount deleteMany deleteOne updateMany updateOne replaceOne distinct exists where',
  name => `  ${name}(...args: any[]): Query<any, any>;`,
);
const thenable = `
  then: Promise<Result>['then'];
  catch: Promise<Result>['catch'];
  finally: Promise<Result>['finally'];
  exec(): Promise<Result>;
  explain(verbosity?: any): Promise<any>;
  cursor(options?: any): any;`;
const promised = (names: string): string => list(names, name => `  ${name}(...args: any[]): Promise<any>;`);
const plain = (names: string, type = 'any'): string => list(names, name => `  ${name}(...args: any[]): ${type};`);

export const mongooseStub = `
import { EventEmitter } from 'node:events';
export class Query<Result = any, Doc = any> {${thenable}
${plain('and or nor where equals gt gte in lt lte ne nin all elemMatch find findOne select limit skip sort lean populate session hint setOptions maxTimeMS batchSize collation read orFail transform countDocuments updateOne updateMany deleteOne deleteMany findOneAndUpdate findOneAndDelete set clone', 'this')}
}
export class Aggregate<Result = any> {${thenable}
${plain('match group project sort limit skip lookup unwind addFields append facet sample session allowDiskUse option', 'this')}
}
export interface Model<T = any> {
  new (doc?: any): HydratedDocument<T>;
  modelName: string;
${queries}
  aggregate<R = any>(pipeline?: any[], options?: any): Aggregate<R[]>;
${promised('create insertMany insertOne bulkSave bulkWrite createCollection createIndexes ensureIndexes syncIndexes cleanIndexes diffIndexes listIndexes init populate startSession validate')}
${plain('hydrate castObject discriminator applyDefaults translateAliases watch')}
}
export class Document<T = any> {
  _id: any;
  isNew: boolean;
  save(options?: any): Promise<this>;
  populate(...args: any[]): Promise<any>;
  validate(...args: any[]): Promise<void>;
  deleteOne(options?: any): Query<any, any>;
  updateOne(update?: any, options?: any): Query<any, any>;
  replaceOne(replacement?: any, options?: any): Query<any, any>;
${plain('set $set increment overwrite depopulate', 'this')}
${plain('get equals toObject toJSON isModified isSelected isInit markModified unmarkModified modifiedPaths directModifiedPaths invalidate validateSync populated getChanges init $session')}
}
export type HydratedDocument<T = any> = Document<T> & T;
export interface ClientSession { startTransaction(options?: any): void; commitTransaction(): Promise<void>; abortTransaction(): Promise<void>; endSession(): Promise<void>; withTransaction<T>(run: (session: ClientSession) => Promise<T>, options?: any): Promise<T> }
export class Connection extends EventEmitter {
  readonly readyState: number;
  close(force?: boolean): Promise<void>;
  destroy(force?: boolean): Promise<void>;
${promised('asPromise openUri createCollection syncIndexes dropCollection dropDatabase listCollections bulkWrite')}
  startSession(options?: any): Promise<ClientSession>;
  transaction<R>(run: (session: ClientSession) => Promise<R>, options?: any): Promise<any>;
  withSession<R>(run: (session: ClientSession) => Promise<R>): Promise<any>;
  model<T = any>(name: string, schema?: any): Model<T>;
${plain('collection modelNames deleteModel useDb get set getClient plugin')}
}
export class VirtualType<T = any> { get(run: Function): this; set(run: Function): this }
export class Schema<T = any> {
  constructor(definition?: any, options?: any);
  static Types: any;
  pre(on: any, run: (this: any, next: (error?: any) => void) => any): this;
  pre(on: any, options: any, run: (this: any, next: (error?: any) => void) => any): this;
  post(on: any, run: (this: any, result: any, next: (error?: any) => void) => any): this;
  post(on: any, options: any, run: (this: any, result: any, next: (error?: any) => void) => any): this;
${plain('index add method static plugin set loadClass', 'this')}
  virtual(name: string, options?: any): VirtualType<T>;
${plain('path clone get eachPath indexes')}
  methods: any;
  statics: any;
}
export function connect(uri: string, options?: any): Promise<any>;
export function disconnect(): Promise<void>;
export function startSession(options?: any): Promise<ClientSession>;
export function syncIndexes(options?: any): Promise<any>;
export function createConnection(uri?: string, options?: any): Connection;
export function model<T = any>(name: string, schema?: any, collection?: string): Model<T>;
${list('set get plugin modelNames deleteModel isValidObjectId', name => `export function ${name}(...args: any[]): any;`)}
export const connection: Connection;
export const models: Record<string, Model<any>>;
export const Types: any;
const mongoose: typeof import('mongoose');
export default mongoose;
`;
