/**
 * The language-neutral concurrency model: what a front end says about one source file.
 *
 * Facts are a value graph per function (what flows where) plus structured control flow whose steps refer to values by
 * number. Locks, promises, releasers, handles, keys and signals are values; analyses follow them, front ends do not.
 * Everything here is plain JSON: no syntax, no functions, no cycles. Nothing depends on who imports the file.
 */
import type { Knowledge } from './knowledge.ts';
import type { LockKind } from './lockKind.ts';

export type { Knowledge, LockKind };

/** Raise whenever the meaning of a field changes: facts of another schema are never read. */
export const FACTS_SCHEMA = 1;

/**
 * `src/pool.ts#` is the module body, `src/pool.ts#Pool.take` a method, `src/pool.ts#Pool.constructor` the constructor
 * (also when the class declares none: field initialisers live there). Closures are named by where they go:
 * `src/pool.ts#Pool.take/runExclusive:0`, `src/a.ts#routes/app.get("/x"):1`; `~2` only for equal names.
 */
export type FunctionId = string;
/** Ordinal of a step inside its function, in source order; unique in the function, nested blocks included. */
export type StepId = number;
/** Index into `FunctionFacts.values`. */
export type ValueId = number;
/** UTF-16 offsets into the file, end exclusive; `ModuleFacts.lineStarts` turns them into lines. */
export type At = readonly [start: number, end: number];
/**
 * `src/a.ts#Account` for a project class, interface or type alias of an object type; `async-mutex#Mutex` for a
 * package's; `node:worker_threads#Worker`; `lib#Map`, `lib#Promise` for the language's own (also DOM).
 */
export type TypeId = string;

export type Executor = 'event-loop' | 'thread' | 'process';
/** How long an acquisition or wait may last: for ever, until a timeout that exists, or not at all. */
export type Wait = 'endless' | 'bounded' | 'try';
export type Count =
  | { kind: 'exactly'; n: number }
  | { kind: 'config' | 'unbounded' | 'unknown' }
  | { kind: 'length'; of: ValueId }
  /** `source`: request-body, rows, directory, file-lines, recursion … */
  | { kind: 'data'; source: string };

export interface ModuleFacts {
  schema: number;
  /** Path relative to the audit root, `/` separators. */
  file: string;
  language: string;
  /** Content digest of the text. */
  digest: string;
  lineStarts: number[];
  /**
   * What the file itself says of where it runs: in a page, on a system such as Node, or in a host program that only logs
   * a rejection which nobody handles; absent: nothing tells.
   */
  platform?: 'page' | 'system' | 'host';
  /** A test file of the audited project (RULES, "Tests of the audited project"). */
  test: boolean;
  /** The module body is the first one. */
  functions: FunctionFacts[];
  types: TypeFacts[];
  /** Exported name → a value of the module body, or another module's export (`name: '*'` = the whole namespace). */
  exports: Record<string, { value: ValueId } | { file: string; name: string }>;
  /** Project files whose exports this one re-exports whole (`export *`). */
  exportsAll: string[];
  /** Project files that this one imports (for "the part of the project connected to it by imports"), sorted. */
  imports: string[];
  /** Those of `imports` of which only types are taken: the file is not what makes them run. */
  importsTypes?: string[];
  /** What is known of every lock type that the file makes or uses, by the type id; from the library tables. */
  locks: Record<TypeId, LockKind>;
  declared: Declared[];
  suppressions: Suppression[];
  gaps: Gap[];
}

