/** Ambient declarations of the web frameworks. */
export const expressStub = `
import { IncomingMessage, Server, ServerResponse } from 'node:http';
namespace express {
  interface ParamsDictionary { [key: string]: string }
  interface Request<P = ParamsDictionary, ResBody = any, ReqBody = any, ReqQuery = any, Locals extends Record<string, any> = Record<string, any>> extends IncomingMessage {
    params: P;
    body: ReqBody;
    query: ReqQuery;
    path: string;
    originalUrl: string;
    baseUrl: string;
    hostname: string;
    ip: string | undefined;
    ips: string[];
    protocol: string;
    secure: boolean;
    xhr: boolean;
    cookies: any;
    route: any;
    app: Application;
    res?: Response<ResBody, Locals>;
    next?: NextFunction;
    get(name: string): string | undefined;
    header(name: string): string | undefined;
    accepts(...types: any[]): any;
    is(type: string | string[]): string | false | null;
  }
  interface Response<ResBody = any, Locals extends Record<string, any> = Record<string, any>> extends ServerResponse {
    locals: Locals;
    app: Application;
    req: Request;
    status(code: number): this;
    sendStatus(code: number): this;
    send(body?: ResBody): this;
    json(body?: ResBody): this;
    jsonp(body?: ResBody): this;
    sendFile(path: string, options?: any, callback?: (error: Error) => void): void;
    download(path: string, fileName?: any, options?: any, callback?: (error: Error) => void): void;
    set(field: any, value?: string | string[]): this;
    header(field: any, value?: string | string[]): this;
    get(field: string): string | undefined;
    type(type: string): this;
    cookie(name: string, value: any, options?: object): this;
    clearCookie(name: string, options?: object): this;
    redirect(url: string): void;
    redirect(status: number, url: string): void;
    render(view: string, options?: any, callback?: (error: Error, html: string) => void): void;
    append(field: string, value?: string | string[]): this;
    format(handlers: any): this;
    vary(field: string): this;
    location(url: string): this;
  }
  interface NextFunction { (error?: any): void }
  interface RequestHandler<P = ParamsDictionary, ResBody = any, ReqBody = any, ReqQuery = any, Locals extends Record<string, any> = Record<string, any>> {
    (req: Request<P, ResBody, ReqBody, ReqQuery, Locals>, res: Response<ResBody, Locals>, next: NextFunction): unknown;
  }
  interface ErrorRequestHandler { (error: any, req: Request, res: Response, next: NextFunction): unknown }
  type Handlers = RequestHandler<any> | ErrorRequestHandler | (RequestHandler<any> | ErrorRequestHandler)[];
  type Path = string | RegExp | (string | RegExp)[];
  interface IRoute {
    path: string;
    all(...handlers: RequestHandler[]): this;
    all(...handlers: Handlers[]): this;
    get(...handlers: RequestHandler[]): this;
    get(...handlers: Handlers[]): this;
    post(...handlers: RequestHandler[]): this;
    post(...handlers: Handlers[]): this;
    put(...handlers: RequestHandler[]): this;
    put(...handlers: Handlers[]): this;
    delete(...handlers: RequestHandler[]): this;
    delete(...handlers: Handlers[]): this;
    patch(...handlers: RequestHandler[]): this;
    patch(...handlers: Handlers[]): this;
    options(...handlers: RequestHandler[]): this;
    options(...handlers: Handlers[]): this;
    head(...handlers: RequestHandler[]): this;
    head(...handlers: Handlers[]): this;
  }
  interface IRouter extends RequestHandler {
    all<P = ParamsDictionary, ResBody = any, ReqBody = any, ReqQuery = any>(path: Path, ...handlers: RequestHandler<P, ResBody, ReqBody, ReqQuery>[]): this;
    all(path: Path, ...handlers: Handlers[]): this;
    get<P = ParamsDictionary, ResBody = any, ReqBody = any, ReqQuery = any>(path: Path, ...handlers: RequestHandler<P, ResBody, ReqBody, ReqQuery>[]): this;
    get(path: Path, ...handlers: Handlers[]): this;
    post<P = ParamsDictionary, ResBody = any, ReqBody = any, ReqQuery = any>(path: Path, ...handlers: RequestHandler<P, ResBody, ReqBody, ReqQuery>[]): this;
    post(path: Path, ...handlers: Handlers[]): this;
    put<P = ParamsDictionary, ResBody = any, ReqBody = any, ReqQuery = any>(path: Path, ...handlers: RequestHandler<P, ResBody, ReqBody, ReqQuery>[]): this;
    put(path: Path, ...handlers: Handlers[]): this;
    delete<P = ParamsDictionary, ResBody = any, ReqBody = any, ReqQuery = any>(path: Path, ...handlers: RequestHandler<P, ResBody, ReqBody, ReqQuery>[]): this;
    delete(path: Path, ...handlers: Handlers[]): this;
    patch<P = ParamsDictionary, ResBody = any, ReqBody = any, ReqQuery = any>(path: Path, ...handlers: RequestHandler<P, ResBody, ReqBody, ReqQuery>[]): this;
    patch(path: Path, ...handlers: Handlers[]): this;
    options(path: Path, ...handlers: Handlers[]): this;
    head(path: Path, ...handlers: Handlers[]): this;
    use(...handlers: RequestHandler[]): this;
    use(handler: ErrorRequestHandler): this;
    use(path: Path | Handlers, ...handlers: Handlers[]): this;
    param(name: string, handler: (req: Request, res: Response, next: NextFunction, value: any, name: string) => any): this;
    route(path: Path): IRoute;
    stack: any[];
  }
  interface Router extends IRouter {}
  interface Application extends IRouter {
    (req: Request | IncomingMessage, res: Response | ServerResponse): any;
    get(name: string): any;
    get<P = ParamsDictionary, ResBody = any, ReqBody = any, ReqQuery = any>(path: Path, ...handlers: RequestHandler<P, ResBody, ReqBody, ReqQuery>[]): this;
    get(path: Path, ...handlers: Handlers[]): this;
    set(name: string, value: any): this;
    enable(name: string): this;
    disable(name: string): this;
    enabled(name: string): boolean;
    disabled(name: string): boolean;
    engine(extension: string, fn: Function): this;
    render(name: string, options?: object, callback?: (error: Error, html: string) => void): void;
    listen(port: number, host: string, backlog: number, callback?: (error?: Error) => void): Server;
    listen(port: number, host: string, callback?: (error?: Error) => void): Server;
    listen(port: number, callback?: (error?: Error) => void): Server;
    listen(callback?: (error?: Error) => void): Server;
    listen(path: any, callback?: (error?: Error) => void): Server;
    on(event: string, callback: (parent: Application) => void): this;
    locals: Record<string, any>;
    mountpath: string | string[];
    router: any;
  }
  interface Express extends Application {}
  function Router(options?: { caseSensitive?: boolean; mergeParams?: boolean; strict?: boolean }): Router;
  function json(options?: object): RequestHandler;
  function urlencoded(options?: object): RequestHandler;
  function raw(options?: object): RequestHandler;
  function text(options?: object): RequestHandler;
  var static: (root: string, options?: object) => RequestHandler;
}
function express(): express.Express;
export = express;
`;

