/** The parser of labels and the comparison notice what they are there to notice. */
import { describe, expect, it } from 'vitest';
import { compare, type Found, parseLabels } from './expect.ts';

const found = (rule: string, line: number, level: Found['level'] = 'error', related: number[] = []): Found => ({
  rule,
  level,
  message: '`first` waits for `second`',
  places: [line, ...related].map(at => ({ file: 'a.ts', line: at })),
});
const check = (text: string, ...findings: Found[]): string[] =>
  compare('lock-reentry', new Map([['a.ts', parseLabels('a.ts', text)]]), findings);

describe('labels', () => {
  it('name rules, levels and messages, several on a line', () => {
    const labels = parseLabels(
      'a.ts',
      'f(); // expect: lock-leak error "a, b", late-await|wait-cycle // allow: lost-update',
    );
    expect(labels).toEqual([
      { kind: 'expect', name: '', line: 1, rules: ['lock-leak'], level: 'error', message: /a, b/ },
      { kind: 'expect', name: '', line: 1, rules: ['late-await', 'wait-cycle'], level: null, message: null },
      { kind: 'allow', name: '', line: 1, rules: ['lost-update'], level: null, message: null },
    ]);
  });

  it('on a line that holds only a guard stand for the next line', () => {
    expect(
      parseLabels('a.ts', '\n  // guard x: replace with f(); // mutant-expect x: lock-leak\n  g();'),
    ).toMatchObject([{ line: 3, name: 'x', kind: 'mutant-expect' }]);
  });

  it.each(['// expect: lock-leak eror', '// expect:', '// expect: lock-leak, ', '// allow: Lock'])(
    'that are not well formed are refused: %s',
    text => {
      expect(() => parseLabels('a.ts', text)).toThrow('a.ts:1');
    },
  );
});

describe('comparing', () => {
  it('is content with what was asked for, at the place itself or a related one', () => {
    expect(check('// expect: lock-reentry error', found('lock-reentry', 1))).toEqual([]);
    expect(check('// expect: lock-reentry\n// allow: lock-reentry', found('lock-reentry', 2, 'error', [1]))).toEqual(
      [],
    );
  });

  it.each<[string, string, Found[], string]>([
    ['a finding that is missing', '// expect: lock-reentry', [], 'missed'],
    ['another level', '// expect: lock-reentry warning', [found('lock-reentry', 1)], 'missed'],
    ['another message', '// expect: lock-reentry "third"', [found('lock-reentry', 1)], 'missed'],
    ['another line', '\n// expect: lock-reentry', [found('lock-reentry', 1)], 'missed'],
    ['a finding that nobody asked for', 'f();', [found('lock-reentry', 1)], 'unexpected'],
    ['a finding of a rule that a label names', '\n// allow: lost-update', [found('lost-update', 1)], 'unexpected'],
    ['a miss that is none any more', '// todo-expect: lock-reentry', [found('lock-reentry', 1)], 'found now'],
    ['a false alarm that is none any more', '// todo-ok: lock-reentry', [], 'silent now'],
  ])('reports %s', (_what, text, findings, problem) => {
    expect(check(text, ...findings).join('\n')).toContain(problem);
  });

  it.each<[string, string, Found[]]>([
    ['a finding of a rule that the case is not about', 'f();', [found('lost-update', 1)]],
    ['a note', 'f();', [found('lock-reentry', 1, 'note')]],
    ['a known miss', '// todo-expect: lock-reentry', []],
    ['a known false alarm', '// todo-ok: lock-reentry', [found('lock-reentry', 1)]],
  ])('lets pass %s', (_what, text, findings) => {
    expect(check(text, ...findings)).toEqual([]);
  });
});
