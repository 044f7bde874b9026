/** Ambient declarations of typeorm. */
const asks = (names: string, type = 'any'): string =>
  names
    .split(' ')
    .map(name => `  ${name}(...args: any[]): Promise<${type}>;`)
    .join('\n');
const gives = (names: string, type: string): string =>
  names
    .split(' ')
    .map(name => `  ${name}(...args: any[]): ${type};`)
    .join('\n');
const decorators = (names: string): string =>
  names
    .split(' ')
    .map(name => `export function ${name}(...args: any[]): any;`)
    .join('\n');
const reads =
  'findAndCount findAndCountBy exists existsBy count countBy sum average minimum maximum insert update updateAll upsert delete deleteAll softDelete restore increment decrement preload clear query';

export const typeormStub = `
export type EntityTarget<Entity> = any;
export interface DataSourceOptions { type: string; poolSize?: number; [name: string]: any }
export class DataSource {
  constructor(options: DataSourceOptions);
  readonly options: DataSourceOptions;
  readonly isInitialized: boolean;
  readonly manager: EntityManager;
  initialize(): Promise<this>;
  connect(): Promise<this>;
  destroy(): Promise<void>;
  close(): Promise<void>;
${asks('synchronize dropDatabase runMigrations undoLastMigration showMigrations')}
  setOptions(options: Partial<DataSourceOptions>): this;
  hasMetadata(target: any): boolean;
  getMetadata(target: any): any;
  getRepository<Entity = any>(target: any): Repository<Entity>;
  getTreeRepository<Entity = any>(target: any): TreeRepository<Entity>;
  getMongoRepository<Entity = any>(target: any): MongoRepository<Entity>;
  transaction<T>(run: (manager: EntityManager) => Promise<T>): Promise<T>;
  transaction<T>(isolation: string, run: (manager: EntityManager) => Promise<T>): Promise<T>;
  query<T = any>(query: string, parameters?: any[], queryRunner?: QueryRunner): Promise<T>;
  createQueryBuilder<Entity = any>(...args: any[]): SelectQueryBuilder<Entity>;
  createQueryRunner(mode?: string): QueryRunner;
  createEntityManager(queryRunner?: QueryRunner): EntityManager;
}
export interface QueryRunner {
  readonly connection: DataSource;
  readonly manager: EntityManager;
  readonly isReleased: boolean;
  readonly isTransactionActive: boolean;
${asks('connect release startTransaction commitTransaction rollbackTransaction query stream getTable getTables hasTable hasColumn createTable dropTable addColumn dropColumn createIndex dropIndex createForeignKey dropForeignKey clearTable clearDatabase')}
}
export class Repository<Entity = any> {
  readonly target: any;
  readonly manager: EntityManager;
  find(options?: any): Promise<Entity[]>;
  findBy(where: any): Promise<Entity[]>;
  findOne(options: any): Promise<Entity | null>;
  findOneBy(where: any): Promise<Entity | null>;
  findOneOrFail(options: any): Promise<Entity>;
  findOneByOrFail(where: any): Promise<Entity>;
  save<T>(entity: T, options?: any): Promise<T & Entity>;
  remove(entity: any, options?: any): Promise<any>;
  softRemove(entity: any, options?: any): Promise<any>;
  recover(entity: any, options?: any): Promise<any>;
${asks(reads)}
  create(entity?: any): any;
  merge(into: Entity, ...from: any[]): Entity;
  getId(entity: Entity): any;
  hasId(entity: Entity): boolean;
  createQueryBuilder(alias?: string, queryRunner?: QueryRunner): SelectQueryBuilder<Entity>;
  extend<Custom>(custom: Custom): this & Custom;
}
export class TreeRepository<Entity = any> extends Repository<Entity> {
${asks('findTrees findRoots findDescendants findAncestors')}
}
export class MongoRepository<Entity = any> extends Repository<Entity> {}
export class EntityManager {
  readonly connection: DataSource;
  readonly queryRunner?: QueryRunner;
  find<Entity = any>(target: any, options?: any): Promise<Entity[]>;
  findBy<Entity = any>(target: any, where: any): Promise<Entity[]>;
  findOne<Entity = any>(target: any, options: any): Promise<Entity | null>;
  findOneBy<Entity = any>(target: any, where: any): Promise<Entity | null>;
  findOneOrFail<Entity = any>(target: any, options: any): Promise<Entity>;
  findOneByOrFail<Entity = any>(target: any, where: any): Promise<Entity>;
  save(...args: any[]): Promise<any>;
${asks(`${reads} remove softRemove recover release`)}
  transaction<T>(run: (manager: EntityManager) => Promise<T>): Promise<T>;
  transaction<T>(isolation: string, run: (manager: EntityManager) => Promise<T>): Promise<T>;
${gives('create merge getId hasId', 'any')}
  getRepository<Entity = any>(target: any): Repository<Entity>;
  withRepository<R>(repository: R): R;
  createQueryBuilder<Entity = any>(...args: any[]): SelectQueryBuilder<Entity>;
}
export class BaseEntity {
  save(options?: any): Promise<this>;
${asks('remove softRemove recover reload')}
  hasId(): boolean;
${`find findBy findOne findOneBy findOneOrFail findOneByOrFail ${reads}`
  .split(' ')
  .map(name => `  static ${name}(...args: any[]): Promise<any>;`)
  .join('\n')}
  static create(...args: any[]): any;
  static createQueryBuilder(alias?: string): SelectQueryBuilder<any>;
}
export class QueryBuilder<Entity = any> {
${gives('setParameter setParameters comment clone setQueryRunner where andWhere orWhere orderBy limit', 'this')}
  insert(): InsertQueryBuilder<Entity>;
  update(...args: any[]): UpdateQueryBuilder<Entity>;
  delete(): DeleteQueryBuilder<Entity>;
  select(...args: any[]): SelectQueryBuilder<Entity>;
  getQuery(): string;
  getSql(): string;
  getParameters(): any;
  execute(): Promise<any>;
}
export class SelectQueryBuilder<Entity = any> extends QueryBuilder<Entity> {
${gives('addSelect distinct from addFrom innerJoin leftJoin innerJoinAndSelect leftJoinAndSelect groupBy addGroupBy having andHaving addOrderBy offset take skip setLock withDeleted cache', 'this')}
  getMany(): Promise<Entity[]>;
  getOne(): Promise<Entity | null>;
  getOneOrFail(): Promise<Entity>;
${asks('getManyAndCount getCount getExists getRawMany getRawOne getRawAndEntities stream')}
}
export class InsertQueryBuilder<Entity = any> extends QueryBuilder<Entity> {
${gives('into values onConflict orIgnore orUpdate returning updateEntity', 'this')}
}
export class UpdateQueryBuilder<Entity = any> extends QueryBuilder<Entity> {
${gives('set returning whereInIds', 'this')}
}
export class DeleteQueryBuilder<Entity = any> extends QueryBuilder<Entity> {
${gives('from returning whereInIds', 'this')}
}
${decorators('Entity ViewEntity ChildEntity TableInheritance Tree Column PrimaryColumn PrimaryGeneratedColumn CreateDateColumn UpdateDateColumn DeleteDateColumn VersionColumn ObjectIdColumn ViewColumn VirtualColumn Generated Index Unique Check Exclusion JoinColumn JoinTable OneToOne OneToMany ManyToOne ManyToMany RelationId TreeChildren TreeParent EventSubscriber AfterLoad AfterInsert AfterUpdate AfterRemove BeforeInsert BeforeUpdate BeforeRemove EntityRepository')}
${decorators('In Not Like ILike LessThan LessThanOrEqual MoreThan MoreThanOrEqual Equal Between IsNull Any Raw And Or ArrayContains')}
`;
