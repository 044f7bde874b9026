/** Locks as abstract objects: which lock an acquisition takes, what it is like, what a person calls it. */
import type { Acquire, LockKind, Place, StepId, TypeId, ValueId, Wait } from '../../model/facts.ts';
import { givenInLiterals } from '../flow/literalFields.ts';
import { defineAnalysis } from '../analysis.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { LOCK_SUFFIX } from '../handmade/handMadeEdit.ts';
import { DeclaredReentrant } from './declaredReentrant.ts';
import { capacityOf, isBounded, isEndless, isReentrant } from './lockSettings.ts';
import type { Program, Site } from '../program.ts';
import { type Frame, isNothing, type Ref, type Refs, typeOf, viewed } from '../refs.ts';

/** One lock, or one entry of a family, as seen from an activation. */
export interface Lock {
  /** Equal for the same lock in the same activity. */
  readonly key: string;
  /** The class of the lock: the site that makes it, or the declared field or container that holds it. */
  readonly site: string;
  /** `Account.lock`, `gate`, `"user:…"`. */
  readonly name: string;
  /** What the lock object is. */
  readonly ref: Ref;
  /** The object that owns it, when it is a field of an instance. */
  readonly owner: Ref | null;
  /** Which entry of a keyed lock or family; null: not keyed. `unknown` entries equal nothing. */
  readonly entry: Ref | string | null;
  readonly kind: LockKind;
  /** Taking it again in the same task succeeds. */
  readonly reentrant: boolean;
  /** Its constructor bounds every wait for it; null when nobody knows. */
  readonly bounded: boolean | null;
  /** It was made so that waits which end after some tries do not. */
  readonly endless: boolean;
  /** Permits: `Infinity` when nothing bounds them, null when not known. */
  readonly capacity: number | null;
  /** Where it is made or declared; null for a lock that is only a name. */
  readonly declared: Site | null;
  /** What names it. */
  readonly asked: AskedLock;
}

/** What an acquisition names. `declared`: what the place is known to hold, for objects of code without types. */
export interface AskedLock {
  readonly ref: Ref;
  readonly entry: Ref | string | null;
  readonly declared: TypeId | null;
}

export interface LockUse {
  lock: Lock;
  wait: Wait;
}

const PLAIN: LockKind = {
  library: '',
  capacity: { kind: 'exactly', n: 1 },
  reentrant: 'no',
  blocks: 'task',
  readers: 'none',
  queue: 'fifo',
  ownerChecked: false,
  reach: 'loop',
  lease: false,
  keyed: false,
  limiter: false,
};

export class LockTable {
  readonly #eval: Evaluator;
  readonly #program: Program;
  readonly declaredReentrant: DeclaredReentrant;
  readonly #kinds = new Map<string, LockKind>();
  readonly #names = new Map<string, string>();
  readonly #locks = new Map<string, Lock>();

  constructor(evaluator: Evaluator, program: Program) {
    this.#eval = evaluator;
    this.#program = program;
    this.declaredReentrant = new DeclaredReentrant(program);
    for (const module of program.modules.values())
      for (const [type, kind] of Object.entries(module.locks)) this.#kinds.set(type, kind);
  }

