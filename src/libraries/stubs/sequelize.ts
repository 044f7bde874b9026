/** Ambient declarations of sequelize. */
const list = (names: string, of: (name: string) => string): string => names.split(' ').map(of).join('\n');
/** The function alone, or with a name before it. */
const hook = (name: string): string => {
  const run = 'run: (of: any, options: any) => any';
  return `  ${name}(${run}): void;\n  ${name}(label: string, ${run}): void;\n  static ${name}(${run}): void;\n  static ${name}(label: string, ${run}): void;`;
};
const hooks = list('Create Destroy Update Save Find BulkCreate BulkDestroy BulkUpdate Sync', name =>
  [hook(`before${name}`), hook(`after${name}`)].join('\n'),
);

export const sequelizeStub = `
export interface TransactionOptions { isolationLevel?: any; type?: any; autocommit?: boolean; transaction?: Transaction; [name: string]: any }
export class Transaction { commit(): Promise<void>; rollback(): Promise<void>; afterCommit(run: (transaction: Transaction) => any): void; readonly LOCK: any; static readonly LOCK: any; static readonly ISOLATION_LEVELS: any }
export interface Options { dialect?: string; pool?: { max?: number; min?: number; acquire?: number; idle?: number }; [name: string]: any }
export type ModelStatic<M = any> = any;
export type InferAttributes<M = any, O = any> = any;
export type InferCreationAttributes<M = any, O = any> = any;
export type CreationOptional<T> = T;
export class Sequelize {
  constructor(database: string, user?: any, password?: any, options?: Options);
  constructor(options: string | Options, more?: Options);
  readonly models: any;
  transaction<T>(options: TransactionOptions, run: (transaction: Transaction) => PromiseLike<T>): Promise<T>;
  transaction<T>(run: (transaction: Transaction) => PromiseLike<T>): Promise<T>;
  transaction(options?: TransactionOptions): Promise<Transaction>;
  query(sql: any, options?: any): Promise<any>;
  close(): Promise<void>;
${list('authenticate sync drop truncate databaseVersion createSchema dropSchema showAllSchemas dropAllSchemas', name => `  ${name}(...args: any[]): Promise<any>;`)}
  define(name: string, attributes: any, options?: any): typeof Model;
  model(name: string): typeof Model;
  isDefined(name: string): boolean;
  getDialect(): string;
  getDatabaseName(): string;
  escape(value: any): string;
  getQueryInterface(): QueryInterface;
  random(): any;
  static useCLS(namespace: any): any;
${hooks}
}
export class QueryInterface {
${list('createTable dropTable renameTable addColumn removeColumn changeColumn renameColumn addIndex removeIndex addConstraint removeConstraint bulkInsert bulkUpdate bulkDelete showAllTables describeTable tableExists', name => `  ${name}(...args: any[]): Promise<any>;`)}
}
export class Model<Attributes = any, Creation = any> {
  constructor(values?: any, options?: any);
${list('findAll findAndCountAll findByPk findOne findOrCreate findOrBuild findCreateFind count max min sum aggregate create bulkCreate upsert truncate drop sync describe update destroy restore increment decrement', name => `  static ${name}(...args: any[]): Promise<any>;`)}
${list('update destroy restore increment decrement save reload validate', name => `  ${name}(...args: any[]): Promise<any>;`)}
${list('build bulkBuild init schema scope unscoped addScope belongsTo belongsToMany hasMany hasOne getAttributes getTableName', name => `  static ${name}(...args: any[]): any;`)}
${list('get set getDataValue setDataValue setAttributes changed previous equals equalsOneOf isSoftDeleted toJSON where', name => `  ${name}(...args: any[]): any;`)}
${hooks}
}
export const DataTypes: any;
export const Op: any;
export const QueryTypes: any;
${list('col fn literal where cast json and or', name => `export function ${name}(...args: any[]): any;`)}
`;
