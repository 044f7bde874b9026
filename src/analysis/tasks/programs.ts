/**
 * Programs: what an entry module runs when it is loaded, and what of that goes on for ever (servers, consumers, worker
 * loops). Commands, tests, tools for development and workers of another program are told apart.
 */
import type { Call, FunctionId, Loop, Register, Step } from '../../model/facts.ts';
import { defineAnalysis, type Get } from '../analysis.ts';
import { type CallGraph, callGraph } from '../flow/callGraph.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { processScopes } from './ownershipScopes.ts';
import type { Program, Site } from '../program.ts';
import { serviceLoop } from './serviceLoops.ts';

/** Something that takes in work for as long as the process lives. */
export interface Intake {
  what: 'server' | 'consumer' | 'loop';
  fn: FunctionId;
  step: Step;
  site: Site;
  /** Where the objects that take the work in are made (`function@s4`); empty for loops, and where nobody knows. */
  made: ReadonlySet<string>;
  /** Calls from the entry module to there, from the outside in. */
  path: readonly Site[];
  loop: Loop | null;
}

export interface RunningProgram {
  /** The entry module. */
  file: string;
  /** Functions that run when it is loaded. */
  startUp: ReadonlySet<FunctionId>;
  intakes: readonly Intake[];
  /** Started as a command only. */
  isCommand: boolean;
}

export const programs = defineAnalysis<readonly RunningProgram[]>('programs', (get, program) => {
  const finder = new Finder(get, program);
  const scopes = get(processScopes);
  return [...program.modules.values()]
    .filter(module => !module.test && scopes.isEntry(module.file) && !finder.isAside(module.file))
    .map(module => finder.of(module.file));
});

/** Folders and files that no one runs in operation: tools, examples, servers for development. */
const ASIDE =
  /(?:^|[/._-])(?:dev|development|devserver|mock|mocks|mocked|stub|stubs|fake|fakes|demo|demos|example|examples|sample|samples|bench|benchmark|benchmarks|playground|sandbox|storybook|docs?|website|scripts?|tools?|tooling|hack|e2e|fixtures?)(?=[/._-])/i;

/** Aside whoever names them: what a script of the manifest shows is no operation. */
const SHOWN = /(?:^|\/)(?:examples?|samples?|demos?)\/|(?:^|\/)[^/]*(?:dev|mock|demo|example)[^/]*$/i;

class Finder {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #eval: Evaluator;
  readonly #commands: ReadonlySet<string>;
  readonly #development: ReadonlySet<string>;
  readonly #named: ReadonlySet<string>;

  constructor(get: Get, program: Program) {
    this.#program = program;
    this.#graph = get(callGraph);
    this.#eval = get(evaluator);
    this.#commands = new Set(program.packages.flatMap(one => one.commands ?? []));
    this.#development = new Set(program.packages.flatMap(one => one.development ?? []));
    this.#named = new Set(program.packages.flatMap(one => one.entries));
  }

