/** One hand-made report with every outcome, level and oddity that a format has to show. */
import type { AuditReport, ChecklistItem, Finding, Location, RuleInfo, WitnessStep } from '../../src/model/report.ts';

export const place = (file: string, line: number, column = 3, width = 5): Location => ({
  file,
  line,
  column,
  endLine: line,
  endColumn: column + width,
});

const step = (file: string, line: number, order: number, part: Partial<WitnessStep>): WitnessStep => ({
  ...place(file, line),
  message: 'goes on',
  kind: 'call',
  depth: 0,
  importance: 'important',
  order,
  ...part,
});

export const finding = (part: Partial<Finding> = {}): Finding => ({
  rule: 'lock-order-cycle',
  item: 'C4',
  level: 'error',
  confidence: 'high',
  message: '`transfer` holds `from.lock` and waits for `to.lock`; another `transfer` waits the other way round',
  why: 'each waits for the other for ever',
  fix: 'take both locks in one order',
  location: place('src/bank.ts', 12),
  symbol: 'Bank.transfer',
  related: [{ ...place('src/bank.ts', 11), message: 'takes `from.lock`' }],
  witnesses: [],
  assumptions: [],
  fingerprint: '00112233445566778899aabbccddeeff',
  lineHash: '271789c17abda88f:1',
  frame: { firstLine: 11, lines: ['  await from.lock.acquire();', '  await to.lock.acquire();', '}'], marked: 12 },
  ...part,
});

const item = (id: ChecklistItem['id'], part: Partial<ChecklistItem>): ChecklistItem => ({
  id,
  title: `title-${id}`,
  question: `Question ${id}?`,
  risk: 'critical',
  weight: 10,
  outcome: 'not measured',
  score: null,
  reason: 'No rule of this item ran.',
  rules: [],
  worst: [],
  raise: 'Switch on a rule of this item.',
  ...part,
});

const rule = (id: string, part: Partial<RuleInfo> = {}): RuleInfo => ({
  id,
  item: 'C4',
  level: 'error',
  title: `Title of ${id}`,
  why: 'it hangs',
  fix: 'mend it',
  help: `Help of ${id}.`,
  enabled: true,
  ...part,
});

const transfer = (from: string, order: number): WitnessStep[] => [
  step('src/api.ts', 3, order, { message: 'POST /transfer', kind: 'entry', importance: 'unimportant' }),
  step('src/bank.ts', 11, order, { message: `takes \`${from}\``, kind: 'acquire', depth: 1, importance: 'essential' }),
  step('src/bank.ts', 12, order + 2, {
    message: 'waits for the other',
    kind: 'wait',
    depth: 1,
    importance: 'essential',
  }),
];

export const REPORT: AuditReport = {
  schema: 1,
  tool: { name: 'conc-audit', version: '1.2.3' },
  preset: 'recommended',
  prefix: 'packages/bank & co',
  verdict: 'blocked',
  verdictReason: '1 error that nobody accepted goes wrong under load',
  score: { low: 4.2, high: 7.1 },
  items: [
    item('C1', {}),
    item('C2', {
      outcome: 'scored',
      score: 9.7,
      reason: 'floating-promise: 6 of 8 calls without a finding.',
      rules: [{ rule: 'floating-promise', examined: 8, good: 6, bad: 0.45, ratio: 6 / 6.45 }],
      worst: ['f2'],
      raise: 'Mend it.',
    }),
    item('C3', { outcome: 'n/a', reason: 'The code has no fan-outs.' }),
    item('C4', {
      outcome: 'scored',
      score: 5,
      reason: 'lock-order-cycle: 1 of 2 nested acquisitions; 1 error caps the item at 5.',
    }),
    item('C5', { outcome: 'inconclusive', reason: 'Not enough evidence.' }),
    ...(['C6', 'C7', 'C8', 'C9', 'C10'] as const).map(id => item(id, {})),
  ],
  findings: [
    finding({
      witnesses: [
        { title: 'Request 1: transfer(a, b)', steps: transfer('a.lock', 1) },
        { title: 'Request 2: transfer(b, a)', steps: transfer('b.lock', 2) },
      ],
      assumptions: ['exported API may run concurrently'],
    }),
    finding({
      rule: 'floating-promise',
      item: 'C2',
      level: 'warning',
      confidence: 'medium',
      message: 'the promise of `save` is dropped [here](1)',
      location: place('src/a b/ü#?.ts', 1, 1, 4),
      related: [],
      fingerprint: 'f2',
      frame: { firstLine: 1, lines: ['\tsave();'], marked: 1 },
    }),
    finding({
      rule: 'floating-promise',
      item: 'C2',
      level: 'note',
      message: 'a note',
      location: place('src/z.ts', 7),
      fingerprint: 'f3',
    }),
    finding({
      rule: 'floating-promise',
      item: 'C2',
      message: 'accepted',
      fingerprint: 'f4',
      suppressed: { by: 'inline', reason: 'by design' },
    }),
    finding({
      rule: 'unused-suppression',
      item: null,
      level: 'note',
      message: 'No finding of `lock-reentry` is suppressed here.',
      related: [],
      fingerprint: 'f5',
    }),
  ],
  hidden: { notes: 2, lowConfidence: 3, suppressed: 1 },
  coverage: {
    files: 4,
    functions: 20,
    calls: { total: 100, one: 80, few: 5, many: 5, external: 5, none: 5 },
    resolved: 0.9,
    gaps: [
      { reason: 'dynamic-property', count: 4 },
      { reason: 'eval', count: 1 },
    ],
  },
  diagnostics: [
    { kind: 'syntax-error', severity: 'error', message: '`}` expected', file: 'src/broken.ts', line: 9 },
    { kind: 'config', severity: 'warning', message: 'entryPoints: nothing is named by x' },
    { kind: 'gave-up', severity: 'info', message: 'too many paths', file: 'src/big.ts' },
  ],
  projects: [
    { config: null, files: 1 },
    { config: 'tsconfig.json', files: 3 },
  ],
  fileProjects: { 'src/a.ts': 'tsconfig.json', 'x.js': null },
  skipped: [{ reason: 'declaration', count: 2, examples: ['a.d.ts', 'b.d.ts'] }],
  rules: [
    rule('floating-promise', { item: 'C2' }),
    rule('lock-order-cycle'),
    rule('lock-reentry', { enabled: false }),
    rule('unused-suppression', { item: null, level: 'note' }),
  ],
};
