/**
 * Which files of the audited project are tests, or are there to be tried out: by where they lie, by name, and by what
 * they import and call.
 */
const TEST_FOLDER = /^(__tests__|__mocks__|test|tests|e2e|cypress|bench|benchmarks?|spec|specs)$/;
const TEST_NAME = /[.\-_](test|tests|spec|bench|e2e|e2e-spec|cy)\.[cm]?[jt]sx?$/;
/** Of a script that gives nothing to other files: a `bench.ts` may be the bench of a workshop. */
const SCRIPT_NAME = /^(test|tests|bench|benchmark)\.[cm]?[jt]sx?$/;
const EXPORTS = /^\s*export\b|^\s*(?:module\.)?exports\b[^=\n]*=/m;
const RUNNER =
  /(?:from\s*|require\(\s*|import\s*)['"](?:vitest|@jest\/globals|mocha|node:test|ava|tap|tape|uvu|bun:test|@playwright\/test|jasmine|@japa\/runner)['"]/;
const TEST_CALL = /(?:^|[\s;{(.])(?:describe|it|test|suite|bench|before|after|beforeEach|afterEach)(?:\.\w+)*\s*\(/;

/**
 * `segments`: the folders below the audit root (below the package, for a listed workspace package) and the file name:
 * a corpus that lies in somebody's `test` folder is no test for that.
 */
export function isTestFile(segments: readonly string[], text: string): boolean {
  const name = segments[segments.length - 1] ?? '';
  if (segments.slice(0, -1).some(folder => TEST_FOLDER.test(folder)) || TEST_NAME.test(name)) return true;
  if (SCRIPT_NAME.test(name) && !EXPORTS.test(text)) return true;
  return RUNNER.test(text) && TEST_CALL.test(text);
}

const EXAMPLES = /^(examples?|demos?|playgrounds?|samples|fixtures|__fixtures__)$/;
const SOURCES = /^(src|lib|app)$/;

/** `segments`: below what the user named. A folder among the sources is a part of the product, whatever its name. */
export function isExample(segments: readonly string[]): boolean {
  const at = segments.slice(0, -1).findIndex(folder => EXAMPLES.test(folder));
  return at >= 0 && !segments.slice(0, at).some(folder => SOURCES.test(folder));
}