export interface FunctionFacts {
  id: FunctionId;
  /** What a person calls it: `Pool.take`, `transfer`, `callback of runExclusive in Pool.take`. */
  name: string;
  at: At;
  /** Where the name (or the arrow, for closures) stands: what a finding about the function points at. */
  nameAt: At;
  /** `initial`: the default value, evaluated in the function. */
  parameters: {
    name: string;
    type: TypeId | null;
    optional: boolean;
    rest: boolean;
    initial?: ValueId;
    /**
     * It is a signal (or cancel token; path empty), or has one at the path. `used`: the body names it, whole or that part.
     * `taken`: what a pattern calls that part.
     */
    signal?: { path: string[]; used: boolean; optional: boolean; taken?: string };
  }[];
  /**
   * What a call gives. `promise`: an `async` function (its body is a task; a promise that it returns is joined by it).
   * `coroutine`: runs nothing until awaited (Python). `value`: an ordinary function, also one that returns a promise.
   */
  calling: 'value' | 'promise' | 'coroutine' | 'generator' | 'async-generator';
  /** The enclosing function, null for the module body. */
  parent: FunctionId | null;
  /** The class whose method it is: `self` is an instance of it (or the class itself when `isStatic`). */
  owner: TypeId | null;
  isStatic: boolean;
  /** Made by the front end for a library call or field initialisers; has no text of its own. */
  synthetic: boolean;
  /** Variables of enclosing functions that the body (or a closure inside it) uses. Slot `this` is the outer `self`. */
  captures: { from: FunctionId; slot: string; assignedAgain: boolean }[];
  /**
   * Variables (and parameters) of this function that inner closures capture, and, for a module body, every top-level
   * variable, function and class: slot → what it holds, `value` null when nothing is ever assigned.
   * When `assignedAgain`, it is also a shared place: each assignment is an `access` write step on the place
   * `{ root: { kind: 'captured', from: <this function>, slot } }` (module body: `{ kind: 'module' }`), each read a `read`.
   */
  slots: Record<string, { value: ValueId | null; assignedAgain: boolean; type: TypeId | null; at: At }>;
  values: Value[];
  body: Block;
  /** Functions given to somebody who says by contract what becomes of what they return; in source order. */
  contracts?: Contract[];
  /** Expressions that a promise would be mistaken in, as far as they may be one; in source order. */
  plainUses?: PlainUse[];
  /** `@lockOrder`, `@serial`, `@detached` … written at this declaration. */
  declared?: Declared[];
}

/** A function given away: as an argument, option, property, attribute, or to a variable with a declared type. */
export interface Contract {
  /** The expression that is the function. */
  at: At;
  callback: ValueId;
  /**
   * What becomes of what it returns: nobody looks at it; it is taken as a plain value (a predicate, a comparator); it is
   * the next call's first argument (`reduce`).
   */
  result: 'ignored' | 'value' | 'accumulated';
  /** Who calls it, in words: `forEach`, `the "signup" listener`, `onClick`. */
  taker: string;
  /**
   * How it is called, where that matters: again and again whether or not the last call has ended; or once, while a
   * promise is made, which its own rejection does not reach.
   */
  how?: 'interval' | 'executor' | 'listener';
  /** Of an interval whose period is a constant: the milliseconds. */
  period?: number;
  /** The emitter that a listener was added to. */
  emitter?: ValueId;
  /** A library table says so, or only the declared type does. */
  source: 'library' | 'declared';
  /** What the function's own type says that it returns; absent: not told. */
  gives?: 'promise' | 'maybe-promise';
}

/** A value used where only plain values make sense. */
export interface PlainUse {
  /** The expression. */
  at: At;
  value: ValueId;
  /** `spread`: into an object, array or argument list. */
  as: 'condition' | 'compared' | 'template' | 'computed' | 'spread';
  /** What its type says: `or-value`: a promise or a plain value; absent: nothing is known. */
  gives?: 'promise' | 'or-value';
}

