import fs from 'node:fs';
import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Log } from 'sarif';
import { describe, expect, it } from 'vitest';
import type { AuditReport } from '../src/model/report.ts';
import json from '../src/reporters/json.ts';
import { DEFAULT_RENDER, type RenderOptions } from '../src/reporters/reporter.ts';
import sarif, { toSarif } from '../src/reporters/sarif.ts';
import text from '../src/reporters/text.ts';
import { REPORT, finding, place } from './support/report.ts';

const read = (file: string): object => JSON.parse(fs.readFileSync(new URL(file, import.meta.url), 'utf8'));
function errorsOf(schema: object, data: unknown): string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return validate(data) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('JSON', () => {
  const schema = read('../docs/report.schema.json');
  it('is the report, by its schema', () => {
    const parsed: unknown = JSON.parse(json.render(REPORT, DEFAULT_RENDER));
    expect(parsed).toEqual(REPORT);
    expect(errorsOf(schema, parsed)).toEqual([]);
  });
  it('has a schema that refuses what is wrong', () => {
    expect(errorsOf(schema, { ...REPORT, verdict: 'fine' })).not.toEqual([]);
    expect(errorsOf(schema, { ...REPORT, surprise: 1 })).not.toEqual([]);
  });
  it('stays valid Unicode with cut surrogates', () => {
    const rendered = json.render({ ...REPORT, findings: [finding({ message: '\ud83d' })] }, DEFAULT_RENDER);
    expect(rendered).toContain('\\ud83d');
    expect(Buffer.from(rendered).toString()).toBe(rendered);
  });
});

/** What the schema cannot say: indexes, ids and links that lead somewhere, caps, relative encoded addresses. */
function semanticErrors(log: Log): string[] {
  const errors: string[] = [];
  const check = (holds: boolean, message: string): void => void (holds || errors.push(message));
  for (const run of log.runs) {
    const rules = run.tool.driver.rules ?? [];
    for (const rule of [...rules, ...(run.tool.driver.notifications ?? [])]) {
      check(
        !!rule.id && !!rule.shortDescription?.text && !!rule.fullDescription?.text && !!rule.help?.text,
        `${rule.id} lacks a text`,
      );
      check(
        (rule.shortDescription?.text.length ?? 0) <= 1024 && (rule.fullDescription?.text.length ?? 0) <= 1024,
        `${rule.id} is too long`,
      );
    }
    const known = new Set((run.tool.driver.notifications ?? []).map(({ id }) => id));
    const notifications = (run.invocations ?? []).flatMap(one => [
      ...(one.toolExecutionNotifications ?? []),
      ...(one.toolConfigurationNotifications ?? []),
    ]);
    for (const { descriptor } of notifications)
      check(known.has(descriptor?.id ?? ''), `no descriptor ${descriptor?.id}`);
    for (const result of run.results ?? []) {
      check(rules[result.ruleIndex ?? -1]?.id === result.ruleId, `ruleIndex of ${result.ruleId}`);
      const ids = new Set((result.relatedLocations ?? []).map(({ id }) => id));
      for (const [, id] of (result.message.text ?? '').matchAll(/(?<!\\)\]\((\d+)\)/g))
        check(ids.has(Number(id)), `link ${id}`);
      check((result.relatedLocations ?? []).length <= 100, 'related locations');
      check((result.codeFlows ?? []).length <= 2, 'code flows');
      for (const { threadFlows } of result.codeFlows ?? [])
        for (const { locations } of threadFlows) check(locations.length <= 60, 'steps');
    }
    check((run.results ?? []).length <= 5000, 'results');
  }
  for (const [, uri = ''] of JSON.stringify(log).matchAll(/"uri":"([^"]*)"/g)) {
    check(!/^([a-z]+:|\/|\.\/)/.test(uri) && encodeURI(decodeURI(uri)) !== '' && !/[ #?\\]/.test(uri), `uri ${uri}`);
  }
  return errors;
}

