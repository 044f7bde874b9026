/** Members of one object that become members of another: `Object.assign(a, b)`, `Object.create(p)` and the like. */
import type { Copies } from '../../model/copies.ts';
import type { Call, Place, ValueId } from '../../model/facts.ts';
import { type FunctionNodes, FlowPlaces } from './flowPlaces.ts';
import type { NodeId, TokenId } from './flowSolver.ts';

export abstract class FlowCopies extends FlowPlaces {
  protected copyMembers(fn: FunctionNodes, step: Call, copies: Copies, result: NodeId): void {
    const target = copies.into === 'result' ? undefined : step.args[copies.into];
    if (copies.into === 'result')
      this.solver.addToken(result, this.objects.objectToken(fn.facts, `s${step.id}`, null, 'object'));
    else if (target === undefined) return;
    const into = target === undefined ? result : fn.values + target;
    const { from, rest, descriptors, member, inherits = false } = copies;
    const sources = from === undefined ? [] : step.args.slice(from, rest ? undefined : from + 1);
    sources.forEach((source, index) => {
      const node = fn.values + source;
      const isSpread = step.spreads?.includes(index + (from ?? 0));
      this.#copyEach(isSpread ? this.elementRead(fn, node, null) : node, into, inherits);
    });
    const described = descriptors === undefined ? undefined : step.args[descriptors];
    if (described !== undefined) this.#defineEach(fn, fn.values + described, into);
    if (member && target !== undefined)
      this.#defineOne(fn, target, step.args[member.name], step.args[member.descriptor]);
  }

  #copyEach(from: NodeId, into: NodeId, inherits: boolean): void {
    this.solver.watch(into, target => {
      this.solver.watch(from, source => {
        if (this.objects.isSummary(source)) this.solver.addToken(into, source);
        else if (this.#isCopied(source, target, inherits)) this.objects.copyProperties(source, target);
      });
    });
  }

  /** The prototype of a function is a function: anything else came from where nothing is told apart. */
  #isCopied(source: TokenId, target: TokenId, inherits: boolean): boolean {
    const [from, into] = [this.objects.token(source).kind, this.objects.token(target).kind];
    if (from === 'resolver' || into === 'resolver') return false;
    return !inherits || (from === 'object') === (into === 'object');
  }

  #defineEach(fn: FunctionNodes, descriptors: NodeId, into: NodeId): void {
    this.solver.watch(descriptors, id => {
      for (const [field, node] of this.objects.membersOf(id)) {
        const given = this.#described(fn, node);
        this.solver.watch(into, target => {
          const property = this.objects.propertyOf(target, field, undefined);
          if (property !== undefined) this.solver.addEdge(given, property);
        });
      }
    });
  }

  #defineOne(fn: FunctionNodes, target: ValueId, name: ValueId | undefined, descriptor: ValueId | undefined): void {
    if (name === undefined || descriptor === undefined) return;
    const key = this.constantKey(fn, name);
    const place: Place = {
      root: { kind: 'value', of: target },
      type: null,
      path: [key === undefined ? { any: true } : { field: key }],
    };
    this.write(fn, place, this.#described(fn, fn.values + descriptor));
  }

  /** What a property descriptor says the property is. */
  #described(fn: FunctionNodes, descriptor: NodeId): NodeId {
    return this.stepRead(fn, descriptor, { field: 'value' });
  }
}
