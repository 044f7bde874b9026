/** brittle: bodies run once, and nobody catches a rejection: it ends the process, and with it the run. */
import { defineLibrary, type Api, type Library } from './library.ts';
import { does, entry, nothing, same, sameMembers } from './rows.ts';

/** The runner looks after the promise of a test: nobody else needs to await it. */
const test: Api = {
  ...does({
    does: 'register',
    handler: { from: 1 },
    entry: entry('test', {
      label: 'test {0}',
      instances: 'once',
      awaitsHandler: true,
      rejection: 'all-reported',
      test: true,
    }),
  }),
  gives: 'safe',
};
const names = ['default', 'test', 'solo', 'skip', 'todo', 'hook'];

const apis: Library['apis'] = {
  ...same(test, ...names),
  ...sameMembers('Assert', test, 'test'),
  // The test does not end before they have.
  ...sameMembers(
    'Assert',
    { does: [], gives: 'safe', known: { asserts: true, leavesTurn: true } },
    'execution',
    'exception',
  ),
  ...sameMembers('Assert', nothing, '*'),
  ...same(nothing, 'configure', 'pause', 'resume'),
};

const body = 'name?: string | Body, options?: object | Body, body?: Body';
const members = ['is', 'not', 'alike', 'unlike', 'ok', 'absent', 'pass', 'fail', 'plan', 'comment', 'timeout', 'end'];
const stub = `
type Body = (t: test.Assert) => any;
function test(${body}): test.Assert;
namespace test {
  interface Assert extends PromiseLike<void> {
    test(${body}): Assert;
    ${members.map(name => `${name}(...args: any[]): void;`).join('\n    ')}
    teardown(run: () => any, options?: object): void;
    execution(run: any, message?: string): Promise<void>;
    exception(run: any, ...expected: any[]): Promise<void>;
  }
  ${names
    .slice(2)
    .map(name => `function ${name}(${body}): Assert;`)
    .join('\n  ')}
  function configure(options: object): void;
  function pause(): void;
  function resume(): void;
  export { test, Assert };
}
export = test;
`;

export default defineLibrary({
  package: 'brittle',
  language: 'typescript',
  apis,
  // By the sources of 4.1.0: the package has no types.
  stub,
});
