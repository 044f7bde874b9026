/**
 * The shape of a library table in a configuration: that of `Library`, so that front ends can trust it. The type says
 * that nothing else passes; a test says that every built-in table does.
 */
import { z } from 'zod';
import type { Api, Library, SessionRule, StatementPart } from '../libraries/library.ts';
import type { EntryPoint, Knowledge, LockKind } from '../model/facts.ts';

/** Every key of the type has a schema: a new one is an error of the compiler here, not of the user there. */
type Shape<T> = Record<keyof T, z.ZodType>;

const optional = z.exactOptional;
const index = z.int();
const name = z.string().min(1);

const arg = z.union([
  index,
  z.literal('receiver'),
  z.strictObject({ argument: z.union([index, z.literal('receiver')]), option: name }),
  z.strictObject({ from: index }),
]);
const wait = z.enum(['endless', 'bounded', 'try']);
const mode = z.enum(['exclusive', 'shared', 'permit']);
const waitRule = z.union([
  wait,
  z.strictObject({
    default: wait,
    options: z.array(z.strictObject({ at: arg, equals: optional(name), wait, likely: optional(z.literal(true)) })),
  }),
]);
const modeRule = z.union([
  mode,
  z.strictObject({ default: mode, options: z.array(z.strictObject({ at: arg, equals: name, mode })) }),
]);
const passes = optional(
  z.array(
    z.union([
      z.enum(['accumulator', 'lock', 'token', 'done', 'resolve', 'reject', 'signal', 'unknown']),
      z.strictObject({ element: arg }),
      z.strictObject({ argument: arg }),
      z.strictObject({ fresh: name }),
    ]),
  ),
);
const given = z.union([
  z.enum([
    'receiver',
    'results',
    'result',
    'elements',
    'rest',
    'entries',
    'step',
    'element',
    'least',
    'greatest',
    'nothing',
    'unknown',
  ]),
  z.strictObject({ argument: arg }),
  z.strictObject({ promiseOf: z.enum(['result', 'results', 'unknown']) }),
]);

const runsOn = z.enum(['event-loop', 'thread', 'process']);
const entryFields = {
  trigger: name,
  instances: z.enum(['once', 'serial', 'many']),
  evidence: z.enum(['framework', 'inferred', 'exported']),
  awaitsHandler: z.boolean(),
  rejection: z.enum(['reported', 'all-reported', 'lost', 'crashes']),
  confined: z.array(index),
  event: optional(z.string()),
  endedBy: optional(index),
  runsOn,
};
const entry: z.ZodType<Omit<EntryPoint, 'function' | 'test' | 'label'> & { label?: string; test?: boolean }> =
  z.strictObject({ ...entryFields, label: optional(name), test: optional(z.boolean()) });
const partialEntry: z.ZodType<Partial<EntryPoint>> = z.strictObject({
  ...Object.fromEntries(Object.entries(entryFields).map(([key, schema]) => [key, optional(schema)])),
  label: optional(name),
  test: optional(z.boolean()),
});

