/** Ambient declarations of rxjs. */
const functions =
  'mergeMap switchMap concatMap exhaustMap catchError mergeScan map filter scan reduce takeWhile skipWhile distinct groupBy tap finalize take takeUntil skip first last debounceTime delay throttleTime distinctUntilChanged share shareReplay startWith retry timeout mergeAll switchAll concatAll toArray withLatestFrom bufferTime';
export const rxjsStub = `
export interface Observer<T = any> { next(value: T): void; error(error: any): void; complete(): void }
export class Subscription { readonly closed: boolean; unsubscribe(): void; add(teardown: any): void; remove(teardown: any): void }
export class Subscriber<T = any> extends Subscription { next(value?: T): void; error(error?: any): void; complete(): void }
export class Observable<T = any> {
  constructor(subscribe?: (subscriber: Subscriber<T>) => any);
  subscribe(observer?: Partial<Observer<T>> | ((value: T) => void), error?: ((error: any) => void) | null, complete?: (() => void) | null): Subscription;
  forEach(next: (value: T) => void): Promise<void>;
  pipe(...operators: any[]): Observable<any>;
  toPromise(): Promise<T | undefined>;
}
export class Subject<T = any> extends Observable<T> { next(value?: T): void; error(error: any): void; complete(): void; unsubscribe(): void; asObservable(): Observable<T> }
export class BehaviorSubject<T = any> extends Subject<T> { constructor(value: T); readonly value: T; getValue(): T }
export class ReplaySubject<T = any> extends Subject<T> { constructor(size?: number) }
export type OperatorFunction<T = any, R = any> = (source: Observable<T>) => Observable<R>;
${functions
  .split(' ')
  .map(name => `export function ${name}(run?: any, ...args: any[]): OperatorFunction<any, any>;`)
  .join('\n')}
export function from<T = any>(input: any): Observable<T>;
export function defer<T = any>(make: () => any): Observable<T>;
${'of interval timer merge concat combineLatest forkJoin zip race throwError fromEvent'
  .split(' ')
  .map(name => `export function ${name}(...args: any[]): Observable<any>;`)
  .join('\n')}
export function isObservable(value: any): boolean;
export function firstValueFrom<T>(source: Observable<T>, config?: any): Promise<T>;
export function lastValueFrom<T>(source: Observable<T>, config?: any): Promise<T>;
`;