export const fastifyStub = `
import { IncomingMessage, Server, ServerResponse } from 'node:http';
namespace fastify {
  interface FastifyError extends Error { code: string; statusCode?: number; validation?: any }
  interface LogFn { (...args: any[]): void }
  interface FastifyBaseLogger { level: string; trace: LogFn; debug: LogFn; info: LogFn; warn: LogFn; error: LogFn; fatal: LogFn; silent: LogFn; child(bindings: object): FastifyBaseLogger }
  interface RouteGenericInterface { Body?: unknown; Querystring?: unknown; Params?: unknown; Headers?: unknown; Reply?: unknown }
  type Part<G, K extends string> = G extends { [key in K]: infer T } ? T : unknown;
  interface FastifyRequest<G extends RouteGenericInterface = RouteGenericInterface> {
    id: string;
    params: Part<G, 'Params'>;
    query: Part<G, 'Querystring'>;
    body: Part<G, 'Body'>;
    headers: Record<string, string | undefined> & Part<G, 'Headers'>;
    raw: IncomingMessage;
    log: FastifyBaseLogger;
    server: FastifyInstance;
    ip: string;
    ips?: string[];
    host: string;
    hostname: string;
    port: number;
    protocol: string;
    method: string;
    url: string;
    originalUrl: string;
    routeOptions: any;
    socket: any;
    signal: AbortSignal;
  }
  interface FastifyReply<G extends RouteGenericInterface = RouteGenericInterface> {
    raw: ServerResponse;
    log: FastifyBaseLogger;
    request: FastifyRequest;
    server: FastifyInstance;
    statusCode: number;
    sent: boolean;
    elapsedTime: number;
    code(status: number): FastifyReply<G>;
    status(status: number): FastifyReply<G>;
    header(name: string, value: any): FastifyReply<G>;
    headers(values: Record<string, any>): FastifyReply<G>;
    getHeader(name: string): any;
    getHeaders(): Record<string, any>;
    removeHeader(name: string): FastifyReply<G>;
    hasHeader(name: string): boolean;
    redirect(url: string, status?: number): FastifyReply<G>;
    type(type: string): FastifyReply<G>;
    send(payload?: any): FastifyReply<G>;
    serialize(payload: any): string;
    hijack(): FastifyReply<G>;
    callNotFound(): void;
    getResponseTime(): number;
    then(fulfilled: () => void, rejected: (error: Error) => void): void;
  }
  type RouteHandlerMethod<G extends RouteGenericInterface = RouteGenericInterface> = (this: FastifyInstance, request: FastifyRequest<G>, reply: FastifyReply<G>) => any;
  type Hook = (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => any;
  type Hooks = Hook | Hook[];
  interface RouteShorthandOptions { schema?: any; config?: any; bodyLimit?: number; onRequest?: Hooks; preValidation?: Hooks; preHandler?: Hooks; preSerialization?: any; onSend?: any; onResponse?: Hooks; onError?: any; errorHandler?: any; logLevel?: string; constraints?: any; handlerTimeout?: number; [name: string]: any }
  interface RouteOptions extends RouteShorthandOptions { method: string | string[]; url: string; handler: RouteHandlerMethod }
  interface RouteMethod {
    <G extends RouteGenericInterface = RouteGenericInterface>(path: string, handler: RouteHandlerMethod<G>): FastifyInstance;
    <G extends RouteGenericInterface = RouteGenericInterface>(path: string, options: RouteShorthandOptions, handler: RouteHandlerMethod<G>): FastifyInstance;
    (path: string, options: RouteShorthandOptions & { handler: RouteHandlerMethod }): FastifyInstance;
  }
  type FastifyPluginAsync<O = any> = (instance: FastifyInstance, options: O) => Promise<void>;
  type FastifyPluginCallback<O = any> = (instance: FastifyInstance, options: O, done: (error?: Error) => void) => void;
  type FastifyPlugin<O = any> = (instance: FastifyInstance, options: O, done: (error?: Error) => void) => any;
  interface ListenOptions { port?: number; host?: string; path?: string; backlog?: number; signal?: AbortSignal }
  interface FastifyServerOptions { logger?: any; bodyLimit?: number; trustProxy?: any; requestTimeout?: number; connectionTimeout?: number; keepAliveTimeout?: number; pluginTimeout?: number; forceCloseConnections?: any; disableRequestLogging?: boolean; genReqId?: any; ajv?: any; [name: string]: any }
  interface FastifyInstance {
    server: Server;
    log: FastifyBaseLogger;
    prefix: string;
    version: string;
    initialConfig: any;
    listeningOrigin: string;
    get: RouteMethod;
    head: RouteMethod;
    post: RouteMethod;
    put: RouteMethod;
    delete: RouteMethod;
    options: RouteMethod;
    patch: RouteMethod;
    all: RouteMethod;
    route(options: RouteOptions): FastifyInstance;
    register<O = any>(plugin: FastifyPlugin<O> | Promise<{ default: FastifyPlugin<O> }>, options?: any): FastifyInstance & PromiseLike<undefined>;
    addHook(name: 'onClose', hook: (instance: FastifyInstance, done: () => void) => any): FastifyInstance;
    addHook(name: 'preSerialization' | 'onSend', hook: (request: FastifyRequest, reply: FastifyReply, payload: any, done: (error?: Error | null, value?: any) => void) => any): FastifyInstance;
    addHook(name: 'onError', hook: (request: FastifyRequest, reply: FastifyReply, error: FastifyError, done: () => void) => any): FastifyInstance;
    addHook(name: string, hook: (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => any): FastifyInstance;
    setErrorHandler(handler: (this: FastifyInstance, error: any, request: FastifyRequest, reply: FastifyReply) => any): FastifyInstance;
    setNotFoundHandler(handler: RouteHandlerMethod): FastifyInstance;
    after(): FastifyInstance & PromiseLike<undefined>;
    after(callback: (error: Error) => void): FastifyInstance;
    ready(): FastifyInstance & PromiseLike<undefined>;
    ready(callback: (error: Error | null) => void): FastifyInstance;
    listen(options?: ListenOptions): Promise<string>;
    listen(options: ListenOptions, callback: (error: Error | null, address: string) => void): void;
    close(): Promise<undefined>;
    close(callback: () => void): undefined;
    inject(options: any): Promise<{ statusCode: number; headers: any; body: string; payload: string; json<T = any>(): T }>;
    decorate(name: string | symbol, value: any, dependencies?: string[]): FastifyInstance;
    decorateRequest(name: string | symbol, value?: any, dependencies?: string[]): FastifyInstance;
    decorateReply(name: string | symbol, value?: any, dependencies?: string[]): FastifyInstance;
    hasDecorator(name: string | symbol): boolean;
    addSchema(schema: unknown): FastifyInstance;
    getSchema(id: string): unknown;
    setValidatorCompiler(compiler: any): FastifyInstance;
    setSerializerCompiler(compiler: any): FastifyInstance;
    addContentTypeParser(type: any, options: any, parser?: any): FastifyInstance;
    withTypeProvider<P>(): FastifyInstance;
    printRoutes(options?: any): string;
    addresses(): any[];
  }
  export { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyPlugin, FastifyPluginAsync, FastifyPluginCallback, FastifyReply, FastifyRequest, FastifyServerOptions, Hook, Hooks, ListenOptions, LogFn, Part, RouteGenericInterface, RouteHandlerMethod, RouteMethod, RouteOptions, RouteShorthandOptions, fastify, fastify as default };
}
function fastify(options?: fastify.FastifyServerOptions): fastify.FastifyInstance & PromiseLike<fastify.FastifyInstance>;
export = fastify;
`;