const locking = {
  lock: arg,
  key: optional(arg),
  keysAre: optional(z.enum(['batch', 'one-by-one'])),
  mode: optional(modeRule),
  units: optional(arg),
  wait: optional(waitRule),
  async: z.boolean(),
};
const sessionRule = z.strictObject({
  is: optional(z.array(name)),
  isNot: optional(z.array(name)),
  givenOrOf: optional(z.array(name)),
} satisfies Shape<SessionRule>);
const rowMode = z.enum(['exclusive', 'shared', 'try']);
const statementPart = z.strictObject({
  table: optional(arg),
  key: optional(arg),
  where: optional(z.array(arg)),
  others: optional(z.literal(true)),
  lock: optional(z.union([rowMode, z.strictObject({ at: z.array(arg), modes: z.record(z.string(), rowMode) })])),
  skips: optional(z.union([z.literal(true), arg])),
  session: optional(arg),
} satisfies Shape<StatementPart>);
const lockEffects = [
  z.strictObject({
    does: z.literal('acquire'),
    lockIs: optional(name),
    ...locking,
    failure: optional(z.enum(['throws', 'falsy'])),
    gives: z.enum(['token', 'value-and-token', 'nothing', 'boolean']),
    releasedBy: optional(z.array(name)),
    heldFor: optional(z.literal('call')),
  }),
  z.strictObject({
    does: z.literal('run-locked'),
    ...locking,
    failure: optional(z.enum(['throws', 'falsy', 'runs-with-null'])),
    callback: arg,
    passes,
    doneWhenDeclared: optional(z.union([z.boolean(), z.literal('alone')])),
    freesEarly: optional(arg),
    endsSession: optional(z.literal(true)),
    withoutCallback: optional(z.strictObject({ releasedBy: z.array(name) })),
  }),
  z.strictObject({
    does: z.literal('release'),
    lock: optional(arg),
    key: optional(arg),
    token: optional(arg),
    async: optional(z.boolean()),
  }),
  z.strictObject({
    does: z.literal('query'),
    text: z.array(arg),
    values: z.array(arg),
    session: arg,
    sessionIf: optional(sessionRule),
    answer: optional(z.enum(['rows', 'list', 'pair'])),
    locks: name,
  }),
  z.strictObject({
    does: z.literal('lock-rows'),
    parts: z.record(z.string(), statementPart),
    sent: optional(z.enum(['here', 'at-end'])),
    session: optional(arg),
    sessionIf: optional(sessionRule),
    locks: name,
  }),
  z.strictObject({
    does: z.literal('end-session'),
    session: arg,
    whole: optional(z.union([z.literal(true), arg])),
  }),
  z.strictObject({ does: z.literal('view'), of: arg, wait }),
  z.strictObject({
    does: z.literal('wait'),
    on: arg,
    for: z.enum(['event', 'condition', 'queue', 'unlock', 'message', 'idle']),
    wait: optional(waitRule),
    event: optional(arg),
    async: z.boolean(),
  }),
  z.strictObject({
    does: z.literal('notify'),
    on: arg,
    how: z.enum(['set', 'clear', 'notify', 'put', 'emit']),
    event: optional(arg),
  }),
] as const;
const valueEffects = [
  z.strictObject({
    does: z.literal('make'),
    type: name,
    holds: optional(arg),
    members: optional(z.record(z.string(), arg)),
  }),
  z.strictObject({ does: z.literal('give'), what: given }),
  z.strictObject({ does: z.literal('put'), into: arg, value: arg, key: optional(arg) }),
  z.strictObject({
    does: z.literal('take'),
    from: arg,
    key: optional(arg),
    removes: optional(z.boolean()),
    presence: optional(z.boolean()),
  }),
  z.strictObject({ does: z.literal('remove'), from: arg, key: optional(arg) }),
  z.strictObject({ does: z.literal('order'), of: arg, comparator: optional(arg), inPlace: optional(z.boolean()) }),
  z.strictObject({ does: z.literal('combine'), values: arg, until: z.enum(['all', 'settled', 'first', 'any']) }),
  z.strictObject({
    does: z.literal('chain'),
    of: arg,
    onFulfilled: optional(arg),
    onRejected: optional(arg),
    onFinally: optional(arg),
  }),
  z.strictObject({ does: z.literal('settled-promise'), value: optional(arg), how: z.enum(['resolve', 'reject']) }),
  z.strictObject({ does: z.literal('executor'), callback: arg }),
  z.strictObject({ does: z.literal('with-resolvers') }),
  z.strictObject({ does: z.literal('own'), promises: z.array(index) }),
] as const;
const quietFor = optional(z.strictObject({ at: arg, equals: z.array(z.string()) }));
const callEffects = [
  z.strictObject({
    does: z.literal('invoke'),
    callback: arg,
    when: z.enum(['now', 'later']),
    times: z.enum(['once', 'each', 'many']),
    awaits: optional(z.boolean()),
    parallel: optional(z.boolean()),
    bound: optional(arg),
    passes,
    endsSession: optional(z.literal(true)),
    within: optional(z.strictObject({ store: arg, value: optional(arg) })),
    returns: optional(z.enum(['value', 'ignored', 'taken'])),
  }),
  z.strictObject({
    does: z.literal('spawn'),
    how: z.enum(['task', 'thread', 'process', 'timer', 'interval', 'immediate', 'microtask']),
    body: optional(arg),
    runsOn,
    passes,
    period: optional(arg),
  }),
  z.strictObject({
    does: z.literal('cancel'),
    what: arg,
    how: z.enum(['abort', 'cancel', 'clear', 'close', 'unref', 'exit']),
  }),
  z.strictObject({ does: z.literal('register'), handler: arg, entry, passes, quietFor }),
  z.strictObject({
    does: z.literal('listen'),
    on: arg,
    event: z.union([arg, z.strictObject({ name })]),
    callback: arg,
    once: optional(z.boolean()),
    removes: optional(z.boolean()),
    entry: optional(partialEntry),
    quietFor,
  }),
  z.strictObject({ does: z.literal('emit'), on: arg, event: arg, passesFrom: index }),
  z.strictObject({
    does: z.literal('block'),
    what: z.enum(['sleep', 'file', 'network', 'process', 'cpu', 'wait']),
    slow: optional(z.boolean()),
  }),
  z.strictObject({
    does: z.literal('touch'),
    store: z.enum(['file', 'row', 'entry', 'name']),
    key: arg,
    mode: z.enum(['read', 'write', 'update', 'delete']),
    guard: optional(z.enum(['none', 'version', 'exclusive-create', 'transaction'])),
  }),
  z.strictObject({ does: z.literal('bind'), callee: arg, self: optional(arg), from: index }),
  z.strictObject({
    does: z.literal('call'),
    callee: arg,
    self: optional(arg),
    from: index,
    spread: optional(z.boolean()),
  }),
] as const;
const effect = z.discriminatedUnion('does', [...lockEffects, ...valueEffects, ...callEffects]);

