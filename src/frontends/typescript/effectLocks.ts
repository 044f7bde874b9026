/**
 * Locks: an asynchronous acquisition or a locked section becomes one synthetic function per call site, so that its
 * acquire, callback and release are ordinary steps of an ordinary (async) function.
 */
import type { Arg, Effect, ModeRule, WaitRule } from '../../libraries/library.ts';
import type { Acquire, At, Release, TypeId, ValueId, Wait } from '../../model/facts.ts';
import type { FunctionBuilder } from './builder.ts';
import { lowerInvoke } from './effectCallbacks.ts';
import { namedFunction } from './constants.ts';
import { placeOf, type EffectSite } from './effectSite.ts';
import { passedValues } from './passedValues.ts';
import { SyntheticCall } from './syntheticCall.ts';

type AcquireEffect = Extract<Effect, { does: 'acquire' }>;
type RunLocked = Extract<Effect, { does: 'run-locked' }>;

/** Resolves a rule about waiting with the options given at the site. */
export function waitAt(site: EffectSite, rule: WaitRule | undefined): Wait {
  if (rule === undefined) return 'endless';
  if (typeof rule === 'string') return rule;
  return optionAt(site, rule)?.wait ?? rule.default;
}

/** The first option of the rule that is given at the site. */
function optionAt(
  site: EffectSite,
  rule: Exclude<WaitRule, Wait>,
): { at: Arg; equals?: string; wait: Wait } | undefined {
  return rule.options.find(({ at, equals, likely }) =>
    equals === undefined ? (site.isGiven(at) ?? likely) === true : site.equals(at, equals),
  );
}

/** Where it waits for ever unless an option is something: what the option is given. */
function boundAt(site: EffectSite, rule: WaitRule | undefined): ValueId | undefined {
  if (rule === undefined || typeof rule === 'string' || rule.default !== 'endless') return undefined;
  const option = optionAt(site, rule);
  return option === undefined || option.equals !== undefined ? undefined : site.value(option.at);
}

function modeAt(site: EffectSite, rule: ModeRule | undefined): Acquire['mode'] {
  if (rule === undefined) return 'exclusive';
  if (typeof rule === 'string') return rule;
  return rule.options.find(option => site.equals(option.at, option.equals))?.mode ?? rule.default;
}

/** The type of the lock at a position, whose kind then goes to the file's facts. */
function lockType(site: EffectSite, lock: Arg): TypeId | null {
  const node = site.node(lock);
  const own = lock === 'receiver' ? site.receiverType : null;
  const type = own ?? (node ? site.context.questions.typeIdOf(node) : null);
  if (type !== null) site.context.questions.lockKind(type);
  const narrower = node && lock === 'receiver' ? site.context.questions.typeIdOf(node) : null;
  if (narrower !== null && narrower !== undefined) site.context.questions.lockKind(narrower);
  return type;
}

function namedLock(site: EffectSite, name: string): TypeId {
  const type = `${site.package}#${name}`;
  site.context.questions.lockKind(type);
  return type;
}

interface Taken {
  lock: ValueId;
  key: ValueId | undefined;
  /** The option that keeps it from waiting for ever. */
  waitIf: ValueId | undefined;
}

function acquireDraft(
  site: EffectSite,
  effect: AcquireEffect | RunLocked,
  { lock, key, waitIf }: Taken,
): Omit<Acquire, 'id'> {
  const wait = waitAt(site, effect.wait);
  const failure = effect.failure ?? (wait === 'endless' ? 'throws' : 'falsy');
  return {
    kind: 'acquire',
    at: site.site.at,
    lock,
    ...(key === undefined ? {} : { key }),
    ...(key === undefined || effect.keysAre === undefined ? {} : { keysAre: effect.keysAre }),
    mode: modeAt(site, effect.mode),
    units: site.count(effect.units),
    wait,
    ...(waitIf === undefined ? {} : { waitIf }),
    failure: failure === 'runs-with-null' ? (wait === 'try' ? 'falsy' : 'throws') : failure,
  };
}

function releaseDraft(at: At, token: ValueId, { lock, key }: Taken): Omit<Release, 'id'> {
  return { kind: 'release', at, token, lock, ...(key === undefined ? {} : { key }) };
}

