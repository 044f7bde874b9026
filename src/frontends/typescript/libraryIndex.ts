/**
 * Looks up library tables by external name. **The one rule of names** (what a table's author writes as keys):
 *
 * - `package#…`: npm name of the package that DECLARES the thing (`@types/pg` is `pg`); Node's modules always
 *   `node:x` (`fs/promises` → `node:fs/promises`); language, DOM and everything that @types/node declares globally: `lib`.
 *   A package that re-exports (`vitest` from `@vitest/runner`): the name at the import (`vitest#it`) is tried as well.
 * - `f`: an exported function or variable by its declared name; `default`: the default export (`export default`,
 *   `export =`). Both are tried for a default export, also the name that the importing file used.
 * - `Type.member`: methods, properties and statics of a class, interface, type alias of an object, or of a variable with a
 *   literal type (`declare var AbortSignal: { timeout(…) }`). Namespaces are left out (`NodeJS.Process` is
 *   `Process.exit`, `pg.Pool` is `Pool.query`), except for functions of language namespaces (`lib#Reflect.apply`).
 *   In `lib`: `PromiseConstructor.all` is `Promise.all` (any `…Constructor`); `ReadonlyArray/Map/Set` are
 *   `Array/Map/Set`; `CallableFunction` and `NewableFunction` are `Function`. `console.log` is `Console.log`.
 * - `static Type.member`: a class's static, where an instance has another member of that name (else `Type.member`).
 * - `Type()`: a call of a value of that function type (p-limit's `LimitFunction()`).
 * - `new Type`: a constructor, by the class's (or variable's) declared name; `new default` is tried too.
 * - A member is looked for in the type, then in `Library.supertypes` and the checker's base types, then as `Type.*`
 *   along the same way.
 */
import { isBuiltin } from 'node:module';
import type { Api, Library } from '../../libraries/library.ts';
import type { LockKind, TypeId } from '../../model/facts.ts';

/** Table look-ups by external name (`package#key`). */
export interface LibraryIndex {
  /** The package that a module specifier means: aliases, `node:` prefix, sub-paths cut off. */
  packageOf(specifier: string): string;
  /** The package whose table an installed package has: that of the client that another one generates. */
  tableOf(packageName: string): string;
  /** The entry for `package#key`, supertypes included; `version` of the package, undefined when not known. */
  api(external: string, versionOf: (packageName: string) => string | undefined): Api | undefined;
  has(external: string): boolean;
  /** The package, or its whole scope, is known to work outside of the process. */
  worksOutside(external: string): boolean;
  lock(type: TypeId): LockKind | undefined;
  /** A promise or thenable of this type runs nothing before it is awaited. */
  isLazy(type: TypeId): boolean;
  /** The library waits for what a function of this type gives, whatever the type says. */
  isWaitedFor(type: TypeId): boolean;
  /** Code that imports the module runs in a host that only logs a rejection which nobody handles. */
  isLoggingHost(specifier: string): boolean;
  /** `package#name` of a test runner's global function, for code without its types. */
  testGlobal(name: string): string | undefined;
}

const indexes = new WeakMap<readonly Library[], LibraryIndex>();

/** The index of these tables; made once. */
export function libraryIndex(libraries: readonly Library[]): LibraryIndex {
  let index = indexes.get(libraries);
  if (!index) {
    index = createIndex(libraries.filter(library => library.language === 'typescript'));
    indexes.set(libraries, index);
  }
  return index;
}

interface Tables {
  rows: Map<string, Api | Api[]>;
  supertypes: Map<string, string[]>;
  aliases: Map<string, string>;
  locks: Map<string, LockKind>;
}

function createIndex(libraries: readonly Library[]): LibraryIndex {
  const tables = readTables(libraries);
  const packageOf = (specifier: string): string => tables.aliases.get(specifier) ?? rootPackage(specifier);
  const rowOf = (external: string): Api | Api[] | undefined => {
    const hash = external.indexOf('#');
    const key = external.slice(hash + 1);
    const direct = tables.rows.get(external);
    if (direct) return direct;
    const dot = key.lastIndexOf('.');
    if (dot < 0 || key.startsWith('new ')) return undefined;
    const chain = ancestors(tables.supertypes, external.slice(0, hash + 1) + key.slice(0, dot));
    for (const member of [key.slice(dot + 1), '*']) {
      for (const type of chain) {
        const row = tables.rows.get(`${type}.${member}`);
        if (row) return row;
      }
    }
    return undefined;
  };
  const versionsOf = new Map(
    libraries.flatMap(library =>
      library.versionsOf === undefined ? [] : [[library.package, library.versionsOf] as const],
    ),
  );
  const named = (of: 'lazy' | 'waitedFor'): Set<string> =>
    new Set(libraries.flatMap(each => (each[of] ?? []).map(type => `${each.package}#${type}`)));
  const lazy = named('lazy');
  const waitedFor = named('waitedFor');
  const [outside, hosts] = [flagged(libraries, 'worksOutside'), flagged(libraries, 'logsUnhandledRejections')];
  const runners = libraries
    .filter(library => Object.values(library.apis).some(registersTests))
    .map(library => library.package);
  return {
    packageOf,
    tableOf: name => tables.aliases.get(name) ?? name,
    has: external => rowOf(external) !== undefined,
    worksOutside: external => packageAndScope(external).some(name => outside.has(name)),
    api(external, versionOf) {
      const row = rowOf(external);
      if (!row) return undefined;
      if (!Array.isArray(row) && row.versions === undefined) return row;
      const name = external.slice(0, external.indexOf('#'));
      const version = versionOf(versionsOf.get(name) ?? name);
      return (Array.isArray(row) ? row : [row]).find(api => inVersions(version, api.versions));
    },
    lock(type) {
      for (const ancestor of ancestors(tables.supertypes, type)) {
        const kind = tables.locks.get(ancestor);
        if (kind) return kind;
      }
      return undefined;
    },
    isLazy: type => lazy.has(type),
    isWaitedFor: type => waitedFor.has(type),
    isLoggingHost: specifier => hosts.has(packageOf(specifier)),
    testGlobal: name =>
      runners.map(library => `${library}#${name}`).find(external => isTestGlobal(name, tables.rows.get(external))),
  };
}

