/** rxjs: operators and subscribers are called for each value; only the flattening operators await what they return. */
import { defineLibrary, type Api, type Library } from './library.ts';
import { does, nothing, same, sameMembers } from './rows.ts';
import { rxjsStub } from './stubs/rxjs.ts';

const receiver = does({ does: 'give', what: 'receiver' });
/** Streams are no promises. */
const made: Api = { does: [], gives: 'value' };
/** Called for each value, some time after: what it returns is a value like any other. */
const operator: Api = does({
  does: 'invoke',
  callback: 0,
  when: 'later',
  times: 'many',
  passes: ['unknown', 'unknown'],
  returns: 'taken',
});
/** Called for its effects alone. */
const effect: Api = does({ does: 'invoke', callback: { from: 0 }, when: 'later', times: 'many', passes: ['unknown'] });
/** A promise that it returns is awaited, and its rejection goes to the subscriber. */
const flattening: Api = does({
  does: 'invoke',
  callback: 0,
  when: 'later',
  times: 'many',
  awaits: true,
  passes: ['unknown', 'unknown'],
});
const operators: Library['apis'] = {
  ...same(flattening, 'mergeMap', 'switchMap', 'concatMap', 'exhaustMap', 'catchError', 'defer', 'mergeScan'),
  ...same(operator, 'map', 'filter', 'scan', 'reduce', 'takeWhile', 'skipWhile', 'distinct', 'groupBy'),
  ...same(effect, 'tap', 'finalize'),
  ...same(made, 'of', 'interval', 'timer', 'merge', 'concat', 'combineLatest', 'forkJoin', 'zip', 'race'),
  ...same(made, 'throwError', 'fromEvent'),
  ...same(nothing, 'take', 'takeUntil', 'skip', 'first', 'last', 'debounceTime', 'delay'),
  ...same(nothing, 'throttleTime', 'distinctUntilChanged', 'share', 'shareReplay', 'startWith', 'retry', 'timeout'),
  ...same(nothing, 'mergeAll', 'switchAll', 'concatAll', 'toArray', 'withLatestFrom', 'bufferTime', 'isObservable'),
};

export const rxjs = defineLibrary({
  package: 'rxjs',
  language: 'typescript',
  aliases: ['rxjs/operators'],
  supertypes: {
    Subject: ['Observable'],
    BehaviorSubject: ['Subject'],
    ReplaySubject: ['Subject'],
    AsyncSubject: ['Subject'],
    ConnectableObservable: ['Observable'],
    Subscriber: ['Subscription'],
    SafeSubscriber: ['Subscriber'],
  },
  apis: {
    ...operators,
    // A promise has an owner where it becomes a stream.
    from: { ...made, does: [{ does: 'own', promises: [0] }] },
    'new Observable': does({
      does: 'invoke',
      callback: 0,
      when: 'later',
      times: 'many',
      passes: [{ fresh: 'Subscriber' }],
    }),
    ...same(nothing, 'new Subject', 'new BehaviorSubject', 'new ReplaySubject', 'new Subscription'),
    // Nobody waits for what a subscriber returns.
    'Observable.subscribe': {
      does: [
        { does: 'invoke', callback: { from: 0 }, when: 'later', times: 'many', passes: ['unknown'] },
        ...['next', 'error', 'complete'].map(option => ({
          does: 'invoke' as const,
          callback: { argument: 0, option },
          when: 'later' as const,
          times: 'many' as const,
          passes: ['unknown' as const],
        })),
      ],
    },
    'Observable.forEach': {
      does: [{ does: 'invoke', callback: 0, when: 'later', times: 'many', passes: ['unknown'], returns: 'ignored' }],
      gives: 'promise',
      known: { leavesTurn: true },
    },
    'Observable.pipe': receiver,
    ...sameMembers('Subject', nothing, 'next', 'error', 'complete', 'asObservable', 'unsubscribe'),
    'BehaviorSubject.getValue': nothing,
    ...sameMembers('Subscriber', nothing, 'next', 'error', 'complete'),
    'Subscription.unsubscribe': does({ does: 'cancel', what: 'receiver', how: 'cancel' }),
    'Subscription.add': does({ does: 'invoke', callback: 0, when: 'later', times: 'once' }),
    'Subscription.remove': nothing,
    ...same({ does: [], gives: 'promise', known: { leavesTurn: true } }, 'firstValueFrom', 'lastValueFrom'),
    'Observable.toPromise': { does: [], gives: 'promise', known: { leavesTurn: true } },
  },
  stub: rxjsStub,
  checked: { version: '7.8.2', how: 'fixtures/libraries/rxjs; run in test/libraryPools.test.ts' },
});