describe('SARIF', () => {
  const schema = read('data/sarif-2.1.0.json');
  const log = toSarif(REPORT);
  const [run] = log.runs;
  it('is valid', () => {
    expect(errorsOf(schema, JSON.parse(sarif.render(REPORT, DEFAULT_RENDER)))).toEqual([]);
    expect(semanticErrors(log)).toEqual([]);
  });
  it('has gates that can close', () => {
    expect(errorsOf(schema, { ...log, version: '2.0.0' })).not.toEqual([]);
    const [result] = run?.results ?? [];
    if (result)
      expect(
        semanticErrors({
          ...log,
          runs: [{ tool: { driver: { name: 'x' } }, results: [{ ...result, message: { text: '[x](99)' } }] }],
        }),
      ).toContain('link 99');
  });
  it('leaves out what was suppressed, and lists every enabled rule', () => {
    expect(run?.results?.map(({ partialFingerprints }) => partialFingerprints?.['concAudit/identity/v1'])).toEqual([
      '00112233445566778899aabbccddeeff',
      'f2',
      'f3',
      'f5',
    ]);
    expect(run?.tool.driver.rules?.map(({ id }) => id)).toEqual([
      'floating-promise',
      'lock-order-cycle',
      'unused-suppression',
    ]);
  });
  it('has one thread flow for each participant, in one order', () => {
    const flows = run?.results?.[0]?.codeFlows ?? [];
    expect(flows).toHaveLength(1);
    expect(
      flows[0]?.threadFlows.map(({ locations }) =>
        locations.map(({ executionOrder, nestingLevel, importance }) => [executionOrder, nestingLevel, importance]),
      ),
    ).toEqual([
      [
        [1, 0, 'unimportant'],
        [1, 1, 'essential'],
        [3, 1, 'essential'],
      ],
      [
        [2, 0, 'unimportant'],
        [2, 1, 'essential'],
        [4, 1, 'essential'],
      ],
    ]);
  });
  it('has addresses relative to the repository, each segment encoded', () => {
    expect(run?.results?.[1]?.locations?.[0]?.physicalLocation?.artifactLocation).toEqual({
      uri: 'packages/bank%20%26%20co/src/a%20b/%C3%BC%23%3F.ts',
      uriBaseId: '%SRCROOT%',
    });
    expect(run?.automationDetails?.id).toBe('conc-audit/packages/bank%20%26%20co/');
  });
  it('makes no links of brackets in the code', () => {
    expect(run?.results?.[1]?.message.text).toContain('\\[here\\](1)');
    expect(run?.results?.[0]?.message.text).toContain('[takes `from.lock`](1)');
  });
  it('tells of skipped and unread files, and of the configuration apart', () => {
    const [invocation] = run?.invocations ?? [];
    expect(invocation?.executionSuccessful).toBe(true);
    expect(
      invocation?.toolExecutionNotifications?.map(({ descriptor, level }) => `${descriptor?.id} ${level}`),
    ).toEqual(['syntax-error error', 'gave-up note', 'skipped note']);
    expect(invocation?.toolConfigurationNotifications?.map(({ descriptor }) => descriptor?.id)).toEqual(['config']);
  });
  it('keeps the limits of code scanning, and says what it left out', () => {
    const related = Array.from({ length: 300 }, (_, i) => ({ ...place('src/a.ts', i + 1), message: `place ${i}` }));
    const steps = Array.from({ length: 500 }, (_, i) => ({
      ...place('src/a.ts', i + 1),
      message: `step ${i}`,
      kind: 'call' as const,
      depth: i,
      importance: 'important' as const,
      order: i,
    }));
    const findings = Array.from({ length: 5010 }, (_, i) =>
      finding({
        related: i === 0 ? related : [],
        witnesses: i === 0 ? [{ title: 't', steps }] : [],
        fingerprint: `p${i}`,
      }),
    );
    const large = toSarif({ ...REPORT, findings });
    expect(semanticErrors(large)).toEqual([]);
    const [first] = large.runs;
    expect(first?.results).toHaveLength(5000);
    expect(JSON.stringify(first?.invocations)).toContain('10 more findings');
    const locations = first?.results?.[0]?.codeFlows?.[0]?.threadFlows[0]?.locations ?? [];
    expect(locations).toHaveLength(60);
    expect(locations[30]?.location?.message?.text).toBe('… 440 more steps, then: step 470');
  });
});

describe('text', () => {
  const render = (options: Partial<RenderOptions> = {}, report: AuditReport = REPORT): string =>
    text.render(report, { ...DEFAULT_RENDER, ...options });
  it('is this for the sample report', () => {
    expect(render()).toMatchSnapshot();
  });
  it('starts with verdict, score and the three to fix first, each with one line why', () => {
    const findings = [1, 2, 3, 4].map(n =>
      finding({ message: `defect ${n}`, fingerprint: `x${n}`, why: `reason ${n}` }),
    );
    const lines = render({}, { ...REPORT, findings }).split('\n');
    expect(lines[0]).toMatch(/^Verdict: blocked/);
    expect(lines[1]).toBe('Score: 4.2-7.1 of 10');
    expect(lines.slice(3, 10).filter(line => /defect|reason/.test(line))).toEqual([
      '  1. lock-order-cycle src/bank.ts:12:3  defect 1',
      '     why: reason 1',
      '  2. lock-order-cycle src/bank.ts:12:3  defect 2',
      '     why: reason 2',
      '  3. lock-order-cycle src/bank.ts:12:3  defect 3',
      '     why: reason 3',
    ]);
  });
  it('hides notes unless asked or strict, and tells how many', () => {
    expect(render()).not.toContain('a note');
    expect(render()).toContain(
      '2 notes (--show notes), 3 of low confidence (--preset strict), 1 suppressed in the code',
    );
    expect(render({ showNotes: true })).toContain('a note');
    expect(render({}, { ...REPORT, preset: 'strict' })).toContain('a note');
  });
  it('lets nothing from the code act on the terminal', () => {
    const evil = '\u001b]0;x\u0007\n::error::\u202e';
    const report = {
      ...REPORT,
      findings: [
        finding({
          message: evil,
          why: evil,
          location: place(`src/${evil}.ts`, 1),
          frame: { firstLine: 1, lines: [evil], marked: 1 },
        }),
      ],
    };
    const rendered = render({}, report);
    expect(rendered).not.toMatch(/[\u001b\u0007\u202e]/);
    expect(rendered).not.toMatch(/^::error/m);
    expect(rendered).toContain('\\u{1b}]0;x\\u{7}');
  });
  it('colours only when asked', () => {
    expect(render()).not.toContain('\u001b[');
    expect(render({ color: true })).toContain('\u001b[31m');
  });
  it('marks the columns under tabs too', () => {
    const lines = render().split('\n');
    const at = lines.findIndex(line => line.includes('> 1 |'));
    expect(lines[at]).toBe('    > 1 |  save();');
    expect(lines[at + 1]).toBe('        | ^^^^');
  });
  it('is the verdict alone when quiet, and everything when verbose', () => {
    expect(render({ verbosity: 'quiet' }).split('\n')).toHaveLength(3);
    expect(render({ verbosity: 'verbose' })).toContain('too many paths');
    expect(render({ verbosity: 'verbose' })).toContain('a.d.ts, b.d.ts');
  });
  it('writes paths as seen from the working directory', () => {
    expect(render({ base: '../bank' })).toContain('../bank/src/bank.ts:12:3');
  });
});
