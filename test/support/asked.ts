/** Asks the checker's questions about an in-memory project: what each call of a file calls, what each statement gives. */
import { ts } from 'ts-morph';
import { createQuestions, type FileQuestions } from '../../src/frontends/typescript/questions.ts';
import type { Library } from '../../src/libraries/library.ts';
import type { Gap, LockKind } from '../../src/model/facts.ts';
import { inMemoryProject } from './inMemory.ts';

export interface Asked {
  questions: FileQuestions;
  source: ts.SourceFile;
  gaps: Gap[];
  locks: Record<string, LockKind>;
}

export function ask(texts: Record<string, string>, file: string, libraries: readonly Library[] = []): Asked {
  const project = inMemoryProject(texts, libraries);
  const loaded = project.load(file);
  if (!loaded) throw new Error(`no file ${file}`);
  const gaps: Gap[] = [];
  const locks: Record<string, LockKind> = {};
  const questions = createQuestions(project, file, {
    locks,
    gap: (at, reason, text) => void gaps.push({ at, reason, text }),
  });
  return { questions, source: loaded.source, gaps, locks };
}

function nodesOf(source: ts.SourceFile): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `callee text → answer` for every call, `new` and tag, in source order; answers as one line. */
export function callees({ questions, source }: Asked): Record<string, string> {
  const answers: Record<string, string> = {};
  for (const node of nodesOf(source)) {
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node) && !ts.isTaggedTemplateExpression(node)) continue;
    const callee = ts.isTaggedTemplateExpression(node) ? node.tag : node.expression;
    answers[(ts.isNewExpression(node) ? 'new ' : '') + callee.getText()] = print(questions.calleeOf(node));
  }
  return answers;
}

function print(callee: ReturnType<FileQuestions['calleeOf']>): string {
  switch (callee.kind) {
    case 'functions':
      return callee.ids.join(' | ');
    case 'method':
      return `${callee.type}::${callee.name}`;
    case 'external':
      return callee.name;
    case 'unresolved':
      return 'unresolved';
    case 'callee-value':
      return 'value';
  }
}

/** What `give` asks for every expression statement: `text → answer`. */
export function statements<T>({ source }: Asked, answer: (expression: ts.Expression) => T): Record<string, T> {
  const found = nodesOf(source).filter(ts.isExpressionStatement);
  return Object.fromEntries(found.map(node => [node.expression.getText(), answer(node.expression)]));
}

/** The first identifier of that text after `after`. */
export function identifier({ source }: Asked, text: string, after = 0): ts.Identifier {
  const found = nodesOf(source).find(
    (node): node is ts.Identifier => ts.isIdentifier(node) && node.text === text && node.getStart() >= after,
  );
  if (!found) throw new Error(`no identifier ${text}`);
  return found;
}
