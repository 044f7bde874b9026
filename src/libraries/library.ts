/**
 * Library knowledge as data: what an API does, in a closed vocabulary of effects that front ends lower into steps.
 * One package, one file. The same shape is open to users in the configuration (`libraries`), as plain JSON.
 */
import type { EntryPoint, Executor, Knowledge, LockKind, Wait } from '../model/facts.ts';

/**
 * Where a value of the call stands: an argument by index (negative: from the end), the receiver, an option of an
 * options-object argument (or a member of the receiver), or every argument from an index on (`{ from: 1 }`; for a
 * callback: those that are functions).
 * In an entry `Type()` (a call of a value of that type) the receiver is the value called.
 */
export type Arg = number | 'receiver' | { argument: number | 'receiver'; option: string } | { from: number };

/** How long it waits, possibly told by an option: `{ unless: option present, then }`. */
export type WaitRule =
  | Wait
  | {
      default: Wait;
      /** `likely`: it counts as given where the call does not tell (`find(id, options)`). */
      options: { at: Arg; equals?: string; wait: Wait; likely?: true }[];
    };
export type ModeRule =
  | 'exclusive'
  | 'shared'
  | 'permit'
  | {
      default: 'exclusive' | 'shared' | 'permit';
      options: { at: Arg; equals: string; mode: 'exclusive' | 'shared' | 'permit' }[];
    };

/** What a callback is given, by parameter position. */
export type Passed =
  /** Some element of the receiver (`xs.map(x => …)`) or of an argument. */
  | { element: Arg }
  /** The value of an argument or option. */
  | { argument: Arg }
  /** What the previous call of the callback returned (`reduce`). */
  | 'accumulator'
  /** The lock, the releaser, a `done` function that releases. */
  | 'lock'
  | 'token'
  | 'done'
  | 'resolve'
  | 'reject'
  | 'signal'
  | 'unknown'
  /** Fresh objects of this type: `(socket) => …`. */
  | { fresh: string };

/** What the call's value is, beyond what its type says. */
export type Given =
  | 'receiver'
  /**
   * One result per element: `map`; `Promise.all(xs.map(f))` then joins them all. Where the callback is left out
   * (`Array.from(xs)`): the elements themselves.
   */
  | 'results'
  /** The result of the (last) callback. */
  | 'result'
  /** The same elements as the receiver (or first argument): `filter`, `values()`. */
  | 'elements'
  /** … without so many of the first ones as the first argument says: `slice(1)`. */
  | 'rest'
  /** Pairs of a key and an element of the receiver (or first argument): `entries()`. */
  | 'entries'
  /** An iterator's step: an object whose `value` is an element of the receiver. */
  | 'step'
  /** The least or greatest of the arguments: the first or last of them, put in order by themselves. */
  | 'least'
  | 'greatest'
  | 'element'
  /** It returns, and gives nothing: `forEach`. */
  | 'nothing'
  | { argument: Arg }
  | { promiseOf: 'result' | 'results' | 'unknown' }
  | 'unknown';

/** What a call tells of the statement that it makes, or is a part of. */
export interface StatementPart {
  /** The table: its name, the class of its records, or an object that is of that class. */
  table?: Arg;
  /** The value that the row is found by. */
  key?: Arg;
  /** What the rows are found by: an object of columns, or a condition in SQL or a column, with values in further arguments. */
  where?: Arg[];
  /** The rows are found by something else besides. */
  others?: true;
  lock?: RowMode | { at: Arg[]; modes: Record<string, RowMode> };
  /** When it is given, rows that others have locked are passed over. */
  skips?: true | Arg;
  session?: Arg;
}
/** The rows: `{ rows }`, `rows`, `[rows, …]`. */
export type SqlAnswer = 'rows' | 'list' | 'pair';

