/** What a close is the close of: a server or a file that is done later, or a connection, which waits for nothing else. */
import type { Cancel, FunctionFacts, Step, ValueId } from '../../model/facts.ts';
import type { Evaluator } from '../flow/evaluator.ts';
import { makerOf } from '../program.ts';
import { typeOf } from '../refs.ts';

/** What goes on after its close has returned: a server answers what it has taken in, a file is written. Null: neither. */
export function closedLater(evaluate: Evaluator, fn: FunctionFacts, what: ValueId): 'server' | 'stream' | null {
  for (const ref of evaluate.evaluate(evaluate.symbolicFrame(fn), what)) {
    const known = makerOf(evaluate.program, ref)?.step.known;
    const resource = known?.resource?.what;
    if (resource === 'server' || (resource === 'stream' && known?.outside === 'file')) return resource;
    const declared = /#(?:\w*(Server)|WriteStream)$/.exec(typeOf(ref) ?? '');
    if (declared) return declared[1] ? 'server' : 'stream';
  }
  return null;
}

/** The promise of ending a connection to a database or a broker: `await pool.end()` does not wait for a server. */
export function isConnectionEnd(evaluate: Evaluator, fn: FunctionFacts, value: ValueId): boolean {
  const facts = fn.values[value];
  const step = facts?.kind === 'result' ? evaluate.program.steps(fn.id).get(facts.of) : undefined;
  const closing = step && cancelAt(evaluate, fn, step);
  if (closing?.how !== 'close' || typeof closing.what !== 'number') return false;
  const refs = evaluate.evaluate(evaluate.symbolicFrame(fn), closing.what);
  return (
    refs.length > 0 && refs.every(ref => makerOf(evaluate.program, ref)?.step.known?.resource?.what === 'connection')
  );
}

/** The ending that is written in the same place as a call. */
function cancelAt({ program }: Evaluator, { id }: FunctionFacts, { at }: Step): Cancel | undefined {
  for (const step of program.steps(id).values())
    if (step.kind === 'cancel' && step.at[0] === at[0] && step.at[1] === at[1]) return step;
  return undefined;
}