/** Where a lock, promise, token, key, handle, function or shared value comes from. */
export type Value =
  /** `text` is the literal as JSON: `"a"`, `3`, `null`, `true`; `undefined` stands as it is. */
  | { kind: 'constant'; text: string }
  /** A function or closure made here; a class used as a value is `{ kind: 'class' }`. */
  | { kind: 'function'; id: FunctionId }
  | { kind: 'class'; type: TypeId }
  | { kind: 'read'; place: Place }
  /** What a call, chain, spawn or acquire step gives. A `call` with `newOf` gives the new object. */
  | { kind: 'result'; of: StepId }
  /** What awaiting gives: the settled value of the promise `of`. */
  | { kind: 'settled'; of: ValueId }
  /** An object literal, or anything else with named parts made here. Spread sources come first in time. */
  | { kind: 'object'; fields: Record<string, ValueId>; spreads: ValueId[]; type: TypeId | null; at: At }
  /** An array or tuple literal. `spreads`: indexes into `values` that are spread. */
  | { kind: 'array'; values: ValueId[]; spreads: number[]; at: At }
  /** One part of a tuple, array, Map, Set …: `key` a constant index/name, a value, or null for "some element". */
  | { kind: 'element'; of: ValueId; key: number | string | { value: ValueId } | null }
  /** `rest`: the list without so many of its first elements (`const [first, ...others] = list`, `list.slice(1)`). */
  | { kind: 'from'; values: ValueId[]; how: 'copy' | 'compute'; rest?: number }
  /** A template string: constant parts and values, in order. */
  | { kind: 'template'; parts: (string | ValueId)[] }
  /** `?:`, `??`, `||`, `&&`, or a local assigned on several paths (then `when` is null). With `when`: [if true, if false]. */
  | { kind: 'choice'; values: ValueId[]; when: Condition | null }
  /**
   * The same elements as `of`, put in order: sort, toSorted, min/max pairs. `key`: the path of fields compared
   * (empty: the elements themselves); null: no usable order (random, unknown comparator). `falling`: the greatest first.
   */
  | {
      kind: 'ordered';
      of: ValueId;
      key: string[] | null;
      falling?: true;
      elements: 'primitive' | 'object' | 'unknown';
    }
  /** The same lock seen through a wrapper that changes how one waits: `withTimeout(m, 500)`, `tryAcquire(m)`. */
  | { kind: 'view'; of: ValueId; wait: Wait }
  /** The promise of a combinator: awaiting it joins the values (each may be an array of promises). */
  | { kind: 'combined'; values: ValueId[]; until: 'all' | 'settled' | 'first' | 'any'; at: At }
  | { kind: 'unknown'; text: string };

export type Condition =
  | { kind: 'truthy' | 'nullish'; value: ValueId }
  | { kind: 'equal' | 'less'; left: ValueId; right: ValueId }
  | { kind: 'not'; of: Condition }
  | { kind: 'and' | 'or'; of: Condition[] }
  | { kind: 'other'; reads: ValueId[] };

export type Block = Step[];
export type Step =
  | Call
  | Spawn
  | Await
  | Chain
  | Settle
  | Acquire
  | Release
  | WaitFor
  | Notify
  | Access
  | Blocking
  | Cancel
  | Register
  | Yield
  | Drop
  | Branch
  | Loop
  | Try
  | Exit;
interface StepBase {
  id: StepId;
  at: At;
}

/**
 * What the type of a call says of its result, where the front end asked (a dropped call, a stored one, a returned one
 * in an untyped callee, …). `lazy`: a thenable that does nothing until awaited. `safe`: a promise or thenable that owns
 * its errors. `unknown`: `any` or unresolved. Absent: not asked.
 */
export type Gives = 'promise' | 'maybe-promise' | 'promises' | 'thenable' | 'lazy' | 'safe' | 'value' | 'unknown';

/** A call. Whether it starts a task is decided at link from the callee's `calling`; its value then is the handle. */
export interface Call extends StepBase {
  kind: 'call';
  target: Target;
  receiver?: ValueId;
  /** A value per argument; arguments that matter to nobody are `constant`/`unknown` values. */
  args: ValueId[];
  /** Indexes into `args` that are spread. */
  spreads?: number[];
  /** `new X(…)`, or a factory known to make one (`pLimit(2)`): the type made. The result is a fresh object. */
  newOf?: TypeId;
  /** `new` of a value whose type is not known: a fresh object of whatever the value is. */
  constructs?: boolean;
  /** While it runs, and what it starts, this store of the task holds the value; without a value it holds nothing. */
  within?: { store: ValueId; value?: ValueId };
  /** `o?.f()`: may not happen. `function`: `f?.()`, the function itself may be missing, as a callback may. */
  optional?: true | 'function';
  gives?: Gives;
  /** From the library tables, for external targets: what the call is known to do besides (see `Knowledge`). */
  known?: Knowledge;
  /** It has no entry in the tables, and the package is known to work outside of the process: what it gives may reject. */
  worksOutside?: true;
  /** It loads a module, which is there from then on: whoever needs it loads it again, and hears of a failure there. */
  loads?: true;
  /** How the call can be ended early, also where a function of the front end's own stands for the API. */
  stopping?: Stopping;
}

