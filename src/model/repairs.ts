/**
 * How a finding can be mended, in no language's terms: what has to be done, and where. A front end turns it into edits
 * of its own syntax, or says that it cannot.
 */
import type { At } from './facts.ts';

export type Repair =
  /** Wait for the promise that the expression gives, where it stands. */
  | { kind: 'await'; at: At }
  /** Give the promise to the caller, who waits for what the function gives. */
  | { kind: 'return'; at: At }
  /**
   * The call is given a signal in hand: `signal` names it from a parameter on (`['options', 'signal']`). It goes to the
   * argument, or to an option of the options object there.
   */
  | { kind: 'pass-signal'; at: At; signal: readonly string[]; argument: number; option?: string }
  /** The promise is given a handler where it is started, so that whoever awaits it may come later. */
  | { kind: 'handle'; at: At }
  /** What the promise of settled results gives is looked at: those that failed are told. */
  | { kind: 'tell-rejected'; at: At }
  /** However the race ends, the timer that is started in it is cleared. */
  | { kind: 'clear-timer'; at: At; timer: At };

export interface PlacedRepair {
  file: string;
  repair: Repair;
}

/** UTF-16 offsets into the text of a file; an insertion when they are one. */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}