/** `lock.acquire()`. */
export function lowerAcquire(site: EffectSite, effect: AcquireEffect): void {
  const type = effect.lockIs === undefined ? lockType(site, effect.lock) : namedLock(site, effect.lockIs);
  if (!effect.async) {
    const lock = site.value(effect.lock);
    if (lock === undefined) return;
    const key = effect.key === undefined ? undefined : site.value(effect.key);
    const waitIf = boundAt(site, effect.wait);
    const token = site.builder.emitValue(acquireDraft(site, effect, { lock, key, waitIf }));
    site.replaced = true;
    site.result = effect.gives === 'nothing' ? undefined : givenToken(site.builder, effect, token, site.site.at);
    return;
  }
  const call = new SyntheticCall(site);
  passTaken(site, call, effect, type);
  // What it is held for: the statement of a query.
  if (effect.heldFor === 'call') call.pass('operation', 0);
  const result = call.call('promise', inner => {
    const taken = takenIn(call, inner, effect);
    const token = inner.emitValue(acquireDraft(site, effect, taken));
    const { at } = site.site;
    if (effect.heldFor === 'call') {
      inner.emit({ kind: 'await', at, values: [], until: 'all', wait: 'endless', strength: 'macro' });
      inner.emit(releaseDraft(at, token, taken));
    } else if (effect.gives !== 'nothing')
      inner.emit({ kind: 'exit', at, how: 'return', value: givenToken(inner, effect, token, at) });
  });
  site.result = result;
}

/** Passes on what the acquisition needs; `takenIn` finds it again. */
function passTaken(
  site: EffectSite,
  call: SyntheticCall,
  effect: AcquireEffect | RunLocked,
  type: TypeId | null,
  callbacks: readonly ValueId[] = [],
): void {
  call.pass('lock', effect.lock, type);
  const key = effect.key === undefined ? undefined : site.value(effect.key);
  // Where the key may be left out, the callback stands first.
  if (effect.key !== undefined && key !== undefined && !callbacks.includes(key)) call.pass('key', effect.key);
  const bound = boundAt(site, effect.wait);
  if (bound !== undefined) call.passValue(BOUND, BOUND, bound);
}

const BOUND = 'bound';

function takenIn(call: SyntheticCall, inner: FunctionBuilder, effect: AcquireEffect | RunLocked): Taken {
  const lock = call.parameter(inner, effect.lock) ?? inner.unknown('lock');
  const key = effect.key === undefined ? undefined : call.parameter(inner, effect.key);
  return { lock, key, waitIf: call.passedValue(inner, BOUND) };
}

function givenToken(builder: FunctionBuilder, effect: AcquireEffect, token: ValueId, at: At): ValueId {
  if (effect.releasedBy) {
    const fields = Object.fromEntries(effect.releasedBy.map(name => [name, token]));
    return builder.value({ kind: 'object', fields, spreads: [], type: null, at });
  }
  if (effect.gives === 'value-and-token')
    return builder.value({ kind: 'array', values: [builder.unknown('value'), token], spreads: [], at });
  return token;
}

/** `lock.runExclusive(callback)`. */
export function lowerRunLocked(site: EffectSite, effect: RunLocked): void {
  const given = site.callbacks(effect.callback);
  if (given.length === 0 && effect.withoutCallback)
    return lowerAcquire(site, acquireOf(effect, effect.withoutCallback));
  if (effect.doneWhenDeclared === 'alone' && declaredBy(site, effect) !== 1)
    return lowerInvoke(site, { does: 'invoke', callback: effect.callback, when: 'later', times: 'once' });
  const call = new SyntheticCall(site);
  passTaken(site, call, effect, lockType(site, effect.lock), given);
  if (given[0] !== undefined) call.passValue(JSON.stringify(effect.callback), 'callback', given[0]);
  for (const each of effect.passes ?? []) {
    if (typeof each !== 'object' || 'fresh' in each) continue;
    call.pass('argument', 'argument' in each ? each.argument : each.element);
  }
  site.result = call.call(effect.async ? 'promise' : 'value', inner => lockedBody(site, effect, call, inner));
}

/** The acquisition that a call without a callback is. */
function acquireOf(effect: RunLocked, { releasedBy }: { releasedBy: string[] }): AcquireEffect {
  const { lock, key, keysAre, mode, units, wait, async } = effect;
  return {
    does: 'acquire',
    lock,
    ...(key === undefined ? {} : { key }),
    ...(keysAre === undefined ? {} : { keysAre }),
    ...(mode === undefined ? {} : { mode }),
    ...(units === undefined ? {} : { units }),
    ...(wait === undefined ? {} : { wait }),
    async,
    gives: 'token',
    releasedBy,
  };
}