/** What ends a call early, by the tables and the declared types of the callee. */
export interface Stopping {
  /** Where the callee takes a signal (or cancel token), and what is there. */
  signal?: OptionUse;
  /** Options that bound how long it lasts. */
  timeouts?: OptionUse[];
  /** It lasts as long as the other side likes, unless one of these is given. */
  endless?: boolean;
  outside?: Knowledge['outside'];
  /** What the API is called on, where a function of the front end's own stands for it. */
  on?: ValueId;
}

/** What a call has at an argument, or at an option of an options-object argument. */
export interface OptionUse {
  argument: number;
  option?: string;
  /**
   * `given`: it is written at the call. `carried`: the argument (or something spread into it) has it by its type.
   * `absent`: it has not. `unknown`: the type does not tell.
   */
  how: 'given' | 'carried' | 'absent' | 'unknown';
  /** What is given, or carries it. */
  value?: ValueId;
}

/** Work started by contract (timers, threads, `create_task`); its result is the handle. */
export interface Spawn extends StepBase {
  kind: 'spawn';
  how: 'task' | 'thread' | 'process' | 'timer' | 'interval' | 'immediate' | 'microtask';
  body: ValueId;
  args: ValueId[];
  runsOn: Executor;
  times: Count;
  /** `weak`: the runtime may collect the task when nobody else holds the handle (Python). */
  keeps: 'strong' | 'weak';
}
/** A suspension point that joins what flows into `values`. */
export interface Await extends StepBase {
  kind: 'await';
  values: ValueId[];
  until: 'all' | 'settled' | 'first' | 'any';
  wait: Wait;
  strength: 'none' | 'micro' | 'macro' | 'callee';
}
/** `.then/.catch/.finally`: its result is a new promise. A handler that is `undefined`/`null`/absent is left out. */
export interface Chain extends StepBase {
  kind: 'chain';
  of: ValueId;
  onFulfilled?: ValueId;
  onRejected?: ValueId;
  onFinally?: ValueId;
}
/** `resolve(x)` / `reject(e)` of a promise made here or elsewhere. */
export interface Settle extends StepBase {
  kind: 'settle';
  promise: ValueId | Place;
  how: 'resolve' | 'reject';
}
/** Takes a lock. The step's result is the token (releaser). Blocks this task (or thread) until granted. */
export interface Acquire extends StepBase {
  kind: 'acquire';
  lock: ValueId | Place;
  /** For keyed locks (async-lock, Web Locks, redlock): which one of the family; several are taken as `keysAre` says. */
  key?: ValueId;
  keysAre?: 'batch' | 'one-by-one';
  mode: 'exclusive' | 'shared' | 'permit';
  units: Count;
  wait: Wait;
  /** What it waits as `wait` says for (a signal, the transaction to use): where that is null or undefined, it waits for ever. */
  waitIf?: ValueId;
  /** The connection to a store that holds it: what ends that, or its transaction, gives it back too. */
  session?: ValueId;
  /** A `try` or `bounded` acquisition that fails throws, or gives a falsy token. */
  failure: 'throws' | 'falsy';
}
/** Gives back what a token stands for, a lock, or all that a session holds. */
export interface Release extends StepBase {
  kind: 'release';
  token?: ValueId;
  lock?: ValueId | Place;
  key?: ValueId;
  /** All that this connection holds for its transaction, and with `whole` all that it holds. */
  session?: { of: ValueId; whole: boolean };
}
export interface WaitFor extends StepBase {
  kind: 'wait';
  on: ValueId | Place;
  for: 'event' | 'condition' | 'queue' | 'unlock' | 'message' | 'idle';
  releases?: ValueId | Place;
  wait: Wait;
}
export interface Notify extends StepBase {
  kind: 'notify';
  on: ValueId | Place;
  how: 'set' | 'clear' | 'notify' | 'put' | 'emit';
}
/** A read or write of a place that can be shared: module variable, captured variable, field, entry. */
export interface Access extends StepBase {
  kind: 'access';
  place: Place;
  mode: 'read' | 'write' | 'update' | 'delete' | 'iterate';
  value?: ValueId;
  atomic: boolean;
  guard: 'none' | 'version' | 'exclusive-create' | 'transaction';
}
export interface Blocking extends StepBase {
  kind: 'blocking';
  what: 'sleep' | 'file' | 'network' | 'process' | 'cpu' | 'wait';
  api: string;
  size: Count;
}
export interface Cancel extends StepBase {
  kind: 'cancel';
  what: ValueId | Place;
  how: 'abort' | 'cancel' | 'clear' | 'close' | 'unref' | 'exit';
  /** `exit`: the status that is given. */
  code?: ValueId;
}
/** From here on the outside may start the handler: everything before it in this function is its start-up. */
export interface Register extends StepBase {
  kind: 'register';
  handler: ValueId;
  entry: EntryPoint;
}
export type Yield = StepBase & { kind: 'yield'; value?: ValueId; delegate: boolean };
/** A value nobody takes: an expression statement, `void f()`, an overwritten or never read variable. */
export interface Drop extends StepBase {
  kind: 'drop';
  value: ValueId;
  how: 'statement' | 'void' | 'overwritten' | 'unused';
}
export interface Branch extends StepBase {
  kind: 'branch';
  condition: Condition;
  /** The condition is that the module is the program that was started: `require.main === module`. */
  asProgram?: true | undefined;
  arms: { when: 'true' | 'false' | 'case' | 'default'; body: Block; fallsThrough: boolean }[];
}
export interface Loop extends StepBase {
  kind: 'loop';
  label?: string;
  condition?: Condition;
  test: 'before' | 'after' | 'none';
  over?: ValueId;
  /** `for await`. */
  awaitsEach: boolean;
  times: Count;
  body: Block;
  orElse: Block;
}
export interface Try extends StepBase {
  kind: 'try';
  body: Block;
  /** `catches` empty: everything. */
  handlers: { catches: string[]; binding?: ValueId; body: Block }[];
  orElse: Block;
  finally: Block;
}
export interface Exit extends StepBase {
  kind: 'exit';
  how: 'return' | 'throw' | 'break' | 'continue';
  label?: string;
  value?: ValueId;
}