  isAside(file: string): boolean {
    if (this.#development.has(file)) return true;
    return ASIDE.test(file) && !(this.#named.has(file) && !SHOWN.test(file));
  }

  of(file: string): RunningProgram {
    const reached = this.#startUp(file);
    const intakes: Intake[] = [];
    let isInteractive = false;
    for (const [fn, path] of reached) {
      if (this.#program.modules.get(this.#program.fileOf(fn))?.test) continue;
      for (const step of this.#program.steps(fn).values()) {
        const found = this.#intake(fn, step, path);
        if (found) intakes.push(found);
        isInteractive ||= step.kind === 'call' && step.known?.interactive === true;
      }
    }
    const isWorker = [...this.#program.steps(`${file}#`).values()].some(
      step => step.kind === 'register' && step.entry.trigger === 'message' && step.entry.evidence === 'inferred',
    );
    return {
      file,
      startUp: new Set(reached.keys()),
      intakes: isWorker || isInteractive ? [] : this.#withoutGuests(intakes),
      isCommand: this.#commands.has(file),
    };
  }

  /** What is made on top of a server that the program starts itself goes with it: closing either ends both. */
  #withoutGuests(intakes: readonly Intake[]): Intake[] {
    const guests = new Map(intakes.map(guest => [guest, intakes.find(host => this.#isOn(guest, host))]));
    const hosts = intakes.flatMap(intake => {
      if (guests.get(intake)) return [];
      const own = intakes.filter(guest => guests.get(guest) === intake);
      return [own.length > 0 ? { ...intake, made: new Set([intake, ...own].flatMap(one => [...one.made])) } : intake];
    });
    // Listeners of such a guest take in what the server lets in.
    const isPartOf = (one: Intake, host: Intake): boolean =>
      host.what === 'server' && one.made.size > 0 && [...one.made].every(site => host.made.has(site));
    return hosts.filter(one => one.what !== 'consumer' || !hosts.some(host => isPartOf(one, host)));
  }

  #isOn(guest: Intake, host: Intake): boolean {
    if (guest === host || guest.step.kind !== 'call' || guest.step.newOf === undefined) return false;
    const facts = this.#program.functions.get(guest.fn);
    return (
      facts !== undefined &&
      guest.step.args.some(arg =>
        this.#eval
          .evaluate(this.#eval.symbolicFrame(facts), arg)
          .some(ref => this.#eval.resolve(ref).some(one => one.kind === 'made' && host.made.has(one.site))),
      )
    );
  }

  /** Module bodies that are loaded, and what they call, in the order of discovery; handlers are not run by loading. */
  #startUp(file: string): Map<FunctionId, readonly Site[]> {
    const found = new Map<FunctionId, readonly Site[]>();
    const queue: FunctionId[] = [];
    const reach = (id: FunctionId, path: readonly Site[]): void => {
      if (found.has(id) || !this.#program.functions.has(id)) return;
      found.set(id, path);
      queue.push(id);
    };
    for (const one of this.#loaded(file)) reach(`${one}#`, []);
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const path = found.get(next) ?? [];
      for (const step of this.#program.steps(next).values()) {
        if (!isRunAtOnce(step)) continue;
        const targets = this.#graph.targets(next, step.id);
        if (targets.length > MANY) continue;
        for (const callee of targets) reach(callee, [...path, this.#program.site(next, step.at)]);
      }
    }
    return found;
  }

  /** The module and what it imports, itself last to come to. */
  #loaded(file: string): Set<string> {
    const found = new Set([file]);
    for (const next of found) for (const other of this.#program.modules.get(next)?.imports ?? []) found.add(other);
    return found;
  }

  #intake(fn: FunctionId, step: Step, path: readonly Site[]): Intake | null {
    const site = this.#program.site(fn, step.at);
    if (step.kind === 'call' && this.#serves(fn, step))
      return { what: 'server', fn, step, site, made: this.#madeBy(fn, step), path, loop: null };
    if (step.kind === 'register' && isConsumer(step)) {
      const call = this.#callAt(fn, step);
      const made = call ? this.#madeBy(fn, call) : this.#listenedTo(fn, step);
      return { what: 'consumer', fn, step, site, made, path, loop: null };
    }
    const facts = this.#program.functions.get(fn);
    if (step.kind !== 'loop' || !facts || !serviceLoop(facts, step)) return null;
    const start = path.at(-1);
    return { what: 'loop', fn, step, site: start ?? site, made: new Set(), path: path.slice(0, -1), loop: step };
  }

  #serves(fn: FunctionId, { known, args }: Call): boolean {
    if (known?.serves) return true;
    if (!known?.servesWith) return false;
    const given = args[known.servesWith.argument];
    const options = given === undefined ? undefined : this.#program.functions.get(fn)?.values[given];
    return options?.kind === 'object' && known.servesWith.option in options.fields;
  }

  /** The call that a registration is a part of. */
  #callAt(fn: FunctionId, register: Register): Call | null {
    for (const step of this.#program.steps(fn).values())
      if (step.kind === 'call' && step.at[0] === register.at[0] && step.at[1] === register.at[1]) return step;
    return null;
  }

  /** The objects whose events the registered handler is a listener of. */
  #listenedTo(fn: FunctionId, register: Register): ReadonlySet<string> {
    const facts = this.#program.functions.get(fn);
    const made = new Set<string>();
    for (const step of this.#program.steps(fn).values()) {
      if (!facts || step.kind !== 'access' || step.mode !== 'update' || step.at[0] !== register.at[0]) continue;
      const { place } = step;
      const holder = { ...place, path: place.path.slice(0, -1) };
      for (const ref of this.#eval.place(this.#eval.symbolicFrame(facts), holder))
        for (const one of this.#eval.resolve(ref)) if (one.kind === 'made') made.add(one.site);
    }
    return made;
  }

  /** The objects that the call makes or is made on. */
  #madeBy(fn: FunctionId, call: Call): ReadonlySet<string> {
    const facts = this.#program.functions.get(fn);
    const made = new Set<string>(call.newOf === undefined ? [] : [`${fn}@s${call.id}`]);
    if (!facts || call.receiver === undefined) return made;
    for (const ref of this.#eval.evaluate(this.#eval.symbolicFrame(facts), call.receiver))
      for (const one of this.#eval.resolve(ref)) if (one.kind === 'made') made.add(one.site);
    return made;
  }
}

const MANY = 8;

/** `main`: a framework runs it when the program starts. */
const isRunAtOnce = (step: Step): boolean =>
  step.kind === 'call' ||
  step.kind === 'chain' ||
  (step.kind === 'spawn' && step.runsOn === 'event-loop') ||
  (step.kind === 'register' && step.entry.trigger === 'main');

/** Messages and jobs of a queue outside of the process. */
const isConsumer = ({ entry }: Register): boolean =>
  !entry.test && (entry.trigger === 'job' || (entry.trigger === 'message' && entry.evidence === 'framework'));
