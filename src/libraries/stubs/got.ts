/** Ambient declarations of got. */
export const gotStub = `
import { Duplex } from 'node:stream';
type Verb = 'get' | 'post' | 'put' | 'patch' | 'head' | 'delete';
export interface CancelableRequest<T = any> extends Promise<T> { cancel(): void; json<R = any>(): CancelableRequest<R>; text(): CancelableRequest<string>; buffer(): CancelableRequest<Buffer>; isCanceled: boolean }
export type GotRequestFunction = { (url: string | URL | object, options?: any): CancelableRequest<any> };
export class Request extends Duplex {}
export type GotStreamFunction = { (url: string | URL | object, options?: any): Request };
export type GotPaginate = { (url: any, options?: any): AsyncIterableIterator<any>; each(url: any, options?: any): AsyncIterableIterator<any>; all(url: any, options?: any): Promise<any[]> };
export type Got = {
  (url: string | URL | object, options?: any): CancelableRequest<any>;
  extend(...options: any[]): Got;
  paginate: GotPaginate;
  stream: GotStreamFunction & Record<Verb, GotStreamFunction>;
  defaults: any;
} & Record<Verb, GotRequestFunction>;
export const got: Got;
export default got;
export function calculateRetryDelay(options: any): number;
export function parseLinkHeader(link: string): any[];
`;