/** When an object is a connection, or a client in a transaction, rather than a pool. */
export interface SessionRule {
  /** It is declared as one of these types. */
  is?: string[];
  /** … as none of these. */
  isNot?: string[];
  /** It is a parameter or a local variable, or a member of an object of one of these types. */
  givenOrOf?: string[];
}

/** `try`: exclusive, and it fails where another has locked a row. */
export type RowMode = 'exclusive' | 'shared' | 'try';

export type Effect =
  /** A constructor or factory: the result is a fresh object of this type (`package#Type` when not of this package). */
  | {
      does: 'make';
      type: string;
      holds?: Arg;
      /** What members of the object are: a query runner's `connection` is the data source that made it. */
      members?: Record<string, Arg>;
    }
  /** Takes a lock. `async`: the call gives a promise of the token. */
  | {
      does: 'acquire';
      lock: Arg;
      /** The type of the lock, where it is a member of the receiver, or named by a path. */
      lockIs?: string;
      key?: Arg;
      keysAre?: 'batch' | 'one-by-one';
      mode?: ModeRule;
      units?: Arg;
      wait?: WaitRule;
      failure?: 'throws' | 'falsy';
      async: boolean;
      /** `token`: a function that releases (or an object with `ends` members that do). */
      gives: 'token' | 'value-and-token' | 'nothing' | 'boolean';
      /** Members of the token that release it, when it is an object: `release`, `unlock`. */
      releasedBy?: string[];
      /** The call gives back what it took before it ends (`pool.query`): acquire, then release, no token. */
      heldFor?: 'call';
    }
  | { does: 'release'; lock?: Arg; key?: Arg; token?: Arg; async?: boolean }
  /**
   * Sends text in SQL (`text`: the first argument or its option that is known) over a connection, which then holds what
   * the text locks (`sqlLocks.ts`). `locks`: the package whose table has the kinds `AdvisoryLock` and `Row`. `sessionIf`:
   * when it is one connection; a pool, which has the call too, holds nothing. `answer`: where the rows stand in what the
   * promise gives.
   */
  | {
      does: 'query';
      text: Arg[];
      values: Arg[];
      session: Arg;
      sessionIf?: SessionRule;
      answer?: SqlAnswer;
      locks: string;
    }
  /**
   * A statement that locks the rows that it finds, where it is told to: a session holds them until its transaction ends.
   * `parts`: what the call itself tells, by its name (`get`, `Repository.get`; `()` where a value is called, `*` any other), and with `sent` each
   * call of the chain that it stands in. `sent`: by this call, or by the last one of the chain, which is awaited.
   * `session` of the first call, unless a part names one.
   */
  | {
      does: 'lock-rows';
      parts: Record<string, StatementPart>;
      sent?: 'here' | 'at-end';
      session?: Arg;
      sessionIf?: SessionRule;
      locks: string;
    }
  /** Ends the transaction of a connection, or (`whole`, or when that is given) the connection. */
  | { does: 'end-session'; session: Arg; whole?: true | Arg }
  /** Takes the lock, runs the callback, waits for what it returns, releases; gives a promise of the callback's result. */
  | {
      does: 'run-locked';
      lock: Arg;
      key?: Arg;
      keysAre?: 'batch' | 'one-by-one';
      mode?: ModeRule;
      units?: Arg;
      wait?: WaitRule;
      failure?: 'throws' | 'falsy' | 'runs-with-null';
      callback: Arg;
      passes?: Passed[];
      /**
       * async-lock: a callback that declares a first parameter gets `done` and its promise is not awaited. `alone`: nothing
       * else ends the section, and what a callback with another number of parameters is given is not known.
       */
      doneWhenDeclared?: boolean | 'alone';
      /** The lock may be lost before the callback ends: after a time (`maxExecutionTime`, ttl). */
      freesEarly?: Arg;
      /** What the callback is given first is a session with the store, which ends with it. */
      endsSession?: true;
      /** The callback may be left out: then the call gives what is held, and these members of it give it back. */
      withoutCallback?: { releasedBy: string[] };
      async: boolean;
    }
  /** The same lock, waited for in another way. */
  | { does: 'view'; of: Arg; wait: Wait }
  /** Waits until the lock is free, and takes nothing. */
  | {
      does: 'wait';
      on: Arg;
      for: 'event' | 'condition' | 'queue' | 'unlock' | 'message' | 'idle';
      wait?: WaitRule;
      event?: Arg;
      async: boolean;
    }
  | { does: 'notify'; on: Arg; how: 'set' | 'clear' | 'notify' | 'put' | 'emit'; event?: Arg }
  /**
   * Calls the callback. `now`: before the call returns; `later`: some time after, from the event loop, on its own.
   * `awaits`: what it returns is awaited before going on (then the call gives a promise).
   */
  | {
      does: 'invoke';
      callback: Arg;
      when: 'now' | 'later';
      times: 'once' | 'each' | 'many';
      awaits?: boolean;
      parallel?: boolean;
      /** How many run at once, when told by an argument or option (`concurrency`); absent or not given: all. */
      bound?: Arg;
      passes?: Passed[];
      /** What the callback is given first is a session with a store, which ends with it. */
      endsSession?: true;
      /** The store of the task that holds a value while the callback runs; without `value` it holds nothing. */
      within?: { store: Arg; value?: Arg };
      /**
       * What becomes of what the callback returns: `value`: taken as a plain value (a predicate), `ignored`: nothing,
       * `taken`: given back or kept. Absent: `ignored` where it is called later, else `taken`.
       */
      returns?: 'value' | 'ignored' | 'taken';
    }
  | { does: 'give'; what: Given }
  /** `array.push(x)`, `set.add(x)`, `map.set(k, v)`: the value becomes an element of the container. */
  | { does: 'put'; into: Arg; value: Arg; key?: Arg }
  /**
   * `map.get(k)`, `array.at(i)`, `pop()`: the call gives an element of the container. `presence` (`map.has(k)`): the
   * element is looked for, and the call tells only whether it is there.
   */
  | { does: 'take'; from: Arg; key?: Arg; removes?: boolean; presence?: boolean }
  | { does: 'remove'; from: Arg; key?: Arg }
  /** `sort(cmp)`: the result (and, with `inPlace`, the receiver) is put in order by the comparator. */
  | { does: 'order'; of: Arg; comparator?: Arg; inPlace?: boolean }
  /** Promise machinery. */
  | { does: 'combine'; values: Arg; until: 'all' | 'settled' | 'first' | 'any' }
  | { does: 'chain'; of: Arg; onFulfilled?: Arg; onRejected?: Arg; onFinally?: Arg }
  | { does: 'settled-promise'; value?: Arg; how: 'resolve' | 'reject' }
  | { does: 'executor'; callback: Arg }
  | { does: 'with-resolvers' }
  /** Starts work by contract; the call gives the handle. */
  | {
      does: 'spawn';
      how: 'task' | 'thread' | 'process' | 'timer' | 'interval' | 'immediate' | 'microtask';
      body?: Arg;
      runsOn: Executor;
      passes?: Passed[];
      /** Of an interval: the milliseconds from one run to the next. */
      period?: Arg;
    }
  | { does: 'cancel'; what: Arg; how: 'abort' | 'cancel' | 'clear' | 'close' | 'unref' | 'exit' }
  /**
   * Registers a handler that the outside calls: a route, a job handler, a signal handler, a test. In `label`, `{0}`
   * stands for the constant text of argument 0: `POST {0}`.
   */
  | {
      does: 'register';
      handler: Arg;
      entry: Omit<EntryPoint, 'function' | 'test' | 'label'> & { label?: string; test?: boolean };
      passes?: Passed[];
      /** With one of these constants, nothing is left to do about a rejection of the handler. */
      quietFor?: { at: Arg; equals: string[] };
    }
  /** Adds a listener of an event (constant or value) to an emitter; `emit` calls them all, now, in order. */
  | {
      does: 'listen';
      on: Arg;
      event: Arg | { name: string };
      callback: Arg;
      once?: boolean;
      removes?: boolean;
      entry?: Partial<EntryPoint>;
      /** With one of these constants, nothing is left to do about a rejection of the listener. */
      quietFor?: { at: Arg; equals: string[] };
    }
  | { does: 'emit'; on: Arg; event: Arg; passesFrom: number }
  | { does: 'block'; what: 'sleep' | 'file' | 'network' | 'process' | 'cpu' | 'wait'; slow?: boolean }
  /** Reads or writes a place outside of the process. */
  | {
      does: 'touch';
      store: 'file' | 'row' | 'entry' | 'name';
      key: Arg;
      mode: 'read' | 'write' | 'update' | 'delete';
      guard?: 'none' | 'version' | 'exclusive-create' | 'transaction';
    }
  /** The arguments (promises) have an owner from here on. */
  | { does: 'own'; promises: number[] }
  | { does: 'bind'; callee: Arg; self?: Arg; from: number }
  | { does: 'call'; callee: Arg; self?: Arg; from: number; spread?: boolean };