function lockedBody(site: EffectSite, effect: RunLocked, call: SyntheticCall, inner: FunctionBuilder): void {
  const taken = takenIn(call, inner, effect);
  const draft = acquireDraft(site, effect, taken);
  const { at } = site.site;
  const token = inner.emitValue(draft);
  const callback = call.parameter(inner, effect.callback) ?? inner.unknown('callback');
  let session: ValueId | undefined;
  const run = (held: ValueId): void => {
    const args = passedValues(effect.passes, {
      builder: inner,
      argument: arg => call.parameter(inner, arg),
      token: held,
      at,
      package: site.package,
    });
    if (effect.endsSession) [session] = args;
    const given = inner.emitValue({ kind: 'call', at, target: { kind: 'value', of: callback }, args });
    inner.emit({
      kind: 'exit',
      at,
      how: 'return',
      value: effect.async && !callsDone(site, effect) ? settled(inner, given, at) : given,
    });
  };
  // A callback that declares `done` frees the lock by calling it; nothing else does.
  if (callsDone(site, effect)) return run(token);
  const guarded = (): void => {
    inner.emitCompound(() => {
      const body = inner.inBlock(() => {
        run(token);
      });
      const release = inner.inBlock(() => {
        if (session !== undefined) inner.emit({ kind: 'release', at, session: { of: session, whole: true } });
        inner.emit(releaseDraft(at, token, taken));
      });
      return { kind: 'try', at, body, handlers: [], orElse: [], finally: release };
    });
  };
  if (draft.failure !== 'falsy') return guarded();
  inner.emitCompound(() => ({
    kind: 'branch',
    at,
    condition: { kind: 'truthy', value: token },
    arms: [
      { when: 'true', body: inner.inBlock(guarded), fallsThrough: false },
      {
        when: 'false',
        fallsThrough: false,
        body: inner.inBlock(() => {
          if (effect.failure === 'runs-with-null') run(inner.constant('null'));
        }),
      },
    ],
  }));
}

function settled(inner: FunctionBuilder, promise: ValueId, at: At): ValueId {
  inner.emit({ kind: 'await', at, values: [promise], until: 'all', wait: 'endless', strength: 'callee' });
  return inner.value({ kind: 'settled', of: promise });
}

function callsDone(site: EffectSite, effect: RunLocked): boolean {
  return effect.doneWhenDeclared !== undefined && effect.doneWhenDeclared !== false && declaredBy(site, effect) > 0;
}

/** How many parameters the callback declares. */
function declaredBy(site: EffectSite, { callback }: RunLocked): number {
  const node = site.callbacksAt(callback)[0]?.node;
  const known = node && (site.context.functionNode(node) ?? namedFunction(site.context.questions, node));
  return known?.parameters.length ?? 0;
}

/** `lock.release()`, `release(token)`. */
export function lowerRelease(site: EffectSite, effect: Extract<Effect, { does: 'release' }>): void {
  const lock = effect.lock === undefined ? undefined : site.value(effect.lock);
  const key = effect.key === undefined ? undefined : site.value(effect.key);
  const token = effect.token === undefined ? undefined : releasedToken(site, effect.token);
  if (effect.lock !== undefined) lockType(site, effect.lock);
  site.emit({
    kind: 'release',
    at: site.site.at,
    ...(token === undefined ? {} : { token }),
    ...(lock === undefined ? {} : { lock }),
    ...(key === undefined ? {} : { key }),
  });
  site.replaced = effect.async !== true;
}

/** A token may be an object whose member of this name releases: `held.release()`, `locks.release(held)`. */
function releasedToken(site: EffectSite, arg: Arg): ValueId | undefined {
  const value = site.value(arg);
  if (value === undefined) return undefined;
  const place = placeOf(site.builder, value);
  const member = site.builder.read({ ...place, path: [...place.path, { field: site.label }] });
  return arg === 'receiver' ? member : site.builder.value({ kind: 'choice', values: [value, member], when: null });
}

/** `withTimeout(lock, 500)`. */
export function lowerView(site: EffectSite, effect: Extract<Effect, { does: 'view' }>): void {
  const of = site.value(effect.of);
  if (of === undefined) return;
  lockType(site, effect.of);
  const type = site.context.questions.typeIdOf(site.site.node);
  if (type !== null) site.context.questions.lockKind(type);
  site.replaced = true;
  site.result = site.builder.value({ kind: 'view', of, wait: effect.wait });
}
