/** The shared locations that running an activation touches, with everything that it calls and starts. */
import type { Access, StepId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import { type Evaluator, evaluator } from '../flow/evaluator.ts';
import { type LockActivities, lockActivities } from '../locks/lockActivities.ts';
import { isSettingUp, type Location, locate } from './locations.ts';
import type { Frame } from '../refs.ts';

export interface Touch {
  readonly location: Location;
  readonly mode: Access['mode'];
  readonly frame: Frame;
  readonly step: Access;
  /** The step of the activation that was asked for: the access itself, or the call that leads to it. */
  readonly at: StepId;
  /** After a suspension of the task. */
  readonly later: boolean;
  /** Classes of the locks that the work takes for itself around the access. */
  readonly under: readonly string[];
  /** Calls below the activation that was asked for. */
  readonly calls: number;
  /** Some call on the way is resolved by a name, or to one of several bodies. */
  readonly guessed: boolean;
}

export const isWrite = (mode: Access['mode']): boolean => mode !== 'read' && mode !== 'iterate';

const DEPTH = 10;
/** Beyond, what is called is left out; what the activation touches itself is not. */
const TOUCHES = 400;

export class Footprints {
  readonly #eval: Evaluator;
  readonly #locks: LockActivities;
  readonly #known = new Map<number, readonly Touch[]>();

  constructor(evaluate: Evaluator, locks: LockActivities) {
    this.#eval = evaluate;
    this.#locks = locks;
  }

  of(frame: Frame, depth = DEPTH): readonly Touch[] {
    const known = this.#known.get(frame.id);
    if (known) return known;
    // Recursion adds nothing.
    this.#known.set(frame.id, []);
    const found = this.#collect(frame, depth);
    if (depth === DEPTH || depth > 3) this.#known.set(frame.id, found);
    else this.#known.delete(frame.id);
    return found;
  }

  #collect(frame: Frame, depth: number): Touch[] {
    const steps = this.#eval.program.steps(frame.fn.id);
    const found: Touch[] = [];
    const suspendsAt = this.#suspensions(frame);
    for (const step of steps.values()) {
      const later = suspendsAt(step.id);
      const under = this.#locks.points.at(frame, step.id).map(({ held }) => held.lock.site);
      if (step.kind === 'access') {
        const location = locate(this.#eval, frame, step.place);
        if (location && !isSettingUp(this.#eval, frame, step.place))
          found.push({ location, mode: step.mode, frame, step, at: step.id, later, under, calls: 0, guessed: false });
      } else if ((step.kind === 'call' || step.kind === 'chain') && depth > 0 && found.length <= TOUCHES) {
        const callees =
          step.kind === 'call'
            ? this.#eval.callees(frame, step)
            : [step.onFulfilled, step.onRejected, step.onFinally].flatMap(handler =>
                handler === undefined ? [] : this.#eval.calleesOf(this.#eval.evaluate(frame, handler), [], null),
              );
        for (const callee of callees)
          for (const touch of this.of(callee.frame, depth - 1).slice(0, Math.max(0, 2 * TOUCHES - found.length)))
            found.push({
              ...touch,
              at: step.id,
              later: touch.later || later || step.kind === 'chain',
              under: under.length === 0 ? touch.under : [...touch.under, ...under],
              calls: touch.calls + 1,
              guessed: touch.guessed || callee.guessed,
            });
      }
    }
    return found;
  }

  /** Whether a step runs after a suspension: one before it, or one anywhere in a loop around it. */
  #suspensions(frame: Frame): (step: number) => boolean {
    const steps = this.#eval.program.steps(frame.fn.id);
    const repeated = this.#eval.program.repeatedSteps(frame.fn.id);
    const awaits = [...steps.values()].filter(
      step => step.kind === 'await' || step.kind === 'acquire' || (step.kind === 'loop' && step.awaitsEach),
    );
    const first = Math.min(...awaits.map(step => step.id), Infinity);
    const inLoop = awaits.some(step => repeated.has(step.id));
    return id => id > first || (inLoop && repeated.has(id));
  }
}

export const footprints = defineAnalysis<Footprints>(
  'footprints',
  get => new Footprints(get(evaluator), get(lockActivities)),
);
