/** Ambient declarations of the test runners. */
const matcherNames = [
  'toBe',
  'toEqual',
  'toStrictEqual',
  'toBeDefined',
  'toBeUndefined',
  'toBeNull',
  'toBeNaN',
  'toBeTruthy',
  'toBeFalsy',
  'toBeGreaterThan',
  'toBeGreaterThanOrEqual',
  'toBeLessThan',
  'toBeLessThanOrEqual',
  'toBeCloseTo',
  'toBeInstanceOf',
  'toBeTypeOf',
  'toContain',
  'toContainEqual',
  'toHaveLength',
  'toHaveProperty',
  'toMatch',
  'toMatchObject',
  'toMatchSnapshot',
  'toMatchInlineSnapshot',
  'toMatchFileSnapshot',
  'toThrow',
  'toThrowError',
  'toThrowErrorMatchingSnapshot',
  'toThrowErrorMatchingInlineSnapshot',
  'toHaveBeenCalled',
  'toHaveBeenCalledTimes',
  'toHaveBeenCalledWith',
  'toHaveBeenLastCalledWith',
  'toHaveBeenNthCalledWith',
  'toHaveBeenCalledOnce',
  'toHaveReturned',
  'toHaveReturnedWith',
  'toSatisfy',
  'toBeOneOf',
  'toBeCalled',
  'toBeCalledTimes',
  'toBeCalledWith',
];
const matchers = (result: string): string =>
  matcherNames.map(name => `  ${name}(...args: any[]): ${result};`).join('\n');

/** `expect` and the mock functions, for \`vi\` and \`jest\`. */
export const assertionStub = (tool: 'vi' | 'jest'): string => `
export interface PromiseAssertion {
  not: PromiseAssertion;
${matchers('Promise<void>')}
}
export interface Assertion {
  not: Assertion;
  resolves: PromiseAssertion;
  rejects: PromiseAssertion;
${matchers('void')}
}
export interface ExpectStatic {
  (value?: any, message?: string): Assertion;
  any(type: any): any;
  anything(): any;
  arrayContaining(items: readonly any[]): any;
  objectContaining(part: object): any;
  stringContaining(text: string): any;
  stringMatching(pattern: string | RegExp): any;
  closeTo(value: number, digits?: number): any;
  assertions(count: number): void;
  hasAssertions(): void;
  extend(matchers: object): void;
  soft(value: any): Assertion;
  poll(fn: () => any, options?: object): PromiseAssertion;
  unreachable(message?: string): never;
  fail(message?: string): never;
}
export const expect: ExpectStatic;
export interface MockInstance {
  mock: { calls: any[][]; results: any[]; instances: any[]; lastCall: any[] };
  mockClear(): this;
  mockReset(): this;
  mockRestore(): void;
  mockImplementation(fn: (...args: any[]) => any): this;
  mockImplementationOnce(fn: (...args: any[]) => any): this;
  mockReturnValue(value: any): this;
  mockReturnValueOnce(value: any): this;
  mockReturnThis(): this;
  mockResolvedValue(value: any): this;
  mockResolvedValueOnce(value: any): this;
  mockRejectedValue(value: any): this;
  mockRejectedValueOnce(value: any): this;
  mockName(name: string): this;
  getMockName(): string;
}
export interface Mock<F extends (...args: any[]) => any = (...args: any[]) => any> extends MockInstance { (...args: Parameters<F>): ReturnType<F> }
export interface ${tool === 'vi' ? 'VitestUtils' : 'Jest'} {
  fn<F extends (...args: any[]) => any = (...args: any[]) => any>(implementation?: F): Mock<F>;
  spyOn(object: any, method: any, access?: 'get' | 'set'): Mock;
  mock(path: any, factory?: any, options?: any): any;
  unmock(path: string): any;
  doMock(path: any, factory?: any): any;
  doUnmock(path: string): any;
  mocked<T>(item: T, deep?: any): T & MockInstance;
  isMockFunction(fn: any): boolean;
  resetModules(): any;
  clearAllMocks(): any;
  resetAllMocks(): any;
  restoreAllMocks(): any;
  useFakeTimers(options?: any): any;
  useRealTimers(): any;
  advanceTimersByTime(ms: number): any;
  advanceTimersByTimeAsync(ms: number): Promise<any>;
  advanceTimersToNextTimer(steps?: number): any;
  runAllTimers(): any;
  runAllTimersAsync(): Promise<any>;
  runOnlyPendingTimers(): any;
  runOnlyPendingTimersAsync(): Promise<any>;
  runAllTicks(): any;
  clearAllTimers(): any;
  getTimerCount(): number;
  setSystemTime(time: number | string | Date): any;
  getRealSystemTime(): number;
  ${
    tool === 'vi'
      ? `hoisted<T>(factory: () => T): T;
  stubGlobal(name: string, value: unknown): this;
  unstubAllGlobals(): this;
  stubEnv(name: string, value: any): this;
  unstubAllEnvs(): this;
  importActual<T = any>(path: string): Promise<T>;
  importMock<T = any>(path: string): Promise<T>;
  waitFor<T>(fn: () => T | Promise<T>, options?: any): Promise<T>;
  waitUntil<T>(fn: () => T | Promise<T>, options?: any): Promise<T>;
  dynamicImportSettled(): Promise<void>;
  setConfig(options: object): void;`
      : `requireActual<T = any>(path: string): T;
  requireMock<T = any>(path: string): T;
  setTimeout(ms: number): this;
  retryTimes(count: number): this;
  isolateModules(fn: () => void): this;
  replaceProperty(object: any, key: any, value: any): any;`
  }
}
export const ${tool}: ${tool === 'vi' ? 'VitestUtils' : 'Jest'};
`;

