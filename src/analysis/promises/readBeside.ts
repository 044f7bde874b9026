/** Writes into one end of a pair that is made on the spot, whose other end is read: what fails there fails the reader, too. */
import type { FunctionFacts, ValueId } from '../../model/facts.ts';
import { defineAnalysis } from '../analysis.ts';
import type { PromiseFate } from './promisesFate.ts';

/**
 * Whether a dropped promise is that of such a write (`known.settledByReader`): the object that it is written into was
 * made in the same function (`new CompressionStream()`), and another member of that object is used there. Waiting for
 * the write before the read would hang, and whoever reads sees the failure.
 */
export const readBeside = defineAnalysis<(fate: PromiseFate) => boolean>('read-beside', (_get, program) => {
  return ({ node }) => {
    const fn = program.functions.get(node.fn);
    const { step } = node;
    if (!fn || step?.kind !== 'call' || step.known?.settledByReader !== true || step.receiver === undefined)
      return false;
    const written = endOf(fn, step.receiver);
    return (
      written !== null &&
      fn.values.some(facts => {
        if (facts.kind !== 'read') return false;
        const { root, path } = facts.place;
        const end = path[0];
        return root.kind === 'value' && root.of === written.of && end && 'field' in end && end.field !== written.field;
      })
    );
  };

  /** The object made here that a value is a member of, or comes from a call of a member. */
  function endOf(fn: FunctionFacts, value: ValueId): { of: ValueId; field: string } | null {
    const facts = fn.values[value];
    if (facts?.kind === 'result') {
      const step = program.steps(fn.id).get(facts.of);
      return step?.kind === 'call' && step.receiver !== undefined ? endOf(fn, step.receiver) : null;
    }
    if (facts?.kind !== 'read' || facts.place.root.kind !== 'value') return null;
    const [end] = facts.place.path;
    const { of } = facts.place.root;
    if (!end) return endOf(fn, of);
    const made = fn.values[of];
    const step = made?.kind === 'result' ? program.steps(fn.id).get(made.of) : undefined;
    return step?.kind === 'call' && step.newOf !== undefined && 'field' in end ? { of, field: end.field } : null;
  }
});
