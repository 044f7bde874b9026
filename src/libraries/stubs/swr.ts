/** Ambient declarations of SWR and of the modules that it is made of. */
export const swrStub = `
export type Key = any;
export type Fetcher<D = any, K = any> = (...args: any[]) => D | Promise<D>;
export type KeyedMutator<D = any> = (data?: any, options?: any) => Promise<D | undefined>;
export interface ScopedMutator { (key: any, data?: any, options?: any): Promise<any> }
export type SWRConfiguration<D = any, E = any, F = any> = Record<string, any>;
export interface SWRResponse<D = any, E = any> {
  data: D | undefined;
  error: E | undefined;
  mutate: KeyedMutator<D>;
  isValidating: boolean;
  isLoading: boolean;
}
export const mutate: ScopedMutator;
export function useSWRConfig(): { mutate: ScopedMutator; cache: any; [option: string]: any };
export function preload(key: any, fetcher: (...args: any[]) => any): any;
export function unstable_serialize(key: any): string;
export const SWRConfig: any;
export default function useSWR<D = any, E = any>(key: any, fetcher?: any, options?: any): SWRResponse<D, E>;
`;
export const swrMutationStub = `
export interface SWRMutationResponse<D = any, E = any> {
  data: D | undefined;
  error: E | undefined;
  isMutating: boolean;
  trigger: (argument?: any, options?: any) => Promise<D>;
  reset: () => void;
}
export default function useSWRMutation<D = any, E = any>(key: any, fetcher: any, options?: any): SWRMutationResponse<D, E>;
`;
export const swrInfiniteStub = `
export type SWRInfiniteKeyedMutator<D = any> = (data?: any, options?: any) => Promise<D | undefined>;
export interface SWRInfiniteResponse<D = any, E = any> {
  data: D[] | undefined;
  error: E | undefined;
  isValidating: boolean;
  isLoading: boolean;
  size: number;
  setSize: (size: number | ((size: number) => number)) => Promise<D[] | undefined>;
  mutate: SWRInfiniteKeyedMutator<D[]>;
}
export default function useSWRInfinite<D = any, E = any>(key: any, fetcher?: any, options?: any): SWRInfiniteResponse<D, E>;
export function unstable_serialize(key: any): string;
`;