export const vitestStub = `
type Body = (context: any) => any;
export interface EachFunctionReturn { (name: string | Function, fn: (...args: any[]) => any, options?: number): void; (name: string | Function, options: object, fn: (...args: any[]) => any): void }
export interface TestEachFunction { (cases: readonly any[]): EachFunctionReturn; (strings: TemplateStringsArray, ...values: any[]): EachFunctionReturn }
export interface TestAPI {
  (name: string | Function, fn?: Body, options?: number): void;
  (name: string | Function, options?: object, fn?: Body): void;
  only: TestAPI;
  skip: TestAPI;
  todo: TestAPI;
  concurrent: TestAPI;
  sequential: TestAPI;
  fails: TestAPI;
  each: TestEachFunction;
  for: TestEachFunction;
  skipIf(condition: any): TestAPI;
  runIf(condition: any): TestAPI;
  extend(fixtures: any): TestAPI;
}
export interface SuiteEachReturn { (name: string | Function, fn: (...args: any[]) => any): void }
export interface SuiteEachFunction { (cases: readonly any[]): SuiteEachReturn; (strings: TemplateStringsArray, ...values: any[]): SuiteEachReturn }
export interface SuiteAPI {
  (name: string | Function, fn?: Body, options?: number): void;
  (name: string | Function, options?: object, fn?: Body): void;
  only: SuiteAPI;
  skip: SuiteAPI;
  todo: SuiteAPI;
  concurrent: SuiteAPI;
  sequential: SuiteAPI;
  shuffle: SuiteAPI;
  each: SuiteEachFunction;
  for: SuiteEachFunction;
  skipIf(condition: any): SuiteAPI;
  runIf(condition: any): SuiteAPI;
}
export const test: TestAPI;
export const it: TestAPI;
export const bench: TestAPI;
export const describe: SuiteAPI;
export const suite: SuiteAPI;
export function beforeAll(fn: (...args: any[]) => any, timeout?: number): void;
export function beforeEach(fn: (...args: any[]) => any, timeout?: number): void;
export function afterAll(fn: (...args: any[]) => any, timeout?: number): void;
export function afterEach(fn: (...args: any[]) => any, timeout?: number): void;
export function onTestFinished(fn: (...args: any[]) => any): void;
export function onTestFailed(fn: (...args: any[]) => any): void;
export function assertType<T>(value: T): void;
export function expectTypeOf<T>(value?: T): any;
export function inject(key: string): any;
export type Mocked<T> = T;
`;

export const jestStub = `
type Body = (...args: any[]) => any;
export interface EachReturn { (name: string, fn: Body, timeout?: number): void }
export interface Each { (cases: readonly any[]): EachReturn; (strings: TemplateStringsArray, ...values: any[]): EachReturn }
export interface It { (name: string | Function, fn?: Body, timeout?: number): void; only: It; skip: It; failing: It; concurrent: It; todo(name: string): void; each: Each }
export interface Describe { (name: string | Function, fn: () => void): void; only: Describe; skip: Describe; each: Each }
export const test: It;
export const it: It;
export const fit: It;
export const xit: It;
export const xtest: It;
export const describe: Describe;
export const fdescribe: Describe;
export const xdescribe: Describe;
export function beforeAll(fn: Body, timeout?: number): void;
export function beforeEach(fn: Body, timeout?: number): void;
export function afterAll(fn: Body, timeout?: number): void;
export function afterEach(fn: Body, timeout?: number): void;
`;

