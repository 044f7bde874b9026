/** SARIF 2.1.0, shaped by what code-scanning services read and limit. */
import type {
  CodeFlow,
  Location as SarifLocation,
  Log,
  Notification,
  PhysicalLocation,
  ReportingDescriptor,
  Result,
  Run,
  ThreadFlowLocation,
} from 'sarif';
import type {
  AuditReport,
  Diagnostic,
  Finding,
  Location,
  RuleInfo,
  WitnessPath,
  WitnessStep,
} from '../model/report.ts';
import { defineReporter } from './reporter.ts';
import { cutText } from '../util/cutText.ts';

/** Services keep 5,000 results of a run, 100 related locations of a result. */
const MAX_RESULTS = 5000;
const MAX_RELATED = 100;
const MAX_STEPS = 60;
const MAX_NOTIFICATIONS = 1000;
const MAX_TITLE = 1024;
const ROOT = '%SRCROOT%';

export default defineReporter({
  name: 'sarif',
  describe: 'SARIF 2.1.0 for code scanning',
  render: report => `${JSON.stringify(toSarif(report), null, 2)}\n`,
});

/** The log of a report. Suppressed findings stay out: services open alerts for them. Exported for typed use in tests. */
export function toSarif(report: AuditReport): Log {
  const rules = report.rules.filter(({ enabled }) => enabled);
  const shown = report.findings.filter(({ suppressed }) => !suppressed);
  const results = shown.slice(0, MAX_RESULTS);
  const notifications = report.diagnostics
    .filter(({ kind }) => kind !== 'config')
    .map(item => notification(item, report.prefix));
  const run: Run = {
    tool: {
      driver: {
        name: report.tool.name,
        version: report.tool.version,
        semanticVersion: report.tool.version,
        informationUri: 'https://www.npmjs.com/package/conc-audit',
        rules: rules.map(descriptor),
        notifications: notificationDescriptors(report, shown.length),
      },
    },
    automationDetails: { id: `conc-audit/${report.prefix === '' ? '' : `${encodePath(report.prefix)}/`}` },
    originalUriBaseIds: {
      [ROOT]: { description: { text: 'The top level of the repository, or the audited folder outside of one.' } },
    },
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: true,
        toolExecutionNotifications: [
          ...capNotifications(notifications),
          ...skippedNotes(report),
          ...capNote(shown.length),
        ],
        toolConfigurationNotifications: report.diagnostics
          .filter(({ kind }) => kind === 'config')
          .map(item => notification(item, report.prefix)),
      },
    ],
    results: results.map(finding => toResult(finding, rules, report.prefix)),
    properties: {
      verdict: report.verdict,
      score: report.score,
      coverage: report.coverage,
      suppressed: report.hidden.suppressed,
    },
  };
  return { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
}

function descriptor(rule: RuleInfo): ReportingDescriptor {
  return {
    id: rule.id,
    name: rule.id.replace(/(^|-)([a-z])/g, (_, _dash: string, letter: string) => letter.toUpperCase()),
    shortDescription: { text: cutText(sentence(rule.title), MAX_TITLE) },
    fullDescription: {
      text: cutText(`${sentence(rule.title)} Why: ${sentence(rule.why)} What to do: ${sentence(rule.fix)}`, MAX_TITLE),
    },
    help: { text: rule.help, markdown: rule.help },
    defaultConfiguration: { level: rule.level },
    properties: {
      tags: ['concurrency', ...(rule.item ? [`checklist/${rule.item}`] : [])],
      precision: 'high',
      'problem.severity': rule.level === 'note' ? 'recommendation' : rule.level,
    },
  };
}

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

function toResult(finding: Finding, rules: readonly RuleInfo[], prefix: string): Result {
  const related = finding.related.slice(0, MAX_RELATED);
  const relatedLocations = related.map((place, index): SarifLocation => ({
    id: index + 1,
    physicalLocation: physical(place, prefix),
    message: { text: place.message },
  }));
  return {
    ruleId: finding.rule,
    ruleIndex: rules.findIndex(({ id }) => id === finding.rule),
    level: finding.level,
    message: { text: messageText(finding, related.length) },
    locations: [
      {
        physicalLocation: physical(finding.location, prefix),
        logicalLocations: [{ fullyQualifiedName: finding.symbol, kind: 'function' }],
      },
    ],
    ...(relatedLocations.length > 0 ? { relatedLocations } : {}),
    ...(finding.witnesses.length > 0 ? { codeFlows: [codeFlow(finding.witnesses, prefix)] } : {}),
    partialFingerprints: {
      primaryLocationLineHash: finding.lineHash,
      'concAudit/identity/v1': finding.fingerprint,
    },
    properties: {
      precision: finding.confidence,
      ...(finding.item ? { item: finding.item } : {}),
      ...(finding.assumptions.length > 0 ? { assumptions: finding.assumptions } : {}),
    },
  };
}

