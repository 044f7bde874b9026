/**
 * Supabase: statements are builders that are not sent before they are awaited; they and the other parts of the client tell
 * of a failure in what they resolve to (`{ error }`) and do not reject, unless a builder is told to.
 */
import { defineLibrary, type Api } from './library.ts';
import { entry, nothing, sameMembers } from './rows.ts';
import { supabaseStub } from './stubs/supabase.ts';

const sent = { builder: 'chain', outside: 'database', leavesTurn: true, neverThrows: true } as const;
const statement: Api = { does: [], gives: 'lazy', known: { ...sent, neverRejects: true } };
const chain: Api = { ...statement, does: [{ does: 'give', what: 'receiver' }] };
/** From here on the builder rejects: it counts as another one. */
const rejecting: Api = { ...statement, known: sent };
/** A part of the client, or what a statement is begun with. */
const part: Api = { does: [], known: { neverThrows: true } };
/** Sent at once; the failure is in what it resolves to. */
const asked: Api = { does: [], gives: 'safe', known: { outside: 'network', leavesTurn: true } };
const download: Api = { does: [], gives: 'lazy', known: { outside: 'network', leavesTurn: true, neverRejects: true } };
const listening = (argument: number): Api => ({
  does: [
    {
      does: 'register',
      handler: argument,
      entry: entry('event', { label: 'realtime', instances: 'many', awaitsHandler: false, rejection: 'crashes' }),
    },
    { does: 'give', what: 'receiver' },
  ],
});

export const supabase = defineLibrary({
  package: '@supabase/supabase-js',
  language: 'typescript',
  worksOutside: true,
  aliases: [
    '@supabase/postgrest-js',
    '@supabase/auth-js',
    '@supabase/storage-js',
    '@supabase/functions-js',
    '@supabase/realtime-js',
  ],
  lazy: ['PostgrestBuilder', 'PostgrestTransformBuilder', 'PostgrestFilterBuilder', 'BlobDownloadBuilder'],
  supertypes: {
    PostgrestTransformBuilder: ['PostgrestBuilder'],
    PostgrestFilterBuilder: ['PostgrestTransformBuilder'],
    StorageClient: ['StorageBucketApi'],
  },
  apis: {
    createClient: nothing,
    'new SupabaseClient': nothing,
    ...sameMembers('SupabaseClient', part, 'from', 'schema', 'channel', 'getChannels'),
    'SupabaseClient.rpc': statement,
    ...sameMembers('SupabaseClient', asked, 'removeChannel', 'removeAllChannels'),
    'new PostgrestClient': nothing,
    ...sameMembers('PostgrestClient', part, 'from', 'schema'),
    'PostgrestClient.rpc': statement,
    ...sameMembers('PostgrestQueryBuilder', statement, 'select', 'insert', 'upsert', 'update', 'delete'),
    'PostgrestFilterBuilder.*': chain,
    'PostgrestTransformBuilder.*': chain,
    'PostgrestTransformBuilder.abortSignal': chain,
    'PostgrestBuilder.*': chain,
    'PostgrestBuilder.throwOnError': rejecting,
    'PostgrestTransformBuilder.throwOnError': rejecting,
    'PostgrestFilterBuilder.throwOnError': rejecting,
    'GoTrueClient.*': asked,
    'GoTrueClient.onAuthStateChange': listening(0),
    'GoTrueAdminApi.*': asked,
    'FunctionsClient.invoke': asked,
    'FunctionsClient.setAuth': nothing,
    'StorageBucketApi.*': asked,
    'StorageClient.from': part,
    'StorageFileApi.*': asked,
    'StorageFileApi.getPublicUrl': nothing,
    'StorageFileApi.download': download,
    'RealtimeChannel.on': listening(2),
    'RealtimeChannel.subscribe': listening(0),
    ...sameMembers('RealtimeChannel', asked, 'send', 'track', 'untrack', 'unsubscribe'),
  },
  stub: supabaseStub,
  checked: { version: '2.109.0', how: 'fixtures/libraries/supabase (types only: it needs a server)' },
});