/** A location: a root and a path of fields and keys. `type` is the declared type of the root object, when known. */
export interface Place {
  root: Root;
  type: TypeId | null;
  path: PathStep[];
}
/**
 * `of` is the type that declares the field (`src/a.ts#Account`), when the checker knows it: two fields of one name in
 * unrelated types are two fields. `on:x` is the slot of the listeners of event `x` of an emitter.
 */
export type PathStep = { field: string; of?: TypeId } | { key: ValueId | string } | { any: true };
export type Root =
  | { kind: 'module'; file: string; name: string }
  | { kind: 'self' }
  | { kind: 'parameter'; index: number }
  | { kind: 'captured'; from: FunctionId; slot: string }
  | { kind: 'value'; of: ValueId }
  | { kind: 'external'; name: string }
  | { kind: 'store'; store: 'file' | 'row' | 'entry' | 'name'; key: ValueId }
  | { kind: 'unknown'; text: string };

export interface TypeFacts {
  id: TypeId;
  name: string;
  at: At;
  kind: 'class' | 'interface';
  isAbstract: boolean;
  supertypes: TypeId[];
  /** Own methods, accessors as `get x` / `set x`; bodies only. */
  methods: Record<string, FunctionId>;
  statics: Record<string, FunctionId>;
  /** Methods that only the class itself can call: `private`, `protected`, `#name`. */
  hidden?: string[];
  /**
   * Own members that implement or override one declared to return nothing, and may return a promise: member → the
   * declaration, in words (`Plugin.onLoad`).
   */
  voids?: Record<string, string>;
  /** Decorated methods: what a call really calls, as a value of the module body. Absent names call `methods`. */
  decorated?: Record<string, ValueId>;
  /** The function that runs field initialisers and the constructor's body. */
  construct: FunctionId | null;
  /**
   * `initial`: a value of the constructor's function. Parameter properties are fields. `hidden`: declared private or
   * protected, so that code outside of the project does not read it. `optional`: declared as one that may be absent.
   */
  fields: Record<
    string,
    {
      type: TypeId | null;
      readonly: boolean;
      isStatic: boolean;
      at: At;
      initial?: ValueId;
      hidden?: boolean;
      optional?: boolean;
    }
  >;
  scope: 'one' | 'per-request' | 'many' | 'unknown';
}
/** Code that the outside starts. Link adds exports, mains and test files; front ends the registered ones. */
export interface EntryPoint {
  function?: FunctionId;
  /** `route`, `event`, `input` (what a person does in a page), `timer`, `interval`, `message`, `signal`, `main`, `export`, `test`, `worker`, `job`, `hook`. */
  trigger: string;
  /** What a person calls it: `POST /transfer`, `"data" event`. */
  label: string;
  /**
   * `signal`: the constant name of what the process is told (`SIGTERM`, `uncaughtException`); absent: not constant.
   * `hook`: `end` when it runs as whoever made the program's objects ends them; `main`: `start`.
   */
  event?: string;
  instances: 'once' | 'serial' | 'many';
  evidence: 'framework' | 'inferred' | 'exported';
  awaitsHandler: boolean;
  /** `all-reported`: also that of a promise that nobody looks at, as a failure of what runs or of all that runs. */
  rejection: 'reported' | 'all-reported' | 'lost' | 'crashes';
  /** The parameter whose call ends it, where the handler has one; what fails unseen before that keeps it from ending. */
  endedBy?: number;
  /** Indexes of parameters that belong to one activation (req, res, ctx). */
  confined: number[];
  runsOn: Executor;
  test: boolean;
}
export type Target =
  /** Exactly these bodies (a function declaration, a const function, a private or static method, `super.m`). */
  | { kind: 'functions'; ids: FunctionId[] }
  /** A method call on `receiver`; dispatch over the type's subtypes is link's work. */
  | { kind: 'method'; type: TypeId; name: string }
  /** A call of a function value: parameter, variable, field, element. */
  | { kind: 'value'; of: ValueId }
  /** Declared outside the project: `node:fs/promises#copyFile`, `lib#Map.get`, `async-mutex#Mutex.acquire`. */
  | { kind: 'external'; name: string }
  | { kind: 'unresolved'; text: string };
