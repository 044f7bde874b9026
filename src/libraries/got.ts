/** got: requests with a signal and time-outs in their options, or in those of the instance that makes them. */
import { defineLibrary, type Api, type Library } from './library.ts';
import { does, nothing, outside, same, sameMembers } from './rows.ts';
import { gotStub } from './stubs/got.ts';

const request = (options: number): Api => ({
  does: [],
  gives: 'promise',
  known: {
    outside: 'network',
    leavesTurn: true,
    signal: { argument: options, option: 'signal' },
    timeouts: [{ argument: options, option: 'timeout' }],
    endless: true,
  },
});
const streams: Api = { does: [{ does: 'make', type: 'Request' }], known: { outside: 'network' } };
const instance: Api = {
  does: [{ does: 'make', type: 'Got' }],
  known: { signal: { argument: 0, option: 'signal' }, timeouts: [{ argument: 0, option: 'timeout' }] },
};
const calls: Library['apis'] = {
  ...same(request(1), 'default', 'got', 'GotRequestFunction()', 'Got()'),
  // The verbs are fields of these function types.
  ...same(streams, 'GotStreamFunction()', 'GotStream()'),
};

export const got = defineLibrary({
  package: 'got',
  language: 'typescript',
  worksOutside: true,
  supertypes: { Request: ['node:stream#Duplex'] },
  apis: {
    ...calls,
    'Got.extend': instance,
    'GotPaginate.all': request(1),
    ...sameMembers('CancelableRequest', does({ does: 'cancel', what: 'receiver', how: 'cancel' }), 'cancel'),
    // Since version 14 they are promises of the body; before, members of the promise.
    ...sameMembers('CancelableRequest', outside('network'), 'json', 'text', 'buffer'),
    ...same(nothing, 'GotPaginate()', 'GotPaginate.each', 'calculateRetryDelay', 'parseLinkHeader'),
  },
  stub: gotStub,
  checked: { version: '14.6.6', how: 'fixtures/libraries/got (types only: it needs a network)' },
});
