/** Ambient declarations of a Prisma client that is not generated: any name is a model. */
const names =
  'findMany findFirst findFirstOrThrow findUnique findUniqueOrThrow create createMany createManyAndReturn update updateMany upsert delete deleteMany count aggregate groupBy';

export const prismaStub = `
export interface PrismaPromise<T> extends Promise<T> { readonly [Symbol.toStringTag]: 'PrismaPromise' }
export interface ModelDelegate {
${names
  .split(' ')
  .map(name => `  ${name}(args?: any): PrismaPromise<any>;`)
  .join('\n')}
}
interface Models { [model: string]: ModelDelegate }
namespace Generated {
  class PrismaClient {
    $connect(): Promise<void>;
    $disconnect(): Promise<void>;
    $transaction<T>(run: (tx: TransactionClient) => Promise<T>, options?: { maxWait?: number; timeout?: number; isolationLevel?: any }): Promise<T>;
    $transaction(queries: PrismaPromise<any>[], options?: { isolationLevel?: any }): Promise<any[]>;
    $on(event: string, listener: (event: any) => void): any;
    $use(middleware: any): void;
    $extends(extension: any): PrismaClient & Models;
    $queryRaw<T = any>(query: any, ...values: any[]): PrismaPromise<T>;
    $queryRawUnsafe<T = any>(query: string, ...values: any[]): PrismaPromise<T>;
    $executeRaw(query: any, ...values: any[]): PrismaPromise<number>;
    $executeRawUnsafe(query: string, ...values: any[]): PrismaPromise<number>;
  }
}
type TransactionClient = Omit<Generated.PrismaClient, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'> & Models;
export namespace Prisma {
  export { TransactionClient };
  const sql: (texts: TemplateStringsArray, ...values: any[]) => any;
  const join: (values: any[], separator?: string) => any;
  const raw: (text: string) => any;
  const empty: any;
}
export const PrismaClient: new (options?: any) => Generated.PrismaClient & Models;
export type PrismaClient = Generated.PrismaClient & Models;
`;