export interface Api {
  /** In order. Empty: the API does nothing that matters (then it is known, not a gap). */
  does: Effect[];
  known?: Knowledge;
  /** What the call gives when no types are installed. `declared`: as declared, where one name gives this or that. */
  gives?: 'promise' | 'lazy' | 'safe' | 'value' | 'declared';
  /**
   * Installed versions it holds for (majors: `>=5`, `<5`); absent: all. Several entries: an array, the first that holds
   * is taken; a version that is not known counts as the newest.
   */
  versions?: string;
}

export interface Library {
  /** npm package, or `lib` (language and DOM), or `node:fs`. */
  package: string;
  language: 'typescript' | 'python';
  /** Other module names that mean the same package: `fs`, `timers/promises`. */
  aliases?: string[];
  /** The package whose versions count, where this one only declares its types. */
  versionsOf?: string;
  /** Facts of every lock type, by type name of this package. */
  locks?: Record<string, LockKind>;
  /**
   * By name: `withTimeout` (an export), `default` (the default export), `Mutex.acquire` (a method), `new Mutex`
   * (a constructor), `LimitFunction()` (a call of a value of that type), `Pool.*` (any other method of the type),
   * `static EventEmitter.once` (a static whose name an instance member has too), `Get()` (the decorator `@Get(…)` put on a
   * method or class, which is argument 0; options of a class are its methods), `set captureRejections` (an assignment to
   * a setting; the value is argument 0).
   */
  apis: Record<string, Api | Api[]>;
  /** Types of promises and thenables whose work does not begin before they are awaited (or `then` is called). */
  lazy?: string[];
  /** Function types that return nothing as they are declared, and whose promises the library waits for all the same. */
  waitedFor?: string[];
  /**
   * The package is the API of a host program: code that imports it runs there, and a rejection that nobody handles is only
   * logged.
   */
  logsUnhandledRejections?: boolean;
  /** What it gives comes from files, the network, a database: also promises of what has no entry may reject. */
  worksOutside?: boolean;
  /** Types whose subtypes inherit the entries: `pg#Pool extends node:events#EventEmitter` needs no row of its own. */
  supertypes?: Record<string, string[]>;
  /**
   * Ambient declarations (the body of a `.d.ts`) used only when the project's dependencies are not installed: just the
   * part that `apis` names, written by hand. It is the body of a `declare module '<package>' { … }` block (so nothing in
   * it says `declare`; `export =` and imports are allowed); for `lib`: top-level ambient declarations, global.
   */
  stub?: string;
  /** What the entries were checked against, for `rules --libraries`: version, and the test that ran it. */
  checked?: { version: string; how: string };
}

/** Identity with a type: a table is a literal. */
export const defineLibrary = (library: Library): Library => library;
