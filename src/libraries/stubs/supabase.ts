/** Ambient declarations of the Supabase client. */
const filters = [
  'eq neq gt gte lt lte like likeAllOf likeAnyOf ilike ilikeAllOf ilikeAnyOf is in contains containedBy rangeGt',
  'rangeGte rangeLt rangeLte rangeAdjacent overlaps textSearch match not or filter',
]
  .join(' ')
  .split(' ')
  .map(name => `  ${name}(...given: any[]): this;`)
  .join('\n');

const asked = (...names: string[]): string =>
  names.map(name => `  ${name}(...given: any[]): Promise<{ data: any; error: any }>;`).join('\n');

export const supabaseStub = `
export function createClient<Database = any>(url: string, key: string, options?: any): SupabaseClient<Database>;
export class SupabaseClient<Database = any> {
  constructor(url: string, key: string, options?: any);
  auth: GoTrueClient;
  storage: StorageClient;
  realtime: any;
  get functions(): FunctionsClient;
  from(relation: string, options?: any): PostgrestQueryBuilder;
  schema(name: string): PostgrestClient;
  rpc(name: string, args?: any, options?: any): PostgrestFilterBuilder;
  channel(name: string, options?: any): RealtimeChannel;
  getChannels(): RealtimeChannel[];
  removeChannel(channel: RealtimeChannel): Promise<'ok' | 'timed out' | 'error'>;
  removeAllChannels(): Promise<('ok' | 'timed out' | 'error')[]>;
}
export class PostgrestClient {
  constructor(url: string, options?: any);
  from(relation: string, options?: any): PostgrestQueryBuilder;
  schema(name: string): PostgrestClient;
  rpc(name: string, args?: any, options?: any): PostgrestFilterBuilder;
}
export class PostgrestQueryBuilder {
  select(columns?: string, options?: any): PostgrestFilterBuilder;
  insert(values: any, options?: any): PostgrestFilterBuilder;
  upsert(values: any, options?: any): PostgrestFilterBuilder;
  update(values: any, options?: any): PostgrestFilterBuilder;
  delete(options?: any): PostgrestFilterBuilder;
}
export abstract class PostgrestBuilder<T = any> implements PromiseLike<{ data: T; error: any }> {
  throwOnError(): this;
  setHeader(name: string, value: string): this;
  then<A = { data: T; error: any }, B = never>(fulfilled?: ((value: { data: T; error: any; count: any; status: number }) => A | PromiseLike<A>) | null, rejected?: ((reason: any) => B | PromiseLike<B>) | null): PromiseLike<A | B>;
  returns<R>(): PostgrestBuilder<R>;
  overrideTypes<R>(): PostgrestBuilder<R>;
}
export class PostgrestTransformBuilder<T = any> extends PostgrestBuilder<T> {
  select(columns?: string): PostgrestFilterBuilder;
  order(column: string, options?: any): this;
  limit(count: number, options?: any): this;
  range(from: number, to: number, options?: any): this;
  abortSignal(signal: AbortSignal): this;
  single(): PostgrestBuilder;
  maybeSingle(): PostgrestBuilder;
  csv(): PostgrestBuilder<string>;
  geojson(): PostgrestBuilder;
  explain(options?: any): PostgrestBuilder;
  rollback(): this;
  maxAffected(rows: number): this;
}
export class PostgrestFilterBuilder<T = any> extends PostgrestTransformBuilder<T> {
${filters}
}
export class GoTrueClient {
  admin: GoTrueAdminApi;
  mfa: any;
  onAuthStateChange(callback: (event: any, session: any) => void | Promise<void>): { data: { subscription: any } };
${asked('signUp', 'signInWithPassword', 'signInWithOAuth', 'signInWithOtp', 'signInAnonymously', 'verifyOtp', 'getSession', 'getUser', 'updateUser', 'setSession', 'refreshSession', 'signOut', 'resetPasswordForEmail', 'exchangeCodeForSession')}
}
export class GoTrueAdminApi {
${asked('createUser', 'deleteUser', 'getUserById', 'listUsers', 'updateUserById', 'generateLink', 'inviteUserByEmail', 'signOut')}
}
export class FunctionsClient {
  setAuth(token: string): void;
${asked('invoke')}
}
export class StorageBucketApi {
${asked('listBuckets', 'getBucket', 'createBucket', 'updateBucket', 'emptyBucket', 'deleteBucket')}
}
export class StorageClient extends StorageBucketApi {
  from(bucket: string): StorageFileApi;
}
export class BlobDownloadBuilder implements PromiseLike<{ data: any; error: any }> {
  then<A = { data: any; error: any }, B = never>(fulfilled?: ((value: { data: any; error: any }) => A | PromiseLike<A>) | null, rejected?: ((reason: any) => B | PromiseLike<B>) | null): PromiseLike<A | B>;
}
export class StorageFileApi {
  getPublicUrl(path: string, options?: any): { data: { publicUrl: string } };
  download(path: string, options?: any): BlobDownloadBuilder;
${asked('upload', 'update', 'move', 'copy', 'remove', 'list', 'createSignedUrl', 'createSignedUrls', 'uploadToSignedUrl')}
}
export class RealtimeChannel {
  on(type: string, filter: any, callback: (payload: any) => void): RealtimeChannel;
  subscribe(callback?: (status: any, error?: Error) => void, timeout?: number): RealtimeChannel;
  send(message: any, options?: any): Promise<'ok' | 'timed out' | 'error'>;
  track(payload: any, options?: any): Promise<'ok' | 'timed out' | 'error'>;
  untrack(options?: any): Promise<'ok' | 'timed out' | 'error'>;
  unsubscribe(timeout?: number): Promise<'ok' | 'timed out' | 'error'>;
}
`;