const flagged = (libraries: readonly Library[], flag: 'worksOutside' | 'logsUnhandledRejections'): Set<string> =>
  new Set(libraries.filter(each => each[flag]).map(each => each.package));

function packageAndScope(external: string): string[] {
  const name = external.slice(0, external.indexOf('#'));
  const [scope = name] = name.split('/');
  return [name, scope];
}

function readTables(libraries: readonly Library[]): Tables {
  const tables: Tables = { rows: new Map(), supertypes: new Map(), aliases: new Map(), locks: new Map() };
  for (const library of libraries) {
    const qualified = (type: string): string => (type.includes('#') ? type : `${library.package}#${type}`);
    for (const [key, row] of Object.entries(library.apis)) tables.rows.set(`${library.package}#${key}`, row);
    for (const [type, kind] of Object.entries(library.locks ?? {})) {
      const unitCalls = kind.unitCalls ?? unitCallsOf(library, type);
      tables.locks.set(qualified(type), unitCalls.length === 0 ? kind : { ...kind, unitCalls });
    }
    for (const [type, parents] of Object.entries(library.supertypes ?? {}))
      tables.supertypes.set(qualified(type), parents.map(qualified));
    for (const alias of library.aliases ?? []) tables.aliases.set(alias, library.package);
  }
  return tables;
}

/** Members of a lock type that the table says take it for the time of the call. */
const unitCallsOf = ({ apis }: Library, type: string): string[] =>
  Object.entries(apis).flatMap(([key, row]) => {
    const takes = (Array.isArray(row) ? row : [row]).some(api =>
      api.does.some(effect => effect.does === 'acquire' && effect.lock === 'receiver' && effect.heldFor === 'call'),
    );
    return takes && key.startsWith(`${type}.`) ? [key.slice(type.length + 1)] : [];
  });

/** The type and its supertypes, nearest first. */
function ancestors(supertypes: ReadonlyMap<string, string[]>, type: string): Set<string> {
  const found = new Set([type]);
  for (const each of found) for (const parent of supertypes.get(each) ?? []) found.add(parent);
  return found;
}

function rootPackage(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  if (isBuiltin(specifier)) return `node:${specifier}`;
  const [first = specifier, second] = specifier.split('/');
  return first.startsWith('@') && second !== undefined ? `${first}/${second}` : first;
}

function registersTests(row: Api | Api[] | undefined): boolean {
  const apis = row === undefined ? [] : Array.isArray(row) ? row : [row];
  return apis.some(api =>
    api.does.some(
      effect => effect.does === 'register' && (effect.entry.test === true || effect.entry.trigger === 'test'),
    ),
  );
}

/** What a test runner puts into the global scope: tests, hooks, suites (their bodies are called at once), `expect`. */
function isTestGlobal(name: string, row: Api | Api[] | undefined): boolean {
  if (row === undefined || registersTests(row)) return row !== undefined;
  const apis = Array.isArray(row) ? row : [row];
  return (
    name === 'expect' || apis.some(api => api.does.some(effect => effect.does === 'invoke' && effect.times === 'once'))
  );
}

/**
 * Whether a version (`4.2.1`, or a range `^4.0.0` from a manifest) is in a range of comparators (`>=5`, `<5`, `^3 || 4`).
 * Only majors and minors count. A version that is not known counts as the newest.
 */
export function inVersions(version: string | undefined, range: string | undefined): boolean {
  if (range === undefined) return true;
  const numbers = version === undefined ? undefined : /(\d+)(?:\.(\d+))?/.exec(version);
  const actual = numbers ? weight(numbers[1], numbers[2]) : Number.POSITIVE_INFINITY;
  return range
    .split('||')
    .some(alternative =>
      [...alternative.matchAll(/(>=|<=|>|<|\^|~|=)?\s*(\d+)(?:\.(\d+))?/g)].every(([, operator, major, minor]) =>
        holds(operator ?? '=', actual, weight(major, minor), weight(major, '9999')),
      ),
    );
}

function weight(major: string | undefined, minor: string | undefined): number {
  return Number(major) * 10_000 + Number(minor ?? 0);
}

function holds(operator: string, actual: number, from: number, lastOfMajor: number): boolean {
  if (operator === '>=') return actual >= from;
  if (operator === '>') return actual > lastOfMajor;
  if (operator === '<') return actual < from;
  if (operator === '<=') return actual <= lastOfMajor;
  return actual >= from && actual <= lastOfMajor;
}
