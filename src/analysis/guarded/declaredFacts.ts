/** What the project declares of its locks in comments (`@holds`, `@reentrant`, `@guardedBy`), checked against what it does. */
import type { Access, Declared, FunctionFacts, Place } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { callGraph } from '../flow/callGraph.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import type { Declaration } from '../locks/declaredOrder.ts';
import { holdsOf, lockNamed } from '../locks/declaredHolds.ts';
import { isMeant } from '../locks/declaredReentrant.ts';
import { lockActivities } from '../locks/lockActivities.ts';
import { whyNotItself } from '../locks/lockReentry.ts';
import { LockNames } from '../locks/lockNames.ts';
import { functionName } from '../locks/lockStory.ts';
import type { Held, Pair } from '../locks/lockPairs.ts';
import { type Lock, type LockTable, lockTable } from '../locks/locks.ts';
import type { Program } from '../program.ts';
import { isWrite } from './footprints.ts';
import { lockedWork, type Moment } from './lockedWork.ts';

export interface DeclarationProblem {
  readonly declaration: Declaration;
  readonly message: string;
}

/** Declarations that name nothing, and those that the code contradicts; each is told of once. */
export const declaredFacts = defineAnalysis<readonly DeclarationProblem[]>('declared-facts', (get, program) => {
  const tags = new Set(
    [...program.modules.values()].flatMap(module =>
      [...module.declared, ...module.functions.flatMap(({ declared }) => declared ?? [])].map(({ tag }) => tag),
    ),
  );
  if (!tags.has('holds') && !tags.has('reentrant') && !tags.has('guardedBy')) return [];
  get(lockActivities);
  return new Facts(get, program).problems();
});

class Facts {
  readonly #get: Get;
  readonly #program: Program;
  readonly #eval: Evaluator;
  readonly #locks: LockTable;
  readonly #names: LockNames;
  readonly #problems: DeclarationProblem[] = [];

  constructor(get: Get, program: Program) {
    this.#get = get;
    this.#program = program;
    this.#eval = get(evaluator);
    this.#locks = get(lockTable);
    this.#names = new LockNames(program, this.#locks.known());
  }

