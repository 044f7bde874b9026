import { describe, expect, it } from 'vitest';
import { FlowSolver } from '../../src/analysis/flow/flowSolver.ts';
import { forkOf } from '../../src/analysis/locks/interleaving.ts';
import { stronglyConnected } from '../../src/util/scc.ts';

const components = (edges: Record<string, string[]>): string[] =>
  stronglyConnected(Object.keys(edges), node => edges[node] ?? []).map(group => group.join(' '));

describe('strongly connected components', () => {
  it('come callees first', () => {
    expect(components({ main: ['a', 'b'], a: ['b'], b: [] })).toEqual(['b', 'a', 'main']);
  });
  it('put mutual recursion in one component', () => {
    expect(components({ a: ['b'], b: ['c'], c: ['a', 'd'], d: [] })).toEqual(['d', 'a b c']);
  });
  it('take a chain of 50,000 functions without recursion', () => {
    const edges = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`f${i}`, [`f${i + 1}`]]));
    expect(components(edges)).toHaveLength(50_001);
  });
});

describe('flow of tokens', () => {
  it('reaches through edges added before and after the token', () => {
    const flow = new FlowSolver();
    const [a, b, c] = [flow.newNode(), flow.newNode(), flow.newNode()];
    flow.addEdge(a, b);
    flow.addToken(a, 7);
    flow.solve();
    flow.addEdge(b, c);
    flow.solve();
    expect([...flow.tokens(c)]).toEqual([7]);
  });
  it('tells a watcher every token once it is there', () => {
    const flow = new FlowSolver();
    const [a, b] = [flow.newNode(), flow.newNode()];
    const seen = new Set<number>();
    flow.addToken(a, 1);
    flow.watch(b, token => seen.add(token));
    flow.addEdge(a, b);
    flow.addToken(b, 2);
    flow.solve();
    expect([...seen].sort()).toEqual([1, 2]);
  });
  it('ends on cycles', () => {
    const flow = new FlowSolver();
    const [a, b] = [flow.newNode(), flow.newNode()];
    flow.addEdge(a, b);
    flow.addEdge(b, a);
    flow.addToken(b, 3);
    flow.solve();
    expect([...flow.tokens(a)]).toEqual([3]);
  });
});

describe('forks', () => {
  const fork = (branch: string, many = false): { id: string; branch: string; many: boolean } => ({
    id: 'all',
    branch,
    many,
  });
  it('tell siblings from one another', () => {
    expect(forkOf({ forks: [fork('0')] }, { forks: [fork('1')] })).toBe(0);
    expect(forkOf({ forks: [fork('0')] }, { forks: [fork('0')] })).toBeUndefined();
  });
  it('of one branch per element run beside themselves', () => {
    expect(forkOf({ forks: [fork('0', true)] }, { forks: [fork('0', true)] })).toBe(0);
  });
  it('of another combinator come before or after', () => {
    expect(forkOf({ forks: [fork('0')] }, { forks: [{ id: 'later', branch: '1', many: false }] })).toBeUndefined();
  });
});