/** The message with its brackets made harmless, the reason and the remedy, and links to the first related places. */
function messageText({ message, why, fix, related }: Finding, count: number): string {
  const links = related
    .slice(0, Math.min(count, 8))
    .map((place, index) => `[${escapeBrackets(place.message)}](${index + 1})`);
  const story = links.length > 0 ? ` See: ${links.join('; ')}.` : '';
  return `${escapeBrackets(sentence(message))} Why: ${escapeBrackets(sentence(why))} What to do: ${escapeBrackets(sentence(fix))}${story}`;
}

/** In a SARIF message `[x](1)` is a link; brackets that come from code are not meant so. */
const escapeBrackets = (text: string): string => text.replace(/[\\[\]]/g, '\\$&');

function physical(place: Location, prefix: string): PhysicalLocation {
  return {
    artifactLocation: { uri: uriOf(place.file, prefix), uriBaseId: ROOT },
    region: {
      startLine: place.line,
      startColumn: place.column,
      endLine: place.endLine,
      endColumn: place.endColumn,
    },
  };
}

const uriOf = (file: string, prefix: string): string => encodePath(prefix === '' ? file : `${prefix}/${file}`);

/** Percent-encodes each segment. Lone surrogates, which no URI can hold, become the replacement character. */
function encodePath(file: string): string {
  return file
    .split('/')
    .map(segment =>
      encodeURIComponent(segment.replace(/\p{Cs}/gu, '\ufffd')).replace(
        /[!'()*]/g,
        char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/');
}

/** One thread flow for each participant; `executionOrder` tells the interleaving across them. */
function codeFlow(witnesses: readonly WitnessPath[], prefix: string): CodeFlow {
  return {
    threadFlows: witnesses.map(({ title, steps }, index) => ({
      id: String(index + 1),
      message: { text: title },
      locations: elide(steps).map(step => flowLocation(step, prefix)),
    })),
  };
}

/** Long paths lose their middle; the step after the gap says how much. */
function elide(steps: readonly WitnessStep[]): WitnessStep[] {
  if (steps.length <= MAX_STEPS) return [...steps];
  const half = Math.floor(MAX_STEPS / 2);
  const tail = steps.slice(steps.length - half);
  const [first, ...rest] = tail;
  const gap = steps.length - 2 * half;
  return [
    ...steps.slice(0, half),
    ...(first ? [{ ...first, message: `… ${gap} more steps, then: ${first.message}` }] : []),
    ...rest,
  ];
}

function flowLocation(step: WitnessStep, prefix: string): ThreadFlowLocation {
  return {
    location: { physicalLocation: physical(step, prefix), message: { text: step.message } },
    nestingLevel: step.depth,
    executionOrder: step.order,
    importance: step.importance,
    kinds: step.kind === 'acquire' || step.kind === 'release' ? [step.kind, 'lock'] : [step.kind],
  };
}

function notification(item: Diagnostic, prefix: string): Notification {
  const place = item.file === undefined ? undefined : physicalOf(item.file, item.line, prefix);
  return {
    descriptor: { id: item.kind },
    level: item.severity === 'info' ? 'note' : item.severity,
    message: { text: item.message },
    ...(place ? { locations: [{ physicalLocation: place }] } : {}),
  };
}

function physicalOf(file: string, line: number | undefined, prefix: string): PhysicalLocation {
  return {
    artifactLocation: { uri: uriOf(file, prefix), uriBaseId: ROOT },
    ...(line === undefined ? {} : { region: { startLine: line } }),
  };
}

const skippedNotes = ({ skipped }: AuditReport): Notification[] =>
  skipped.map(({ reason, count, examples }) => ({
    descriptor: { id: 'skipped' },
    level: 'note',
    message: { text: `${count} files left out: ${reason}. For example ${examples.join(', ')}.` },
  }));

function capNotifications(all: Notification[]): Notification[] {
  if (all.length <= MAX_NOTIFICATIONS) return all;
  const rest = all.length - MAX_NOTIFICATIONS;
  return [
    ...all.slice(0, MAX_NOTIFICATIONS),
    {
      descriptor: { id: 'truncated' },
      level: 'warning',
      message: { text: `${rest} more notifications are left out.` },
    },
  ];
}

const capNote = (findings: number): Notification[] =>
  findings <= MAX_RESULTS
    ? []
    : [
        {
          descriptor: { id: 'truncated' },
          level: 'warning',
          message: { text: `${findings - MAX_RESULTS} more findings, the least grave, are left out.` },
        },
      ];

/** Descriptors of every kind of notification that the run may hold. */
function notificationDescriptors({ diagnostics, skipped }: AuditReport, findings: number): ReportingDescriptor[] {
  const kinds = new Set(diagnostics.map(({ kind }) => kind));
  if (skipped.length > 0) kinds.add('skipped');
  if (findings > MAX_RESULTS || diagnostics.length > MAX_NOTIFICATIONS) kinds.add('truncated');
  return [...kinds]
    .sort((a, b) => (a < b ? -1 : 1))
    .map(kind => ({
      id: kind,
      shortDescription: { text: sentence(kind.replaceAll('-', ' ')) },
      fullDescription: { text: `What the audit says of the run itself: ${kind.replaceAll('-', ' ')}.` },
      help: { text: 'See docs/limits.md for what the audit cannot read.' },
    }));
}