export interface Declared {
  at: At;
  tag: 'lockOrder' | 'guardedBy' | 'holds' | 'serial' | 'detached' | 'reentrant';
  names: string[];
  /** What it is written at, when that is no function: a variable `pool`, a field `Account.lock`, a class `Account`. */
  of?: string;
  reason?: string;
}
export interface Suppression {
  at: At;
  scope: 'next-line' | 'line' | 'file';
  rules: string[];
  reason: string;
  until?: string;
}
/** A package of the audited project, from its manifest. */
export interface PackageFacts {
  name: string;
  /** Folder relative to the audit root, '' for the root itself. */
  root: string;
  /** Export sub-path (`.`, `./x`) → project source file. */
  exports: Record<string, string>;
  /** Source files that `bin`, `main` and scripts start. */
  entries: string[];
  /** True when the manifest has an entry of its own (exports, main, module, types, bin). */
  hasEntry: boolean;
  /** Of `entries`: those that nothing but `bin` starts. */
  commands?: string[];
  /** Of `entries`: those that only upkeep starts (`build`, `publish` …), and where there are others those for development. */
  development?: string[];
  tests: string[];
}
/** Something that was seen and could not be expressed. Counted, never silent. */
export interface Gap {
  at: At;
  /** kebab-case, a closed vocabulary per front end: `declaration-without-source`, `dynamic-property`, `eval` … */
  reason: string;
  text: string;
}