const known = z.strictObject({
  neverRejects: optional(z.boolean()),
  rarelyRejects: optional(z.boolean()),
  rejectsWith: optional(z.array(z.strictObject({ argument: index, option: optional(name) }))),
  listensToRejections: optional(z.strictObject({ argument: index, option: optional(name) })),
  neverThrows: optional(z.boolean()),
  asserts: optional(z.boolean()),
  onlyKeys: optional(z.boolean()),
  raises: optional(z.boolean()),
  owns: optional(z.array(index)),
  leavesTurn: optional(z.boolean()),
  settledByReader: optional(z.boolean()),
  readsContext: optional(z.boolean()),
  tellsTaken: optional(z.boolean()),
  serves: optional(z.boolean()),
  servesWith: optional(z.strictObject({ argument: index, option: name })),
  interactive: optional(z.boolean()),
  drains: optional(z.union([index, z.enum(['receiver', 'all'])])),
  outside: optional(z.enum(['network', 'file', 'database', 'process', 'timer', 'user'])),
  resource: optional(
    z.strictObject({
      what: z.enum(['thread', 'process', 'timer', 'interval', 'server', 'connection', 'stream']),
      ends: z.array(name),
      observedBy: z.array(name),
      toldBy: optional(z.array(name)),
      tellsEnd: optional(z.boolean()),
    }),
  ),
  builder: optional(z.enum(['chain', 'run'])),
  takesUnit: optional(z.boolean()),
  usesGiven: optional(z.boolean()),
  copies: optional(
    z.strictObject({
      into: z.union([index, z.literal('result')]),
      from: optional(index),
      rest: optional(z.boolean()),
      inherits: optional(z.boolean()),
      descriptors: optional(index),
      member: optional(z.strictObject({ name: index, descriptor: index })),
    }),
  ),
  signal: optional(z.strictObject({ argument: index, option: optional(name) })),
  timeouts: optional(z.array(z.strictObject({ argument: index, option: name }))),
  endless: optional(z.boolean()),
} satisfies Shape<Knowledge>);
const api = z.strictObject({
  does: z.array(effect),
  known: optional(known),
  gives: optional(z.enum(['promise', 'lazy', 'safe', 'value', 'declared'])),
  versions: optional(name),
} satisfies Shape<Api>);

const constructorArgument = optional(z.union([index, z.strictObject({ argument: index, option: name })]));
const count = z.union([
  z.strictObject({ kind: z.literal('exactly'), n: z.number() }),
  z.strictObject({ kind: z.enum(['config', 'unbounded', 'unknown']) }),
]);
/** What is left out is that of a plain mutex of one event loop. */
const lockKind: z.ZodType<LockKind> = z.strictObject({
  library: z.string().default(''),
  capacity: count.default({ kind: 'exactly', n: 1 }),
  capacityArgument: constructorArgument,
  timeoutArgument: constructorArgument,
  endlessWhen: optional(z.strictObject({ argument: index, option: name, equals: z.string() })),
  reentrantArgument: constructorArgument,
  reentrant: z.enum(['no', 'per-task', 'per-thread']).default('no'),
  blocks: z.enum(['task', 'thread']).default('task'),
  readers: z.enum(['none', 'fair', 'reader-first']).default('none'),
  queue: z.enum(['fifo', 'other']).default('fifo'),
  ownerChecked: z.boolean().default(false),
  reach: z.enum(['loop', 'process', 'machine', 'store']).default('loop'),
  lease: z.boolean().default(false),
  keyed: z.boolean().default(false),
  limiter: z.boolean().default(false),
  heldBy: optional(z.enum(['transaction', 'connection'])),
  unitCalls: optional(z.array(name)),
} satisfies Shape<LockKind>);

export const librarySchema: z.ZodType<Library> = z
  .strictObject({
    package: name,
    language: z.enum(['typescript', 'python']),
    aliases: optional(z.array(name)),
    versionsOf: optional(name),
    locks: optional(z.record(name, lockKind)),
    apis: z.record(name, z.union([api, z.array(api)])),
    lazy: optional(z.array(name)),
    waitedFor: optional(z.array(name)),
    logsUnhandledRejections: optional(z.boolean()),
    worksOutside: optional(z.boolean()),
    supertypes: optional(z.record(name, z.array(name))),
    stub: optional(z.string()),
    checked: optional(z.strictObject({ version: name, how: name })),
  } satisfies Shape<Library>)
  .transform(({ locks, ...table }) => {
    if (!locks) return table;
    const named = Object.entries(locks).map(
      ([type, kind]) => [type, { ...kind, library: kind.library || table.package }] as const,
    );
    return { ...table, locks: Object.fromEntries(named) };
  });
