/** What the library tables say of an external call that no step of the model expresses. */
import type { Copies } from './copies.ts';

/** What the tables say of an external call that no other step expresses. */
export interface Knowledge {
  /** The promise that it returns rejects only on misuse, or in a state that a program hardly gets into. */
  rarelyRejects?: boolean;
  /** The promise it returns never rejects; where `signal` is known too, unless one is given. */
  neverRejects?: boolean;
  /**
   * A promise that never rejects, or owns its errors (`gives: 'safe'`), rejects all the same with one of these: an option
   * that is given as true (`throwOnError`); without `option` the promise given there, or that of the function given there.
   */
  rejectsWith?: { argument: number; option?: string }[];
  /**
   * An option that, when true, makes the object made handle the rejections of what its listeners return; without one, the
   * argument makes all emitters do so.
   */
  listensToRejections?: { argument: number; option?: string };
  /** It cannot throw (synchronously). */
  neverThrows?: boolean;
  /** It is an assertion: as long as nobody awaits what it gives, it asserts nothing. */
  asserts?: boolean;
  /** It tells of the keys or the number of what its receiver holds, and never gets to what is held: `map.keys()`. */
  onlyKeys?: boolean;
  /** It throws on input that it does not take: `JSON.parse`. */
  raises?: boolean;
  /** These arguments (promises) have an owner from here on: `ctx.waitUntil(p)`. */
  owns?: number[];
  /**
   * Its promise settles once somebody takes what the call gives away (the other end of a stream): whoever waits for it
   * before that may wait for ever.
   */
  settledByReader?: boolean;
  /** It suspends the awaiting task for real (timer, I/O), not just for a micro-task; false: for a micro-task at most. */
  leavesTurn?: boolean;
  /** It reads a store that belongs to the task (async-local storage). */
  readsContext?: boolean;
  /** It tells whether the lock that it is called on is taken just now. */
  tellsTaken?: boolean;
  /** From here on the outside can reach the handlers registered so far (`server.listen`). */
  serves?: boolean;
  /** It serves from the start when this option is given (`new WebSocketServer({ port })`). */
  servesWith?: { argument: number; option: string };
  /**
   * From here on a termination signal stops intake and waits for what is in flight: of the argument, of the receiver, or
   * of everything that the program serves.
   */
  drains?: number | 'receiver' | 'all';
  /** From here on the program talks with the person at its terminal, who leaves it: a command, however long it runs. */
  interactive?: boolean;
  /** It reaches outside of the process. */
  outside?: 'network' | 'file' | 'database' | 'process' | 'timer' | 'user';
  /**
   * The object it makes is a resource with its own life (a Worker, a child process, a server), ended by these members.
   * `toldBy`: events of the object that the call is made on which tell the ends of all that it makes. `tellsEnd`: it has
   * events of its own for its end and failure.
   */
  resource?: Record<'ends' | 'observedBy', string[]> & {
    what: 'thread' | 'process' | 'timer' | 'interval' | 'server' | 'connection' | 'stream';
    toldBy?: string[];
    tellsEnd?: boolean;
  };
  /** A call on a builder that is not run before it is awaited; `chain`: gives the same builder again. */
  builder?: 'chain' | 'run';
  /** When the receiver turns out to be a pool, awaiting the result takes one unit of it for its time. */
  takesUnit?: boolean;
  /** The work of the receiver (a builder) runs on what is given here: it takes no unit of its own. */
  usesGiven?: boolean;
  /** Members of some arguments become members of another object: `Object.assign(a, b)`, `Object.create(p)`. */
  copies?: Copies;
  /** Index of the argument, and option name when it is an options object, that takes an AbortSignal. */
  signal?: { argument: number; option?: string };
  /** Options that bound how long it lasts; of a factory: how long the calls of what it makes last. */
  timeouts?: { argument: number; option: string }[];
  /** It lasts as long as the other side likes, unless a signal or one of `timeouts` is given. */
  endless?: boolean;
}
