/** Short forms for writing tables: each gives plain data, so that a table stays a literal. */
import type { Copies } from '../model/copies.ts';
import type { EntryPoint, Knowledge } from '../model/facts.ts';
import type { Api, Arg, Effect, Passed } from './library.ts';

type Row = Api | Api[];
type Invoke = Extract<Effect, { does: 'invoke' }>;

/** An API that does nothing that matters to concurrency: known, so no gap. */
export const nothing: Api = { does: [] };

/** An API with these effects, in order. */
export const does = (...effects: Effect[]): Api => ({ does: effects });

/** Members of arguments become members of the first one, which the call gives. */
export const copying = (copies: Copies): Api => ({
  does: [{ does: 'give', what: { argument: 0 } }],
  known: { copies },
});

/** One row under several names. */
export const same = (row: Row, ...names: string[]): Record<string, Row> =>
  Object.fromEntries(names.map(name => [name, row]));

/** The rows of several members of a type: `members('Map', { get: … })` gives `Map.get`. */
export const members = (type: string, rows: Record<string, Row>): Record<string, Row> =>
  Object.fromEntries(Object.entries(rows).map(([name, row]) => [`${type}.${name}`, row]));

/** Members of a type that all have one row: `sameMembers('Map', nothing, 'clear', 'keys')`. */
export const sameMembers = (type: string, row: Row, ...names: string[]): Record<string, Row> =>
  same(row, ...names.map(name => `${type}.${name}`));

type Touch = Extract<Effect, { does: 'touch' }>;

/** Calls that read or change what a store has under the key in their first argument. */
export const touching =
  (store: Touch['store']) =>
  (mode: Touch['mode'], guard?: 'transaction'): Touch => ({
    does: 'touch',
    store,
    key: 0,
    mode,
    ...(guard ? { guard } : {}),
  });

/** Work outside of the process behind a promise: it leaves the turn and may reject. */
export const outside = (where: NonNullable<Knowledge['outside']>, more: Knowledge = {}): Api => ({
  does: [],
  gives: 'promise',
  known: { outside: where, leavesTurn: true, ...more },
});

/** Node's callback style: the last argument is called once, later, from the event loop. */
export const callbackLast = (where?: NonNullable<Knowledge['outside']>, before: Effect[] = []): Api => ({
  does: [...before, { does: 'invoke', callback: -1, when: 'later', times: 'once', passes: ['unknown', 'unknown'] }],
  ...(where === undefined ? {} : { known: { outside: where } }),
});

/** Calls the callback once per element, before the call returns. */
export const each = (callback: Arg, passes: Passed[]): Invoke => ({
  does: 'invoke',
  callback,
  when: 'now',
  times: 'each',
  passes,
});
/** Calls the callback once, before the call returns. */
export const once = (callback: Arg, passes: Passed[] = []): Invoke => ({
  does: 'invoke',
  callback,
  when: 'now',
  times: 'once',
  passes,
});
/** Calls the callback once, some time later. */
export const later = (callback: Arg, passes: Passed[] = []): Invoke => ({
  does: 'invoke',
  callback,
  when: 'later',
  times: 'once',
  passes,
});

/** What the framework or runtime says of a handler; `many` activations on the event loop unless told otherwise. */
export const entry = (
  trigger: string,
  more: Partial<Omit<EntryPoint, 'function' | 'trigger'>> = {},
): Omit<EntryPoint, 'function' | 'test' | 'label'> & {
  label?: string;
  test?: boolean;
} => ({
  trigger,
  instances: 'many',
  evidence: 'framework',
  awaitsHandler: false,
  rejection: 'crashes',
  confined: [],
  runsOn: 'event-loop',
  ...more,
});
