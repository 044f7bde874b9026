/** What a runnable test of a deadlock is made of: who runs, and where each task has to stop until the others are there. */

/** How a participant is started. */
export type ReproEntry =
  /** An exported function, or a member of something exported. */
  | { kind: 'call'; file: string; path: string[]; parameters: ReproParameter[] }
  /** A method of an exported class, of which one instance is made for all participants. */
  | {
      kind: 'method';
      file: string;
      type: string;
      constructor: ReproParameter[];
      member: string;
      parameters: ReproParameter[];
    }
  /** The body of a module: it runs when the module is loaded. */
  | { kind: 'module'; file: string }
  /** Nothing that a test can name: the reader has to start it. */
  | { kind: 'unknown'; what: string; place: string };

export interface ReproParameter {
  name: string;
  /** The name of its declared type. */
  type: string | null;
}
export interface ReproTask {
  /** What it does, in words. */
  title: string;
  entry: ReproEntry;
}
/** An API that takes a lock: after it, or at the beginning of its callback, a task holds the lock. */
export interface ReproStop {
  package: string;
  type: string;
  member: string;
  /** The argument that is run under the lock; null: the lock is held when the promise of the call is fulfilled. */
  callback: number | null;
}
export interface ReproPlan {
  rule: string;
  /** `file:line:column` of the finding. */
  place: string;
  language: string;
  tasks: ReproTask[];
  stops: ReproStop[];
  /** What the plan cannot know, one sentence each. */
  unknown: string[];
}
