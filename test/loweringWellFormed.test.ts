/** Facts of a file with all of the language in it refer only to what exists. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { walkSteps } from '../src/analysis/program.ts';
import { libraries } from '../src/libraries/index.ts';
import type { FunctionFacts, Step } from '../src/model/facts.ts';
import { extractText } from './support/inMemory.ts';

const facts = extractText(
  readFileSync(new URL('data/everySyntax.tsx.txt', import.meta.url), 'utf8'),
  'a.tsx',
  libraries,
);

function stepsOf(fn: FunctionFacts): Step[] {
  const steps: Step[] = [];
  walkSteps(fn.body, step => steps.push(step));
  return steps;
}

/** Every number that stands where the model has a value, found by the names of the fields that hold them. */
function valuesIn(part: unknown): number[] {
  if (Array.isArray(part)) return part.flatMap(valuesIn);
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, inside]): number[] => {
    if (name === 'body' || name === 'arms' || name === 'handlers' || name === 'finally' || name === 'orElse') return [];
    if (typeof inside === 'number') return VALUE_FIELDS.has(name) ? [inside] : [];
    const list = Array.isArray(inside) && LIST_FIELDS.has(name);
    return list ? inside.filter(each => typeof each === 'number') : valuesIn(inside);
  });
}
const VALUE_FIELDS = new Set(['value', 'left', 'right', 'receiver', 'lock', 'token', 'over', 'handler', 'binding']);
const LIST_FIELDS = new Set(['args', 'values', 'reads']);

describe('facts of every syntax', () => {
  it('know every construct', () => {
    expect(facts.gaps).toEqual([]);
    expect(facts.functions.length).toBeGreaterThan(40);
  });
  it('number steps once and point to values that exist', () => {
    for (const fn of facts.functions) {
      const steps = stepsOf(fn);
      expect(new Set(steps.map(step => step.id)).size, fn.id).toBe(steps.length);
      for (const value of [...steps, ...fn.values].flatMap(valuesIn))
        expect(fn.values[value], `${fn.id} ${value}`).toBeDefined();
    }
  });
  it('point to steps that give results', () => {
    for (const fn of facts.functions) {
      const ids = new Set(stepsOf(fn).map(step => step.id));
      for (const value of fn.values)
        if (value.kind === 'result') expect(ids.has(value.of), `${fn.id} ${value.of}`).toBe(true);
    }
  });
  it('name functions, slots and captures that exist', () => {
    const byId = new Map(facts.functions.map(fn => [fn.id, fn]));
    expect(byId.size).toBe(facts.functions.length);
    for (const fn of facts.functions) {
      for (const { from, slot } of fn.captures)
        expect(byId.get(from)?.slots, `${fn.id} ${slot}`).toHaveProperty([slot]);
      for (const value of fn.values) if (value.kind === 'function') expect(byId.has(value.id), value.id).toBe(true);
      for (const step of stepsOf(fn))
        if (step.kind === 'call' && step.target.kind === 'functions')
          for (const id of step.target.ids) expect(byId.has(id), id).toBe(true);
      if (fn.parent !== null) expect(byId.has(fn.parent), fn.id).toBe(true);
    }
  });
});
