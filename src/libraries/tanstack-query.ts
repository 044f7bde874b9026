/** TanStack Query: what refreshes the cache keeps its failures in the state of the queries; what gives data may reject. */
import { defineLibrary, type Api, type Arg, type Effect } from './library.ts';
import { does, entry, nothing, outside, same, sameMembers } from './rows.ts';
import { tanstackQueryStub } from './stubs/tanstack-query.ts';

/** The failure of a fetch is in the state of the query; the promise is rejected with it only on demand. */
const refreshing = (...argument: number[]): Api => ({
  does: [],
  gives: 'safe',
  known: {
    leavesTurn: true,
    rejectsWith: argument.map(index => ({ argument: index, option: 'throwOnError' })),
  },
});
/** It is awaited, and its failure is kept in the state of the query or mutation. */
const asked = (handler: Arg): Effect => ({
  does: 'register',
  handler,
  entry: entry('hook', { label: 'query', awaitsHandler: true, rejection: 'reported' }),
});
const options = (argument: number, ...names: string[]): Effect[] => names.map(option => asked({ argument, option }));
const query = does(asked(1), ...options(0, 'queryFn'), ...options(1, 'queryFn'));
const mutation = does(
  asked(0),
  asked(1),
  ...[0, 1, 2].flatMap(at => options(at, 'mutationFn', 'onMutate', 'onSuccess', 'onError', 'onSettled')),
);
const fetching: Api = { ...outside('network'), does: query.does };
const prefetching: Api = { ...refreshing(), does: query.does };

export const tanstackQuery = defineLibrary({
  package: '@tanstack/query-core',
  language: 'typescript',
  aliases: [
    '@tanstack/react-query',
    '@tanstack/vue-query',
    '@tanstack/solid-query',
    '@tanstack/svelte-query',
    '@tanstack/angular-query-experimental',
    'react-query',
  ],
  apis: {
    'new QueryClient': nothing,
    // A key of its own, as up to version 4, moves the options to the right.
    ...sameMembers('QueryClient', refreshing(1, 2), 'invalidateQueries', 'refetchQueries', 'resetQueries'),
    ...sameMembers('QueryClient', prefetching, 'prefetchQuery', 'prefetchInfiniteQuery'),
    ...sameMembers('QueryClient', refreshing(), 'cancelQueries', 'resumePausedMutations'),
    ...sameMembers('QueryClient', fetching, 'fetchQuery', 'fetchInfiniteQuery', 'query', 'infiniteQuery'),
    ...sameMembers('QueryClient', fetching, 'ensureQueryData', 'ensureInfiniteQueryData'),
    ...sameMembers('QueryClient', nothing, 'getQueryData', 'getQueriesData', 'getQueryState', 'getQueryCache'),
    ...sameMembers('QueryClient', nothing, 'setQueryData', 'setQueriesData', 'removeQueries', 'clear'),
    ...sameMembers('QueryClient', nothing, 'isFetching', 'isMutating', 'getMutationCache', 'getDefaultOptions'),
    ...sameMembers('QueryClient', nothing, 'setDefaultOptions', 'setQueryDefaults', 'setMutationDefaults'),
    'QueryObserverBaseResult.refetch': refreshing(0),
    'InfiniteQueryObserverBaseResult.fetchNextPage': refreshing(0),
    'InfiniteQueryObserverBaseResult.fetchPreviousPage': refreshing(0),
    'QueryObserver.refetch': refreshing(0),
    ...same(query, 'useQuery', 'useSuspenseQuery', 'useInfiniteQuery', 'useSuspenseInfiniteQuery', 'usePrefetchQuery'),
    ...same(query, 'createQuery', 'createInfiniteQuery', 'injectQuery', 'queryOptions', 'infiniteQueryOptions'),
    ...same(mutation, 'useMutation', 'createMutation', 'injectMutation', 'mutationOptions'),
    ...same(nothing, 'useQueryClient', 'injectQueryClient', 'useIsFetching', 'useIsMutating', 'useQueries'),
    ...same(nothing, 'hydrate', 'dehydrate', 'hashKey'),
  },
  stub: tanstackQueryStub,
  checked: { version: '5.108.4', how: 'fixtures/libraries/tanstack-query' },
});
