/** vitest, jest, mocha and node:test: bodies are entry points that run once; their promises are awaited and reported. */
import { defineLibrary, type Api, type Arg, type Effect, type Library } from './library.ts';
import { does, entry, later, nothing, once, same, sameMembers } from './rows.ts';
import { assertionStub, jestStub, mochaStub, nodeTestStub, vitestStub } from './stubs/tests.ts';

interface Running {
  /** An unhandled rejection is a failure: of what runs, or of the file. */
  tells: boolean;
  /** The parameter of the callback that ends it, where the runner gives one. */
  endedBy?: number;
}
const run = (trigger: 'test' | 'hook', label: string, handler: Arg, { tells, endedBy }: Running): Effect => ({
  does: 'register',
  handler,
  entry: entry(trigger, {
    label,
    instances: trigger === 'test' ? 'once' : 'serial',
    awaitsHandler: true,
    rejection: tells ? 'all-reported' : 'reported',
    ...(endedBy === undefined ? {} : { endedBy }),
    test: true,
  }),
});
/** vitest fails the run with the rejection (`dangerouslyIgnoreUnhandledErrors` is off by default). */
const test: Api = does(run('test', 'test {0}', { from: 1 }, { tells: true }));
/** `it('answers', done => …)`. jest-circus fails the running test with the rejection; mocha lets it pass. */
const testOrDone = (tells: boolean): Api => does(run('test', 'test {0}', { from: 1 }, { tells, endedBy: 0 }));
const suite: Api = does(once({ from: 1 }));
const hook = (name: string, tells: boolean): Api => does(run('hook', name, { from: 0 }, { tells }));
const hooks = (tells: boolean, ...names: string[]): Library['apis'] =>
  Object.fromEntries(names.map(name => [name, hook(name, tells)]));

/** Matchers compute; those behind `resolves` and `rejects` give promises, as their types say. */
const asserts: Api = { does: [], known: { asserts: true, leavesTurn: true } };
const matchers: Library['apis'] = {
  ...same(
    asserts,
    'expect',
    'ExpectStatic()',
    'ExpectStatic.*',
    'Assertion.*',
    'JestAssertion.*',
    'AsymmetricMatchersContaining.*',
  ),
};
const mocks: Library['apis'] = {
  ...sameMembers('VitestUtils', does({ does: 'give', what: { argument: 0 } }), 'fn', 'mocked', 'hoisted'),
  ...sameMembers('VitestUtils', nothing, '*'),
  ...sameMembers(
    'VitestUtils',
    { does: [], gives: 'promise' },
    'waitFor',
    'waitUntil',
    'importActual',
    'importMock',
    'advanceTimersByTimeAsync',
    'runAllTimersAsync',
    'runOnlyPendingTimersAsync',
    'dynamicImportSettled',
  ),
  ...same(nothing, 'MockInstance.*', 'Mock.*', 'assertType', 'expectTypeOf', 'inject'),
};
const runner: Library['apis'] = {
  ...same(
    test,
    'test',
    'it',
    'bench',
    'TestAPI()',
    'ChainableTestAPI()',
    'TestCollectorCallable()',
    'EachFunctionReturn()',
    'TestForFunctionReturn()',
  ),
  ...same(
    suite,
    'describe',
    'suite',
    'SuiteAPI()',
    'ChainableSuiteAPI()',
    'SuiteCollectorCallable()',
    'SuiteEachReturn()',
  ),
  ...same(
    nothing,
    'TestEachFunction()',
    'SuiteEachFunction()',
    'TestForFunction()',
    'SuiteForFunction()',
    'ExtendedAPI.*',
    'TestAPI.extend',
    'TestAPI.skipIf',
    'TestAPI.runIf',
  ),
  ...hooks(true, 'beforeAll', 'beforeEach', 'afterAll', 'afterEach', 'onTestFinished', 'onTestFailed'),
};

/** `it.only`, `test.each(cases)(…)`: what the stubs declare, and plain JavaScript says by syntax alone. */
const variants = (
  tests: readonly string[],
  suites: readonly string[],
  kinds: readonly string[],
  each: readonly string[],
  tool: string,
  one: Api = test,
): Library['apis'] => ({
  ...same(
    one,
    ...tests.flatMap(name => kinds.map(kind => `${name}.${kind}`)),
    ...['it', 'test'].flatMap(name => each.map(kind => `${name}.${kind}()`)),
  ),
  ...same(
    suite,
    ...suites.flatMap(name => kinds.map(kind => `${name}.${kind}`)),
    ...each.map(kind => `describe.${kind}()`),
  ),
  ...same(nothing, ...[...tests, ...suites].flatMap(name => each.map(kind => `${name}.${kind}`))),
  'PromiseAssertion.*': { does: [], gives: 'promise', known: { asserts: true, leavesTurn: true } },
  // A mock that is called: what it stands for is its own affair.
  ...same(nothing, `${tool}.fn()`, `${tool}.spyOn()`, 'Mock()'),
});

export const vitest = defineLibrary({
  package: 'vitest',
  language: 'typescript',
  apis: {
    ...runner,
    ...variants(
      ['TestAPI', 'it', 'test'],
      ['SuiteAPI', 'describe'],
      ['only', 'skip', 'todo', 'concurrent', 'sequential'],
      ['each', 'for'],
      'vi',
    ),
    ...same(test, 'TestAPI.fails', 'it.fails', 'test.fails'),
    ...mocks,
    ...matchers,
  },
  stub: vitestStub + assertionStub('vi'),
  checked: { version: '4.1.12', how: "fixtures/libraries/vitest; it runs this project's tests" },
});
/** Where vitest declares them. */
export const vitestParts: readonly Library[] = [
  defineLibrary({ package: '@vitest/runner', language: 'typescript', apis: runner }),
  defineLibrary({ package: '@vitest/expect', language: 'typescript', apis: matchers }),
  defineLibrary({ package: '@vitest/spy', language: 'typescript', apis: same(nothing, 'MockInstance.*', 'Mock.*') }),
];