export const pinoStub = `
import { EventEmitter } from 'node:events';
namespace pino {
  interface LogFn { (...args: any[]): void }
  interface BaseLogger { level: string; trace: LogFn; debug: LogFn; info: LogFn; warn: LogFn; error: LogFn; fatal: LogFn; silent: LogFn }
  interface Logger extends BaseLogger, EventEmitter { child(bindings: object, options?: object): Logger; bindings(): any; flush(callback?: (error?: Error) => void): void; isLevelEnabled(level: string): boolean; setBindings(bindings: object): void }
  interface LoggerOptions { level?: string; name?: string; transport?: any; redact?: any; base?: any; formatters?: any; serializers?: any; timestamp?: any; [name: string]: any }
  function destination(options?: any): any;
  function transport(options: any): any;
  function multistream(streams: any, options?: any): any;
  const stdSerializers: any;
  const stdTimeFunctions: any;
  export { LogFn, BaseLogger, Logger, LoggerOptions, destination, transport, multistream, stdSerializers, stdTimeFunctions, pino, pino as default };
}
function pino(options?: pino.LoggerOptions | any, stream?: any): pino.Logger;
export = pino;
`;

export const honoNodeServerStub = `
import { Server } from 'node:http';
export interface Options { fetch: (request: any, env?: any) => any; port?: number; hostname?: string; serverOptions?: object; createServer?: any; overrideGlobalObjects?: boolean }
export function serve(options: Options, listeningListener?: (info: { address: string; port: number; family: string }) => void): Server;
export function createAdaptorServer(options: Options): Server;
`;

export const proxyChainStub = `
export interface AnonymizeProxyOptions { url: string; port: number; ignoreProxyCertificate?: boolean }
export function anonymizeProxy(options: string | AnonymizeProxyOptions): Promise<string>;
export function closeAnonymizedProxy(anonymizedProxyUrl: string, closeConnections: boolean): Promise<boolean>;
`;