export const mochaStub = `
export interface Context { timeout(ms?: number | string): this; slow(ms?: number | string): this; skip(): never; retries(count?: number): this; [name: string]: any }
type Body = (this: Context, done: (error?: any) => void) => any;
export interface TestFunction { (title: string, fn?: Body): any; (fn: Body): any; only: TestFunction; skip: TestFunction; retries(count: number): void }
export interface SuiteFunction { (title: string, fn?: (this: any) => void): any; only: SuiteFunction; skip: SuiteFunction }
export interface HookFunction { (fn: Body): void; (title: string, fn?: Body): void }
export const it: TestFunction;
export const specify: TestFunction;
export const test: TestFunction;
export const xit: TestFunction;
export const describe: SuiteFunction;
export const context: SuiteFunction;
export const suite: SuiteFunction;
export const xdescribe: SuiteFunction;
export const before: HookFunction;
export const after: HookFunction;
export const beforeEach: HookFunction;
export const afterEach: HookFunction;
export const setup: HookFunction;
export const teardown: HookFunction;
export function run(): void;
`;

export const nodeTestStub = `
interface TestOptions { concurrency?: number | boolean | null; only?: boolean; signal?: AbortSignal; skip?: boolean | string; timeout?: number; todo?: boolean | string; plan?: number }
type TestFn = (context: test.TestContext, done: (result?: any) => void) => any;
type SuiteFn = (context: any) => any;
type HookFn = (context: any, done: (result?: any) => void) => any;
interface HookOptions { signal?: AbortSignal; timeout?: number }
function test(name?: string, fn?: TestFn): Promise<void>;
function test(name?: string, options?: TestOptions, fn?: TestFn): Promise<void>;
function test(options?: TestOptions, fn?: TestFn): Promise<void>;
function test(fn?: TestFn): Promise<void>;
namespace test {
  function suite(name?: string, fn?: SuiteFn): Promise<void>;
  function suite(name?: string, options?: TestOptions, fn?: SuiteFn): Promise<void>;
  function suite(fn?: SuiteFn): Promise<void>;
  namespace suite { export { only, skip, todo } }
  function only(name?: string, fn?: TestFn): Promise<void>;
  function only(name?: string, options?: TestOptions, fn?: TestFn): Promise<void>;
  function skip(name?: string, fn?: TestFn): Promise<void>;
  function skip(name?: string, options?: TestOptions, fn?: TestFn): Promise<void>;
  function todo(name?: string, fn?: TestFn): Promise<void>;
  function todo(name?: string, options?: TestOptions, fn?: TestFn): Promise<void>;
  function before(fn?: HookFn, options?: HookOptions): void;
  function after(fn?: HookFn, options?: HookOptions): void;
  function beforeEach(fn?: HookFn, options?: HookOptions): void;
  function afterEach(fn?: HookFn, options?: HookOptions): void;
  function run(options?: object): any;
  interface TestContext {
    readonly name: string;
    readonly signal: AbortSignal;
    readonly mock: MockTracker;
    readonly assert: any;
    test(name?: string, fn?: TestFn): Promise<void>;
    test(name?: string, options?: TestOptions, fn?: TestFn): Promise<void>;
    test(fn?: TestFn): Promise<void>;
    before(fn?: HookFn, options?: HookOptions): void;
    after(fn?: HookFn, options?: HookOptions): void;
    beforeEach(fn?: HookFn, options?: HookOptions): void;
    afterEach(fn?: HookFn, options?: HookOptions): void;
    diagnostic(message: string): void;
    plan(count: number): void;
    runOnly(only: boolean): void;
    skip(message?: string): void;
    todo(message?: string): void;
    waitFor<T>(condition: () => T | Promise<T>, options?: object): Promise<T>;
  }
  interface MockTimers { enable(options?: any): void; tick(ms?: number): void; runAll(): void; reset(): void; setTime(ms: number): void }
  interface MockTracker {
    fn<F extends Function = (...args: any[]) => any>(original?: F, implementation?: any, options?: any): F & { mock: any };
    method(object: any, name: any, implementation?: any, options?: any): any;
    getter(object: any, name: any, implementation?: any): any;
    setter(object: any, name: any, implementation?: any): any;
    module(path: string, options?: any): any;
    reset(): void;
    restoreAll(): void;
    readonly timers: MockTimers;
  }
  const mock: MockTracker;
  export { test, test as it, suite, suite as describe, only, skip, todo, before, after, beforeEach, afterEach, run, mock, TestContext, MockTracker, MockTimers };
}
export = test;
`;