  /** All that anybody has asked for so far. */
  known(): readonly Lock[] {
    return [...this.#locks.values()];
  }

  /** The locks that an acquire step may take, with how it waits (through wrappers such as `withTimeout`). */
  acquired(frame: Frame, step: Acquire): LockUse[] {
    return this.uses(frame, step.lock, step.key, this.#waitOf(frame, step));
  }

  /** What would bound it may be nothing here. */
  #waitOf(frame: Frame, { wait, waitIf }: Acquire): Wait {
    const bounds = waitIf === undefined ? [] : this.#eval.evaluate(frame, waitIf);
    return bounds.length > 0 && bounds.every(isNothing) ? 'endless' : wait;
  }

  uses(frame: Frame, lock: ValueId | Place, key: ValueId | undefined, wait: Wait): LockUse[] {
    const refs = typeof lock === 'number' ? this.#eval.evaluate(frame, lock) : this.#eval.place(frame, lock);
    const declared = declaredType(frame, lock);
    const entries = key === undefined ? [null] : this.#entries(frame, key);
    return refs
      .flatMap(ref => this.#through(ref, wait))
      .flatMap(({ ref, wait: how }) =>
        entries.flatMap(entry => {
          const made = this.lockOf({ ref, entry, declared });
          return made ? [{ lock: made, wait: made.endless && how === 'bounded' ? 'endless' : how }] : [];
        }),
      );
  }

  /** The keys asked for: one, or each of an array of them. */
  #entries(frame: Frame, key: ValueId): (Ref | string)[] {
    const keys = this.#eval.evaluate(frame, key);
    const list = keys.length === 1 && keys[0]?.kind === 'made' && 'value' in keys[0].at ? keys[0] : undefined;
    const value = list && 'value' in list.at ? list.frame.fn.values[list.at.value] : undefined;
    if (list && value?.kind === 'array')
      return value.values.map(part => this.#eval.keyOf(list.frame, part) ?? this.#eval.refs.unknown);
    return [this.#eval.keyOf(frame, key) ?? this.#eval.refs.unknown];
  }

  #through(ref: Ref, wait: Wait): { ref: Ref; wait: Wait }[] {
    if (ref.kind === 'view') return this.#through(ref.of, ref.wait === 'endless' ? wait : ref.wait);
    if (ref.kind === 'parameter' || ref.kind === 'field') {
      const resolved = this.#eval.resolve(ref);
      if (resolved.length > 0 && resolved.length <= 3 && !resolved.includes(ref))
        return resolved.flatMap(inner => this.#through(inner, wait));
    }
    const given = ref.kind === 'element' ? this.#eval.elementKind(ref.base)?.wait : this.#waitGiven(ref);
    return [{ ref, wait: given ?? wait }];
  }

  /** How the objects that have the lock are made to wait for it: `{ lock: withTimeout(new Mutex(), 500) }`. */
  #waitGiven(ref: Ref): Wait | null {
    const [first, ...others] = givenInLiterals(this.#eval, ref).map(given =>
      given.kind === 'view' ? given.wait : null,
    );
    return first !== undefined && others.every(wait => wait === first) ? first : null;
  }

  /** The lock whose making tells how it is set: itself, or the only one that its place is given. */
  #madeAs(ref: Ref): Ref {
    const given = givenInLiterals(this.#eval, ref).map(viewed);
    const [only] = given;
    return only?.kind === 'made' && given.every(one => one === only) ? only : ref;
  }

  /** The lock that is asked for by this; undefined when it is none. */
  lockOf(asked: AskedLock): Lock | undefined {
    const { ref, entry, declared } = asked;
    // A constant is no lock, but the name of one may be written out (`lock('/var/run/x')`).
    if (ref.kind === 'unknown' || (ref.kind === 'constant' && (entry === null || declared === null))) return undefined;
    // A part of an object that nobody knows any more could be any lock of its class.
    if (this.#ownerOf(ref)?.kind === 'unknown' || isDeep(ref)) return undefined;
    const key = `${ref.id}|${entry === null ? '' : typeof entry === 'string' ? JSON.stringify(entry) : entry.id}`;
    const known = this.#locks.get(key);
    if (known) return known;
    const type = typeOf(ref) ?? this.#elementType(ref) ?? declared;
    const kind = (type === null ? undefined : this.#kinds.get(type)) ?? PLAIN;
    const family = ref.kind === 'element' ? ref : null;
    const keyed = entry !== null ? entry : family ? (family.of ?? this.#eval.refs.unknown) : null;
    const base = this.#siteOf(family ? family.base : ref);
    const madeAs = this.#madeAs(ref);
    const lock: Lock = {
      key,
      site: keyed === null ? base.site : `${base.site}[${shapeOf(keyed)}]`,
      name: keyed === null ? plain(base.name) : `${plain(base.name)}[${describeKey(keyed)}]`,
      ref: family ? family.base : ref,
      owner: this.#ownerOf(family ? family.base : ref),
      entry: family && isOfUnknownPart(family.base) ? this.#eval.refs.unknown : keyed,
      kind,
      reentrant: isReentrant(this.#eval, madeAs, kind) || this.declaredReentrant.has(base, ref),
      bounded: isBounded(this.#eval, madeAs, kind),
      endless: isEndless(this.#eval, madeAs, kind),
      capacity: capacityOf(this.#eval, madeAs, kind),
      declared: base.declared,
      asked,
    };
    this.#locks.set(key, lock);
    return lock;
  }

  #elementType(ref: Ref): string | null {
    return ref.kind === 'element' ? (this.#eval.elementKind(ref.base)?.type ?? null) : null;
  }

  #ownerOf(ref: Ref): Ref | null {
    if (ref.kind === 'field') return ref.base;
    if (ref.kind !== 'made') return null;
    const { self } = ref.frame;
    return self?.length === 1 ? (self[0] ?? null) : null;
  }

  #siteOf(ref: Ref): { site: string; name: string; declared: Site | null } {
    switch (ref.kind) {
      case 'made':
        return { site: siteOfMade(ref), name: this.#nameOfMade(ref), declared: this.#madeAt(ref) };
      case 'field': {
        const facts = ref.of === null ? undefined : this.#program.types.get(ref.of);
        const owner = facts?.name ?? (ref.base.kind === 'parameter' ? this.#parameterName(ref.base) : 'object');
        const at = facts?.fields[ref.name]?.at;
        const file = ref.of === null ? '' : ref.of.slice(0, ref.of.lastIndexOf('#'));
        return {
          site: `${ref.of ?? owner}.${ref.name}`,
          name: `${owner}.${ref.name}`,
          declared: at ? { file, at, in: `${file}#` } : null,
        };
      }
      case 'parameter':
        return { site: ref.key, name: this.#parameterName(ref), declared: null };
      case 'external':
        return { site: ref.name, name: ref.name.slice(ref.name.indexOf('#') + 1), declared: null };
      case 'element': {
        const outer = this.#siteOf(ref.base);
        const entry = ref.of ?? this.#eval.refs.unknown;
        return {
          site: `${outer.site}[${shapeOf(entry)}]`,
          name: `${plain(outer.name)}[${describeKey(entry)}]`,
          declared: outer.declared,
        };
      }
      case 'self':
        // A class that is a lock, seen from its own methods.
        return { site: ref.type ?? ref.key, name: typeOf(ref)?.split('#').pop() ?? 'lock', declared: null };
      default:
        return { site: ref.key, name: typeOf(ref)?.split('#').pop() ?? 'lock', declared: null };
    }
  }

  #parameterName(ref: Ref & { kind: 'parameter' }): string {
    return this.#program.functions.get(ref.fn)?.parameters[ref.index]?.name ?? 'parameter';
  }

  #madeAt(ref: Ref & { kind: 'made' }): Site | null {
    const at = this.#stepAt(ref.frame, ref.at);
    return at ? this.#program.site(ref.frame.fn.id, at) : null;
  }

  #stepAt(frame: Frame, at: { step: StepId } | { value: ValueId }): readonly [number, number] | undefined {
    if ('step' in at) return this.#program.steps(frame.fn.id).get(at.step)?.at;
    const value = frame.fn.values[at.value];
    return value && 'at' in value ? value.at : undefined;
  }

  /** By the variable or field that holds what the call that made it gave. */
  #nameAtCall({ frame }: Ref & { kind: 'made' }): string | undefined {
    const caller = frame.from ? this.#program.functions.get(frame.from.fn) : undefined;
    if (!caller) return undefined;
    const isIt = (id: ValueId | null | undefined): boolean => {
      const value = id == null ? undefined : caller.values[id];
      return value?.kind === 'result' && value.of === frame.from?.step;
    };
    for (const step of this.#program.steps(caller.id).values()) {
      const last = step.kind === 'access' && isIt(step.value) ? step.place.path.at(-1) : undefined;
      if (last && 'field' in last) return `${caller.name.split('.')[0] ?? ''}.${last.field}`;
    }
    return Object.entries(caller.slots).find(([, { value }]) => isIt(value))?.[0];
  }

  /** By the variable or field that holds it. */
  #nameOfMade(ref: Ref & { kind: 'made' }): string {
    const site = siteOfMade(ref);
    const known = this.#names.get(site);
    if (known) return known;
    const name = this.#nameAtCall(ref) ?? this.#findName(ref);
    this.#names.set(site, name);
    return name;
  }

  #findName(ref: Ref & { kind: 'made' }): string {
    const { fn } = ref.frame;
    const holds = (refs: Refs): boolean => refs.some(held => held === ref || (held.kind === 'view' && held.of === ref));
    const views: string[] = [];
    const seen = (name: string, refs: Refs): string | undefined => {
      if (refs.includes(ref)) return name;
      if (holds(refs)) views.push(name);
      return undefined;
    };
    for (const step of this.#program.steps(fn.id).values()) {
      if (step.kind !== 'access' || step.value === undefined) continue;
      const last = step.place.path[step.place.path.length - 1];
      if (!last || !('field' in last) || (last.of === undefined && step.place.root.kind !== 'self')) continue;
      const type = last.of === undefined ? undefined : this.#program.types.get(last.of)?.name;
      const found = seen(`${type ?? fn.name.split('.')[0]}.${last.field}`, this.#eval.evaluate(ref.frame, step.value));
      if (found) return found;
    }
    for (const [slot, { value }] of Object.entries(fn.slots)) {
      const found = value === null ? undefined : seen(slot, this.#eval.evaluate(ref.frame, value));
      if (found) return found;
    }
    for (const value of fn.values) {
      if (value.kind !== 'object') continue;
      for (const [field, part] of Object.entries(value.fields)) {
        const found = seen(field, this.#eval.evaluate(ref.frame, part));
        if (found) return found;
      }
    }
    return views[0] ?? `${ref.type?.split('#').pop() ?? 'lock'} of ${fn.name}`;
  }
}

/** The locks that a function makes for its callers are a class per call. */
const siteOfMade = ({ site, frame }: Ref & { kind: 'made' }): string =>
  frame.from ? `${site}${MADE_BY}${frame.from.key}` : site;

/** Between the site that makes a lock and the call that it is made for. */
export const MADE_BY = ' < ';

function declaredType({ fn }: Frame, lock: ValueId | Place): TypeId | null {
  if (typeof lock !== 'number') return lock.path.length === 0 ? lock.type : null;
  const value = fn.values[lock];
  return value?.kind === 'read' && value.place.path.length === 0 ? value.place.type : null;
}

/** The lock that a place is the state of is called like the place. */
const plain = (name: string): string => name.replace(LOCK_SUFFIX, '');

/** Keys of different constant shape are different families: `user:…`, `"toc"`, `…`. */
function shapeOf(key: Ref | string): string {
  if (typeof key === 'string') return JSON.stringify(key);
  if (key.kind === 'constant') return key.text;
  return key.kind === 'template' ? key.parts.map(part => (typeof part === 'string' ? part : '*')).join('') : '*';
}

/** Under a key that is too far in to be told from others: in which order such locks are taken, nobody knows. */
const isDeep = (ref: Ref): boolean =>
  ref.kind === 'element' && typeof ref.of === 'object' && ref.of?.kind === 'unknown' && ref.of.deep === true;

/** A part of a part (`byChain.get(chain).get(key)`) of which nobody knows the outer key: another one each time. */
function isOfUnknownPart(ref: Ref): boolean {
  if (ref.kind === 'field') return isOfUnknownPart(ref.base);
  if (ref.kind !== 'element') return false;
  const isUnknown = ref.of === null || (typeof ref.of === 'object' && ref.of.kind === 'unknown');
  return isUnknown || isOfUnknownPart(ref.base);
}

/** A key as a person reads it: `"user:…"`, `id`. */
function describeKey(key: Ref | string): string {
  if (typeof key === 'string') return JSON.stringify(key);
  if (key.kind === 'template') return `"${key.parts.map(part => (typeof part === 'string' ? part : '…')).join('')}"`;
  return '…';
}

export const lockTable = defineAnalysis<LockTable>('locks', (get, program) => new LockTable(get(evaluator), program));
