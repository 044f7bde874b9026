/** One piece of state that is read, suspended over and written under one lock, and written under another elsewhere. */
import { defineAnalysis } from '../analysis.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { isWrite } from './footprints.ts';
import { excludes, type Guarded, guardedState } from './guardedState.ts';
import { canRunTogether } from '../locks/interleaving.ts';
import type { Lock } from '../locks/locks.ts';
import { isFar, isGiven, type Moment, TOUCHED_NEAR } from './lockedWork.ts';
import type { Access } from '../../model/facts.ts';
import { linkedProgram, type Program, type Site } from '../program.ts';
import { type Ref, typeOf } from '../refs.ts';

export interface SplitGuard {
  readonly state: string;
  readonly locks: readonly [Lock, Lock];
  /** The later access; and the earlier one. */
  readonly at: Site;
  readonly other: Site;
  /** Everything that the two sections do with the state. */
  readonly accesses: readonly { site: Site; lock: string; writes: boolean }[];
  readonly exported: boolean;
}

export const splitGuards = defineAnalysis<readonly SplitGuard[]>('split-guards', get => {
  const program = get(linkedProgram);
  const evaluate = get(evaluator);
  const byKey = new Map<string, Guarded[]>();
  for (const one of get(guardedState).all) {
    const { lock } = one.held.held;
    if (!one.held.always || !one.location.exact || one.held.held.mode === 'shared') continue;
    // A call of what was handed in (`work()` in a wrapper) leads back to whoever handed it in, and not further down.
    if (isFar(one.moment, TOUCHED_NEAR, ({ frame, step }) => !isGiven(frame, step))) continue;
    if (lock.entry !== null && typeof lock.entry !== 'string' && !isEntry(evaluate, one, lock.entry)) continue;
    for (const key of one.location.keys) {
      const list = byKey.get(key);
      if (list) list.push(one);
      else byKey.set(key, [one]);
    }
  }
  const found = new Map<string, SplitGuard>();
  for (const all of byKey.values()) {
    const sites = [...new Set(all.map(one => one.held.held.lock.site))].sort();
    for (const [index, a] of sites.entries())
      for (const b of sites.slice(index + 1)) {
        const split = compare(program, ofLock(all, a), ofLock(all, b));
        const id = split && `${split.at.in} ${split.at.at[0]}`;
        if (split && id && !found.has(id)) found.set(id, split);
      }
  }
  return [...found.values()];
});

/** The key of the lock is the key of the entry that is touched: `locks.get(id)` for `accounts.get(id)`. */
const isEntry = (evaluate: Evaluator, { moment: { frame, step } }: Guarded, entry: Ref): boolean =>
  step.place.path.some(
    part => 'key' in part && typeof part.key === 'number' && evaluate.evaluate(frame, part.key).includes(entry),
  );

const ofLock = (all: readonly Guarded[], site: string): Guarded[] =>
  all.filter(one => one.held.held.lock.site === site);

function compare(program: Program, a: readonly Guarded[], b: readonly Guarded[]): SplitGuard | undefined {
  const [first] = a;
  const [second] = b;
  if (!first || !second || !sameOwner(first, second)) return undefined;
  const alone = (one: Guarded, other: Lock): boolean => !one.moment.blind && !holds(one.moment, other);
  const left = a.filter(one => alone(one, second.held.held.lock));
  const right = b.filter(one => alone(one, first.held.held.lock));
  const writes = (list: readonly Guarded[]): Guarded[] => list.filter(one => isWrite(one.moment.step.mode));
  const [writesLeft, writesRight] = [writes(left), writes(right)];
  if (writesLeft.length === 0 || writesRight.length === 0) return undefined;
  if (!left.some(one => spans(program, one, left)) && !right.some(one => spans(program, one, right))) return undefined;
  const pair = writesLeft
    .flatMap(x => writesRight.map(y => [x, y] as const))
    .find(
      ([x, y]) => canRunTogether({ by: x.moment.by, pair: LATER }, { by: y.moment.by, pair: LATER }) && !common(x, y),
    );
  if (!pair) return undefined;
  const site = (moment: Moment<Access>): Site => program.site(moment.frame.fn.id, moment.step.at);
  const [early, late] = isBefore(site(pair[0].moment), site(pair[1].moment)) ? pair : [pair[1], pair[0]];
  return {
    state: early.location.name,
    locks: [early.held.held.lock, late.held.held.lock],
    at: site(late.moment),
    other: site(early.moment),
    accesses: accessesOf([...left, ...right], site),
    exported: [early, late].some(one => one.moment.by.activity.evidence === 'exported'),
  };
}

/** Each place once for each lock, however many ways lead there. */
function accessesOf(all: readonly Guarded[], site: (moment: Moment<Access>) => Site): SplitGuard['accesses'] {
  const found = new Map<string, SplitGuard['accesses'][number]>();
  for (const { moment, held } of all) {
    const at = site(moment);
    const { name } = held.held.lock;
    const key = `${name} ${at.file} ${at.at.join(' ')}`;
    if (!found.has(key)) found.set(key, { site: at, lock: name, writes: isWrite(moment.step.mode) });
  }
  return [...found.values()];
}

const LATER = { startup: false };

const holds = (moment: Moment<Access>, lock: Lock): boolean =>
  moment.held.some(({ held }) => held.lock.site === lock.site);

const common = (a: Guarded, b: Guarded): boolean =>
  a.moment.held.some(({ held: x }) =>
    b.moment.held.some(({ held: y }) => x.lock.site === y.lock.site && excludes(x.lock)),
  );

/** Both locks belong to the object that the state belongs to, or to the program. */
function sameOwner(a: Guarded, b: Guarded): boolean {
  const classOf = (lock: Lock): string | null => (lock.owner === null ? null : typeOf(lock.owner));
  const fits = ({ held: { held }, location }: Guarded): boolean =>
    held.lock.owner === null || location.owner === null || classOf(held.lock) === typeOf(location.owner);
  return (fits(a) && fits(b)) || classOf(a.held.held.lock) === classOf(b.held.held.lock);
}

/** The state is read before a suspension and written after it, in one section. */
function spans(program: Program, read: Guarded, all: readonly Guarded[]): boolean {
  if (isWrite(read.moment.step.mode)) return false;
  const { frame, step } = read.moment;
  return all.some(
    write =>
      write.moment.frame === frame &&
      isWrite(write.moment.step.mode) &&
      write.held.held.token === read.held.held.token &&
      [...program.steps(frame.fn.id).values()].some(
        one => one.kind === 'await' && one.id > step.id && one.id < write.moment.step.id,
      ),
  );
}

const isBefore = (a: Site, b: Site): boolean => a.file < b.file || (a.file === b.file && a.at[0] < b.at[0]);