const jestRows: Library['apis'] = {
  ...variants(['it', 'test'], ['describe'], ['only', 'skip'], ['each'], 'jest', testOrDone(true)),
  ...same(
    testOrDone(true),
    'test',
    'it',
    'xit',
    'fit',
    'xtest',
    'It()',
    'It.only',
    'It.skip',
    'It.failing',
    'It.concurrent',
    'EachReturn()',
  ),
  ...same(suite, 'describe', 'fdescribe', 'xdescribe', 'Describe()', 'Describe.only', 'Describe.skip'),
  ...same(nothing, 'Each()', 'It.todo', 'It.each', 'Describe.each'),
  ...hooks(true, 'beforeAll', 'beforeEach', 'afterAll', 'afterEach'),
  ...same(
    asserts,
    'expect',
    'Expect()',
    'Expect.*',
    'ExpectStatic()',
    'ExpectStatic.*',
    'Matchers.*',
    'JestMatchers.*',
    'Assertion.*',
  ),
  ...same(nothing, 'MockInstance.*', 'Mock.*', 'SpyInstance.*'),
  ...same(does({ does: 'give', what: { argument: 0 } }), 'fn', 'mocked', 'Jest.fn', 'Jest.mocked'),
  // @types/jest declares them as functions of a namespace, @jest/globals and older versions as members.
  ...same(
    nothing,
    'Jest.*',
    'spyOn',
    'mock',
    'unmock',
    'doMock',
    'dontMock',
    'useFakeTimers',
    'useRealTimers',
    'advanceTimersByTime',
    'runAllTimers',
    'runOnlyPendingTimers',
  ),
  ...same(
    nothing,
    'clearAllMocks',
    'resetAllMocks',
    'restoreAllMocks',
    'resetModules',
    'requireActual',
    'requireMock',
    'setTimeout',
    'setSystemTime',
    'isMockFunction',
    'clearAllTimers',
    'retryTimes',
  ),
  isolateModules: does(once(0)),
  ...same(
    { does: [], gives: 'promise' as const },
    'advanceTimersByTimeAsync',
    'runAllTimersAsync',
    'runOnlyPendingTimersAsync',
  ),
};
export const jest = defineLibrary({
  package: 'jest',
  language: 'typescript',
  aliases: ['@jest/globals'],
  apis: jestRows,
  stub: jestStub + assertionStub('jest'),
  checked: { version: '@types/jest 30.0', how: 'fixtures/libraries/jest' },
});

export const mocha = defineLibrary({
  package: 'mocha',
  language: 'typescript',
  apis: {
    ...same(
      testOrDone(false),
      'it',
      'specify',
      'test',
      'xit',
      'xspecify',
      'TestFunction()',
      'TestFunction.only',
      'TestFunction.skip',
      'ExclusiveTestFunction()',
      'PendingTestFunction()',
    ),
    ...same(
      suite,
      'describe',
      'context',
      'suite',
      'xdescribe',
      'xcontext',
      'SuiteFunction()',
      'ExclusiveSuiteFunction()',
      'PendingSuiteFunction()',
    ),
    // A hook may have a title before its function.
    ...hooks(
      false,
      'before',
      'after',
      'beforeEach',
      'afterEach',
      'suiteSetup',
      'suiteTeardown',
      'setup',
      'teardown',
      'HookFunction()',
    ),
    ...same(nothing, 'Context.timeout', 'Context.slow', 'Context.skip', 'Context.retries', 'run'),
  },
  stub: mochaStub,
  checked: { version: '@types/mocha 10.0', how: 'fixtures/libraries/mocha' },
});

/**
 * The promises of node:test are the runner's: nobody else needs to await them. A rejection that nobody handles fails the
 * test that runs, and the process when that test has ended.
 */
const owned = (api: Api): Api => ({ ...api, gives: 'safe' });
const nodeTests = owned(does(run('test', 'test {0}', { from: 0 }, { tells: true, endedBy: 1 })));
const nodeSuites = owned(does(once({ from: 0 })));
export const nodeTest = defineLibrary({
  package: 'node:test',
  language: 'typescript',
  apis: {
    ...same(nodeTests, 'test', 'it', 'default', 'only', 'skip'),
    ...same(nodeSuites, 'describe', 'suite'),
    ...same({ does: [], gives: 'safe' as const }, 'todo'),
    ...hooks(true, 'before', 'after', 'beforeEach', 'afterEach'),
    // A subtest has to be awaited by its parent.
    'TestContext.test': { does: [{ ...later({ from: 0 }, ['unknown']), awaits: true }], gives: 'safe' },
    ...sameMembers('TestContext', hook('test hook', true), 'before', 'after', 'beforeEach', 'afterEach'),
    ...sameMembers('TestContext', nothing, 'diagnostic', 'plan', 'runOnly', 'skip', 'todo'),
    'TestContext.waitFor': {
      does: [{ does: 'invoke', callback: 0, when: 'later', times: 'many', awaits: true }],
      gives: 'promise',
    },
    ...sameMembers('MockTracker', does({ does: 'give', what: { argument: 0 } }), 'fn'),
    ...sameMembers('MockTracker', nothing, '*'),
    ...same(nothing, 'MockTimers.*', 'MockFunctionContext.*', 'run'),
  },
  stub: nodeTestStub,
  checked: { version: '@types/node 20.19', how: 'fixtures/libraries/node-test' },
});