  problems(): readonly DeclarationProblem[] {
    for (const fn of this.#program.functions.values())
      for (const one of holdsOf(fn)) for (const name of one.names) this.#holds(fn, one, name);
    this.#reentrant();
    for (const { file, declared } of this.#program.modules.values())
      for (const one of declared)
        if (one.tag === 'guardedBy') for (const name of one.names) this.#guarded(file, one, name);
    return this.#problems;
  }

  #tell(file: string, { at, names }: Pick<Declared, 'at' | 'names'>, message: string): void {
    this.#problems.push({ declaration: { names, site: this.#program.site(`${file}#`, at) }, message });
  }

  /** The lock that a name at a function means; told of when there is none. */
  #lockOf(fn: FunctionFacts, declared: Declared, name: string): Lock | undefined {
    const lock = lockNamed(this.#eval, this.#locks, this.#eval.symbolicFrame(fn), name);
    const file = this.#program.fileOf(fn.id);
    if (!lock && !this.#names.find(name, { file, at: declared.at }).known)
      this.#tell(file, declared, `There is no lock \`${name}\`, so nobody can hold it.`);
    return lock;
  }

  /** Every caller has it, or is declared to have it itself. */
  #holds(fn: FunctionFacts, declared: Declared, name: string): void {
    const lock = this.#lockOf(fn, declared, name);
    if (!lock) return;
    const file = this.#program.fileOf(fn.id);
    const under = stepsUnder(this.#get(lockedWork).calls, lock);
    const without = this.#get(callGraph)
      .callers(fn.id)
      .map(({ caller, step }) => ({ caller: this.#program.functions.get(caller), step }))
      .find(
        ({ caller, step }) =>
          caller &&
          !this.#isTest(caller) &&
          !under.has(`${caller.id} ${step}`) &&
          this.#takes(lock) &&
          !this.#isDeclaredIn(caller, lock),
      );
    if (without?.caller)
      this.#tell(
        file,
        declared,
        `\`${fn.name}\` is said to be called with \`${name}\` held, and \`${without.caller.name}\` calls it without.`,
      );
  }

  /** Somebody is known to take it: else nobody can be told not to hold it. */
  #takes(lock: Lock): boolean {
    return this.#get(lockActivities).list.some(({ pairs }) =>
      pairs.some(({ acquires }) => acquires.site === lock.site),
    );
  }

  #isTest({ id }: FunctionFacts): boolean {
    return this.#program.modules.get(this.#program.fileOf(id))?.test === true;
  }

  /** The function, or one that encloses it, is itself declared to be called with the lock. */
  #isDeclaredIn(fn: FunctionFacts, lock: Lock): boolean {
    const names = holdsOf(fn).flatMap(one => one.names);
    const frame = this.#eval.symbolicFrame(fn);
    if (names.some(name => lockNamed(this.#eval, this.#locks, frame, name)?.site === lock.site)) return true;
    const parent = fn.parent === null ? undefined : this.#program.functions.get(fn.parent);
    return parent !== undefined && this.#isDeclaredIn(parent, lock);
  }

  #reentrant(): void {
    const known = this.#locks.known();
    for (const one of this.#locks.declaredReentrant.all) {
      const meant = known.filter(lock => isMeant(one, lock, lock.ref));
      const declared = { at: one.site.at, names: [] };
      if (meant.length === 0) this.#tell(one.file, declared, 'No lock is declared here that could be reentrant.');
      const twice = meant.length === 0 ? undefined : this.#takenTwice(meant);
      if (twice)
        this.#tell(
          one.file,
          declared,
          `\`${twice.held.lock.name}\` is said to be reentrant, and that of ${twice.held.lock.kind.library} is not: \`${twice.by}\` asks for it and holds it already.`,
        );
    }
  }

  /** A lock of a package that does not let its holder in, asked for by its holder all the same. */
  #takenTwice(meant: readonly Lock[]): { held: Held; by: string } | undefined {
    const sites = new Set(meant.flatMap(({ kind, site }) => (isOfPackage(kind) ? [site] : [])));
    for (const { pairs } of this.#get(lockActivities).list)
      for (const pair of pairs) {
        const held = pair.wait === 'endless' && sites.has(pair.acquires.site) && asksAgain(pair);
        if (held) return { held, by: functionName(this.#program, pair.trace.site) };
      }
    return undefined;
  }

  /** A variable or field that nobody writes under the lock, or that somebody writes without it. */
  #guarded(file: string, declared: Declared, name: string): void {
    const { of } = declared;
    if (of === undefined)
      return this.#tell(file, declared, 'No variable or field is declared here that a lock could guard.');
    const { locks, known } = this.#names.find(name, { file, at: declared.at });
    if (!known) return this.#tell(file, declared, `There is no lock \`${name}\`, so it guards nothing.`);
    if (locks.length === 0) return;
    const writes = this.#writesTo(file, of);
    const under = new Set(locks.flatMap(lock => [...stepsUnder(this.#get(lockedWork).accesses, lock)]));
    const isUnder = ({ fn, step }: Write): boolean =>
      under.has(`${fn.id} ${step.id}`) || locks.some(lock => this.#isDeclaredIn(fn, lock));
    const without = writes.find(write => !isUnder(write));
    if (!without) return;
    const message = writes.some(isUnder)
      ? `\`${of}\` is said to be guarded by \`${name}\`, and \`${without.fn.name}\` writes it without.`
      : `\`${of}\` is said to be guarded by \`${name}\`, and nothing writes it under that.`;
    this.#tell(file, declared, message);
  }

  /** Once it is set up. */
  #writesTo(file: string, of: string): Write[] {
    const [owner = '', field] = of.split('.');
    return [...this.#program.functions.values()].flatMap(fn => {
      const isSetUp = fn.parent === null && fn.id.endsWith('#');
      if (isSetUp || this.#eval.types.isConstructor(fn.id) || this.#isTest(fn)) return [];
      const isIt = (place: Place): boolean =>
        field === undefined
          ? place.root.kind === 'module' && place.root.file === file && place.root.name === owner
          : place.path.some(
              step =>
                'field' in step &&
                step.field === field &&
                (step.of === undefined ? fn.owner : step.of) === `${file}#${owner}`,
            );
      return [...this.#program.steps(fn.id).values()].flatMap(step =>
        step.kind === 'access' && isWrite(step.mode) && isIt(step.place) ? [{ fn, step }] : [],
      );
    });
  }
}

interface Write {
  fn: FunctionFacts;
  step: Access;
}

/** Steps that are seen to run with the lock held, or where that cannot be told: `function step`. */
const stepsUnder = (moments: readonly Moment[], lock: Lock): ReadonlySet<string> =>
  new Set(
    moments
      .filter(({ held, blind }) => blind || held.some(one => one.held.lock.site === lock.site))
      .map(({ frame, step }) => `${frame.fn.id} ${step.id}`),
  );

const isOfPackage = ({ library, reentrant }: Lock['kind']): boolean =>
  library !== '' && library !== 'hand-made' && reentrant === 'no';

/** The holder that waits for itself, were the lock not said to be reentrant. */
function asksAgain(pair: Pair): Held | undefined {
  const acquires = { ...pair.acquires, reentrant: false };
  return pair.held.find(held => {
    const lock = { ...held.lock, reentrant: false };
    return held.lock.site === acquires.site && whyNotItself({ ...held, lock }, { ...pair, acquires }) === null;
  });
}
