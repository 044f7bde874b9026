/** The members of event emitters, for every table whose types have them. */
import type { Library } from './library.ts';
import { does, entry, members, nothing, same } from './rows.ts';

type Rows = Library['apis'];

/** What a listener is as an entry point: called for each event, by nobody who waits for it. */
const listener = entry('event', { evidence: 'inferred' });

const emitter: Rows = {
  ...same(
    does(
      { does: 'listen', on: 'receiver', event: 0, callback: 1, entry: listener },
      { does: 'give', what: 'receiver' },
    ),
    'on',
    'addListener',
    'prependListener',
  ),
  ...same(
    does(
      { does: 'listen', on: 'receiver', event: 0, callback: 1, once: true, entry: { ...listener, instances: 'once' } },
      { does: 'give', what: 'receiver' },
    ),
    'once',
    'prependOnceListener',
  ),
  ...same(
    does({ does: 'listen', on: 'receiver', event: 0, callback: 1, removes: true }, { does: 'give', what: 'receiver' }),
    'off',
    'removeListener',
  ),
  emit: does({ does: 'emit', on: 'receiver', event: 0, passesFrom: 1 }),
  ...same(does({ does: 'give', what: 'receiver' }), 'removeAllListeners', 'setMaxListeners'),
  ...same(nothing, 'listeners', 'rawListeners', 'listenerCount', 'eventNames', 'getMaxListeners'),
};

const isOnce = (name: string): boolean => name.toLowerCase().includes('once');

/** `on`, `once`, … of a port, whose events are messages from another thread or process. */
export const portRows = (type: string): Rows =>
  members(
    type,
    Object.fromEntries(
      ['on', 'once', 'addListener', 'prependListener', 'prependOnceListener'].map(name => [
        name,
        does(
          {
            does: 'listen',
            on: 'receiver',
            event: 0,
            callback: 1,
            ...(isOnce(name) ? { once: true } : {}),
            entry: entry('message', { evidence: 'inferred', confined: [0], instances: isOnce(name) ? 'once' : 'many' }),
          },
          { does: 'give', what: 'receiver' },
        ),
      ]),
    ),
  );

/** Members of Node's EventEmitter, as members of `type`. */
export const emitterRows = (type: string, without: readonly string[] = []): Rows =>
  members(type, Object.fromEntries(Object.entries(emitter).filter(([name]) => !without.includes(name))));

/** Members of the DOM's EventTarget, as members of `type`. */
export const targetRows = (type: string): Rows =>
  members(type, {
    addEventListener: does({
      does: 'listen',
      on: 'receiver',
      event: 0,
      callback: 1,
      entry: { ...listener, confined: [0] },
    }),
    removeEventListener: does({ does: 'listen', on: 'receiver', event: 0, callback: 1, removes: true }),
    dispatchEvent: does({ does: 'emit', on: 'receiver', event: 0, passesFrom: 0 }),
  });
