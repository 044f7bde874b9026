/** Ambient declarations of TanStack Query: the client, and what its hooks give. */
const hooks = 'useQuery useSuspenseQuery createQuery injectQuery';
const infinite = 'useInfiniteQuery useSuspenseInfiniteQuery createInfiniteQuery';
const mutations = 'useMutation createMutation injectMutation';
const functions = (names: string, type: string): string =>
  names
    .split(' ')
    .map(name => `export function ${name}(...options: any[]): ${type};`)
    .join('\n');
const plain = `isFetching isMutating getQueryData getQueriesData setQueryData setQueriesData getQueryState removeQueries
  getQueryCache getMutationCache getDefaultOptions setDefaultOptions setQueryDefaults setMutationDefaults clear mount unmount`
  .split(/\s+/)
  .map(name => `  ${name}(...args: any[]): any;`)
  .join('\n');

export const tanstackQueryStub = `
export type QueryKey = any;
export interface QueryClientConfig { queryCache?: any; mutationCache?: any; defaultOptions?: any }
export class QueryClient {
  constructor(config?: QueryClientConfig);
${plain}
  invalidateQueries(filters?: any, options?: any, more?: any): Promise<void>;
  refetchQueries(filters?: any, options?: any, more?: any): Promise<void>;
  resetQueries(filters?: any, options?: any, more?: any): Promise<void>;
  cancelQueries(filters?: any, options?: any, more?: any): Promise<void>;
  prefetchQuery(options: any, run?: any, more?: any): Promise<void>;
  prefetchInfiniteQuery(options: any, run?: any, more?: any): Promise<void>;
  fetchQuery<T = any>(options: any, run?: any, more?: any): Promise<T>;
  fetchInfiniteQuery<T = any>(options: any, run?: any, more?: any): Promise<T>;
  ensureQueryData<T = any>(options: any, run?: any, more?: any): Promise<T>;
  ensureInfiniteQueryData<T = any>(options: any): Promise<T>;
  query<T = any>(options: any): Promise<T>;
  infiniteQuery<T = any>(options: any): Promise<T>;
  resumePausedMutations(): Promise<unknown>;
}
export interface QueryObserverBaseResult<T = any, E = any> {
  data: any; error: any; status: any; fetchStatus: any;
  isError: any; isFetched: any; isFetching: any; isLoading: any; isPending: any; isRefetching: any; isStale: any; isSuccess: any;
  refetch: (options?: any) => Promise<any>;
}
export interface InfiniteQueryObserverBaseResult<T = any, E = any> extends QueryObserverBaseResult<T, E> {
  fetchNextPage: (options?: any) => Promise<any>;
  fetchPreviousPage: (options?: any) => Promise<any>;
  hasNextPage: any; hasPreviousPage: any; isFetchingNextPage: any; isFetchingPreviousPage: any;
}
export interface MutationResult<T = any, E = any> {
  data: any; error: any; status: any; variables: any;
  isError: any; isIdle: any; isLoading: any; isPending: any; isSuccess: any;
  mutate: (variables?: any, options?: any) => void;
  mutateAsync: (variables?: any, options?: any) => Promise<any>;
  reset: () => void;
}
export type UseQueryResult<T = any, E = any> = QueryObserverBaseResult<T, E>;
export type UseInfiniteQueryResult<T = any, E = any> = InfiniteQueryObserverBaseResult<T, E>;
export type UseMutationResult<T = any, E = any, V = any, C = any> = MutationResult<T, E>;
export type UseQueryOptions<T = any, E = any, D = any, K = any> = any;
export type UseMutationOptions<T = any, E = any, V = any, C = any> = any;
${functions(hooks, 'QueryObserverBaseResult')}
${functions(infinite, 'InfiniteQueryObserverBaseResult')}
${functions(mutations, 'MutationResult')}
${functions('useQueryClient injectQueryClient', 'QueryClient')}
${functions('useQueries createQueries useIsFetching useIsMutating useMutationState usePrefetchQuery queryOptions infiniteQueryOptions mutationOptions keepPreviousData hydrate dehydrate useHydrate hashKey', 'any')}
export class QueryCache { constructor(config?: any); [member: string]: any }
export class MutationCache { constructor(config?: any); [member: string]: any }
export const QueryClientProvider: any;
export const HydrationBoundary: any;
export const Hydrate: any;
export const QueryErrorResetBoundary: any;
export const focusManager: any;
export const onlineManager: any;
export const notifyManager: any;
export const skipToken: any;
`;
