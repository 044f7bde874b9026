/** What lowering carries along: the file, and per function its builder, local values and jump targets. */
import { ts } from 'ts-morph';
import type { At, Condition, FunctionFacts, FunctionId, Gap, TypeId, ValueId } from '../../model/facts.ts';
import { FunctionBuilder } from './builder.ts';
import { isShared, type FileScopes, type FunctionScope, type Variable } from './fileScopes.ts';
import type { LoadedFile, LoadedProject } from './loader/loaded.ts';
import { Locals, type Arm } from './locals.ts';
import type { EffectContext, Questions } from './lowering.ts';
import type { OwnFields } from './memberIndex.ts';

/** One file being extracted. */
export interface FileContext {
  project: LoadedProject;
  loaded: LoadedFile;
  questions: Questions;
  scopes: FileScopes;
  fields: OwnFields;
  accessors: ReadonlySet<string>;
  /** Named types of variables and parameters, as far as they were asked. */
  declaredTypes: Map<ts.Declaration, TypeId | null>;
  gaps: Gap[];
  functions: FunctionFacts[];
  /** Ids given in this file, synthetic functions included. */
  ids: Set<FunctionId>;
  exported: Map<string, ValueId>;
  initials: Map<ts.Node, ValueId>;
  decorated: Map<ts.Node, ValueId>;
}

/** A loop, switch or labelled block that `break` or `continue` leaves for. */
export interface JumpTarget {
  label: string | undefined;
  takesPlain: 'break' | 'both' | 'none';
  depth: number;
  breaks: Arm<Variable>[];
  continues: Arm<Variable>[];
}

/** One function being lowered. */
export class FunctionContext {
  readonly file: FileContext;
  readonly scope: FunctionScope;
  readonly builder: FunctionBuilder;
  readonly locals = new Locals<Variable>();
  readonly jumps: JumpTarget[] = [];
  /** Label of the statement about to be lowered. */
  pendingLabel: string | undefined;
  /** Calls lowered ahead of their turn (the inner links of long chains). */
  readonly lowered = new Map<ts.Node, ValueId>();
  /** Values of captured variables that never change. */
  readonly captured = new Map<Variable, ValueId>();
  /** Local values that were read since they were assigned. */
  readonly read = new Set<ValueId>();
  readonly effects: EffectContext;
  self: ValueId | undefined;
  readonly #source: ts.SourceFile;

  constructor(file: FileContext, scope: FunctionScope, facts: FunctionFacts) {
    this.file = file;
    this.scope = scope;
    this.builder = new FunctionBuilder(facts, file.gaps);
    this.#source = file.loaded.source;
    this.effects = {
      builder: this.builder,
      questions: file.questions,
      test: file.project.isTest(file.loaded.file),
      functionNode,
      calls: new Map(),
      rebind: (node, value) => this.#rebind(node, value),
      addSynthetic: (label, at, parameters, calling) => this.#addSynthetic(label, at, parameters, calling),
    };
  }

  get questions(): Questions {
    return this.file.questions;
  }

  at(node: ts.Node): At {
    return [node.getStart(this.#source), node.end];
  }

  gap(node: ts.Node, reason: string): void {
    const at = this.at(node);
    this.builder.gap(at, reason, this.#source.text.slice(at[0], Math.min(at[1], at[0] + 130)).replace(/\s+/g, ' '));
  }

  /** One value for several that may reach here. */
  choice(values: readonly ValueId[], when: Condition | null = null): ValueId {
    const [first] = values;
    if (first !== undefined && values.every(value => value === first)) return first;
    return this.builder.value({ kind: 'choice', values: [...values], when });
  }

  /** Goes on behind several ways; behind two, `when` may tell which was taken: the first where it is met. */
  merge(arms: readonly Arm<Variable>[], when: Condition | null = null): void {
    const both = arms.length === 2 && arms.every(arm => arm.falls);
    this.locals.merge(arms, values => this.choice(values, both ? when : null));
  }

  #rebind(node: ts.Expression, value: ValueId): void {
    const name = bare(node);
    const declaration = ts.isIdentifier(name) ? this.file.scopes.declarationOf(name) : undefined;
    const variable = declaration && this.file.scopes.variableOf(declaration);
    if (variable?.owner === this.scope && !isShared(variable) && this.locals.get(variable) !== undefined)
      this.locals.set(variable, value);
  }

  #addSynthetic(
    label: string,
    at: At,
    parameters: FunctionFacts['parameters'],
    calling: FunctionFacts['calling'],
  ): FunctionBuilder {
    let number = 0;
    while (this.file.ids.has(`${this.scope.id}/${label}:${number}`)) number++;
    const id = `${this.scope.id}/${label}:${number}`;
    this.file.ids.add(id);
    const name = `${label} in ${this.builder.facts.name}`;
    const facts = { ...emptyFunction(id, name, at, at, calling), parameters, synthetic: true };
    this.file.functions.push(facts);
    return new FunctionBuilder(facts, this.file.gaps);
  }
}

/** Facts of a function without parameters, values or steps. */
export function emptyFunction(
  id: FunctionId,
  name: string,
  at: At,
  nameAt: At,
  calling: FunctionFacts['calling'],
): FunctionFacts {
  const owner: TypeId | null = null;
  return {
    id,
    name,
    at,
    nameAt,
    parameters: [],
    calling,
    parent: null,
    owner,
    isStatic: false,
    synthetic: false,
    captures: [],
    slots: {},
    values: [],
    body: [],
  };
}

/** Without parentheses, `as`, `satisfies`, `!` and type arguments. */
export function bare(node: ts.Expression): ts.Expression {
  let expression = node;
  while (
    ts.isParenthesizedExpression(expression) ||
    ts.isAsExpression(expression) ||
    ts.isSatisfiesExpression(expression) ||
    ts.isNonNullExpression(expression) ||
    ts.isTypeAssertionExpression(expression) ||
    ts.isExpressionWithTypeArguments(expression)
  )
    expression = expression.expression;
  return expression;
}

function functionNode(node: ts.Expression): ts.FunctionLikeDeclaration | undefined {
  const expression = bare(node);
  return ts.isArrowFunction(expression) || ts.isFunctionExpression(expression) ? expression : undefined;
}
