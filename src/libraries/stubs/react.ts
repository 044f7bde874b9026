/** Ambient declarations of React, and of Preact, which has the same hooks. */
const hooks = `
export type ReactNode = any;
export type FC<P = any> = (props: P) => ReactNode;
export type ComponentType<P = any> = any;
export type Dispatch<A> = (value: A) => void;
export type SetStateAction<S> = S | ((previous: S) => S);
export type DependencyList = readonly unknown[];
export type EffectCallback = () => void | (() => void);
export interface RefObject<T> { current: T }
export interface Context<T> { Provider: any; Consumer: any }
export namespace JSX {
  type Element = any;
  interface IntrinsicElements { [name: string]: any }
}
export function useEffect(effect: EffectCallback, dependencies?: DependencyList): void;
export function useLayoutEffect(effect: EffectCallback, dependencies?: DependencyList): void;
export function useInsertionEffect(effect: EffectCallback, dependencies?: DependencyList): void;
export function useEffectEvent<F extends Function>(run: F): F;
export function useCallback<F extends Function>(run: F, dependencies: DependencyList): F;
export function useMemo<T>(make: () => T, dependencies: DependencyList): T;
export function useState<S>(initial: S | (() => S)): [S, Dispatch<SetStateAction<S>>];
export function useState<S = undefined>(): [S | undefined, Dispatch<SetStateAction<S | undefined>>];
export function useReducer(reducer: (state: any, action: any) => any, initial: any, make?: (initial: any) => any): [any, Dispatch<any>];
export function useRef<T>(initial: T): RefObject<T>;
export function useContext<T>(context: Context<T>): T;
export function useId(): string;
export function useDeferredValue<T>(value: T): T;
export function useDebugValue<T>(value: T): void;
export function useTransition(): [boolean, (run: () => any) => void];
export function useSyncExternalStore<T>(subscribe: (changed: () => void) => () => void, snapshot: () => T, server?: () => T): T;
export function useImperativeHandle(ref: any, make: () => any, dependencies?: DependencyList): void;
export function startTransition(run: () => any): void;
export function lazy(load: () => Promise<any>): any;
export function memo<T>(component: T, equal?: (before: any, after: any) => boolean): T;
export function forwardRef<T, P = any>(render: (props: P, ref: any) => ReactNode): any;
export function createContext<T>(value: T): Context<T>;
export function createRef<T>(): RefObject<T | null>;
export function createElement(...args: any[]): any;
export function cloneElement(...args: any[]): any;
export function isValidElement(value: any): boolean;
export const Fragment: any;
export const Suspense: any;
export const StrictMode: any;
export class Component<P = any, S = any> {
  constructor(props: P);
  readonly props: P;
  state: S;
  setState(state: any, done?: () => void): void;
  forceUpdate(done?: () => void): void;
}
`;
export const reactStub = `${hooks}
const React: typeof import('react');
export default React;
`;
export const preactStub = `${hooks}
export type FunctionComponent<P = any> = FC<P>;
export type FunctionalComponent<P = any> = FC<P>;
export type ComponentChild = any;
export type ComponentChildren = any;
export type VNode<P = any> = any;
export type Ref<T> = any;
export type StateUpdater<S> = SetStateAction<S>;
export function h(...args: any[]): any;
export function render(...args: any[]): void;
export function hydrate(...args: any[]): void;
export function useErrorBoundary(caught?: (error: any) => any): [any, () => void];
const preact: typeof import('preact');
export default preact;
`;
