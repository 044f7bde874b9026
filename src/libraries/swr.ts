/** SWR: fetching again keeps the failure in the state of the key; a mutation fails as the promise that it is given. */
import { defineLibrary, type Api, type Arg, type Effect } from './library.ts';
import { does, entry, nothing, once, outside, same } from './rows.ts';
import { swrMutationStub, swrInfiniteStub, swrStub } from './stubs/swr.ts';

/** Without data it fetches again; with data it takes that, and fails as the promise of it, or of the function, does. */
const mutator = (data: number): Api => ({
  does: [{ does: 'own', promises: [data] }],
  gives: 'safe',
  known: { leavesTurn: true, rejectsWith: [{ argument: data }] },
});
/** It is awaited, and its failure is kept in the state of the key. */
const fetcher = (handler: Arg): Effect => ({
  does: 'register',
  handler,
  entry: entry('hook', { label: 'fetcher', awaitsHandler: true, rejection: 'reported' }),
});

export const swr = defineLibrary({
  package: 'swr',
  language: 'typescript',
  aliases: ['swr/immutable'],
  apis: {
    // The same for all hooks, each of which is what a module of the package exports.
    default: does(fetcher(1), fetcher({ argument: 1, option: 'fetcher' }), fetcher({ argument: 2, option: 'fetcher' })),
    'KeyedMutator()': mutator(0),
    'SWRInfiniteKeyedMutator()': mutator(0),
    'SWRResponse.mutate': mutator(0),
    'SWRInfiniteResponse.mutate': mutator(0),
    'SWRInfiniteResponse.setSize': { does: [], gives: 'safe', known: { leavesTurn: true } },
    'ScopedMutator()': mutator(1),
    mutate: mutator(1),
    'SWRMutationResponse.trigger': outside('network'),
    preload: does(once(1, ['unknown']), { does: 'give', what: 'result' }),
    ...same(nothing, 'useSWRConfig', 'unstable_serialize'),
  },
  stub: swrStub,
  checked: { version: '2.5.1', how: 'fixtures/libraries/swr' },
});

/** Modules of the package that export other hooks; what those give is known under the package's name. */
export const swrModules = [
  defineLibrary({ package: 'swr/mutation', language: 'typescript', apis: {}, stub: swrMutationStub }),
  defineLibrary({ package: 'swr/infinite', language: 'typescript', apis: {}, stub: swrInfiniteStub }),
];
