/** Ambient declarations of NestJS. */
const decorators =
  'Module Injectable Controller Inject Optional Global Catch Get Post Put Patch Delete Options Head All Param Query Body Headers Req Res HttpCode Header Redirect UseGuards UsePipes UseInterceptors UseFilters SetMetadata applyDecorators forwardRef createParamDecorator';
const same = (names: string, type: string): string =>
  names
    .split(' ')
    .map(name => `  ${name}(...args: any[]): ${type};`)
    .join('\n');

export const nestCommonStub = `
export interface INestApplicationContext {
  close(): Promise<void>;
  init(): Promise<this>;
  enableShutdownHooks(signals?: string[], options?: any): this;
  resolve<T = any>(...args: any[]): Promise<T>;
  get<T = any>(token: any, options?: any): T;
${same('select useLogger flushLogs', 'any')}
}
export interface INestApplication<Server = any> extends INestApplicationContext {
  listen(port: number | string, ...more: any[]): Promise<any>;
  close(): Promise<void>;
  startAllMicroservices(): Promise<this>;
  getUrl(): Promise<string>;
${same('use setGlobalPrefix enableVersioning useWebSocketAdapter useGlobalFilters useGlobalPipes useGlobalInterceptors useGlobalGuards', 'this')}
  connectMicroservice(options: any, hybrid?: any): INestMicroservice;
${same('enableCors getHttpServer getHttpAdapter getMicroservices', 'any')}
}
export interface INestMicroservice extends INestApplicationContext { listen(): Promise<any>; close(): Promise<void> }
export interface OnModuleInit { onModuleInit(): any }
export interface OnModuleDestroy { onModuleDestroy(): any }
export interface OnApplicationBootstrap { onApplicationBootstrap(): any }
export interface BeforeApplicationShutdown { beforeApplicationShutdown(signal?: string): any }
export interface OnApplicationShutdown { onApplicationShutdown(signal?: string): any }
export class Logger {
  constructor(context?: string, options?: any);
${same('log error warn debug verbose fatal', 'void')}
}
export class ValidationPipe { constructor(options?: any) }
${decorators
  .split(' ')
  .map(name => `export function ${name}(...args: any[]): any;`)
  .join('\n')}
`;

export const nestCoreStub = `
import { INestApplication, INestApplicationContext, INestMicroservice } from '@nestjs/common';
export class NestFactoryStatic {
  create<T extends INestApplication = INestApplication>(module: any, ...options: any[]): Promise<T>;
  createMicroservice(module: any, options?: any): Promise<INestMicroservice>;
  createApplicationContext(module: any, options?: any): Promise<INestApplicationContext>;
}
export const NestFactory: NestFactoryStatic;
`;

export const nestScheduleStub = `
export function Cron(time: any, options?: any): MethodDecorator;
export function Interval(...args: any[]): MethodDecorator;
export function Timeout(...args: any[]): MethodDecorator;
export class ScheduleModule { static forRoot(options?: any): any; static forRootAsync(options?: any): any }
`;
