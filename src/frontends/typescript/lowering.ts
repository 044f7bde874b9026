/**
 * The interface between the two halves of the front end: statements and expressions (`lowerBody.ts`,
 * `lowerExpression.ts`) on one side, questions to the checker and library effects (`questions.ts`, `lowerEffects.ts`)
 * on the other.
 */
import type { ts } from 'ts-morph';
import type { Api } from '../../libraries/library.ts';
import type {
  At,
  FunctionFacts,
  FunctionId,
  Gives,
  LockKind,
  PathStep,
  Target,
  TypeId,
  ValueId,
} from '../../model/facts.ts';
import type { FunctionBuilder } from './builder.ts';

/** What a name or property access means, as far as places are concerned. */
export type Meaning =
  /** A local variable or parameter; `declaration` tells which (compare by identity). */
  | { kind: 'local'; declaration: ts.Declaration }
  /** A top-level variable, function or class of a project file; imports are followed to the declaring file. */
  | { kind: 'module'; file: string; name: string; declaration: ts.Declaration }
  /** `import * as ns`, `export * as ns`: a whole module of the project. */
  | { kind: 'namespace'; file: string }
  /** Declared outside of the project: `async-mutex#withTimeout`, `lib#process`, `node:fs#readFile`. */
  | { kind: 'external'; name: string }
  | { kind: 'unknown' };

/** Every question that the front end asks the type checker. A native checker could answer them later. */
export interface Questions {
  meaningOf(name: ts.Identifier): Meaning;
  /** The field step for `x.name`: with the declaring type when the checker knows the property's symbol. */
  fieldOf(access: ts.PropertyAccessExpression | ts.ElementAccessExpression | ts.BindingElement, name: string): PathStep;
  /** A getter or setter body that the access runs, when it is one of the project's. */
  accessorOf(access: ts.PropertyAccessExpression | ts.BindingElement, kind: 'get' | 'set'): FunctionId | undefined;
  /** Type id of the (non-nullable, non-promise-unwrapped) type of an expression, or null. */
  typeIdOf(node: ts.Node): TypeId | null;
  /** The type of the project that an object literal is wanted as (an argument, an initialiser); null for any other. */
  wantedAs(node: ts.ObjectLiteralExpression): TypeId | null;
  /** Type id of a type node or declaration, or null. */
  typeIdOfDeclaration(declaration: ts.Declaration): TypeId | null;
  /** What a call calls. `value` targets come back as `'value'`: the caller lowers the callee expression itself. */
  calleeOf(
    call: ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression | ts.Decorator,
  ): Exclude<Target, { kind: 'value' }> | { kind: 'callee-value' };
  /** The table entry for an external target, by installed version. */
  apiOf(external: string): Api | undefined;
  /** Of an API without an entry: whether its package works outside of the process. */
  worksOutside(external: string): boolean;
  /** What the call's type says of its result; `cheaply`: `unknown` where only inference from the arguments would tell. */
  givesOf(node: ts.Expression, cheaply?: boolean): Gives;
  /** Whether the elements of an array type are primitive or objects (for `sort`). */
  elementsOf(node: ts.Expression): 'primitive' | 'object' | 'unknown';
  /** Whether a value of the expression's type can be called (`any` can). */
  mayBeCalled?(node: ts.Expression): boolean;
  /** Who takes a function given here, when the declared type says that what it returns is ignored. */
  ignoredAt(node: ts.Node): { taker: string } | undefined;
  /** What a function expression, or a reference to a function, gives when it is called. */
  returnedBy(node: ts.Node): 'promise' | 'maybe-promise' | undefined;
  /** What the type of an expression says of a promise; `or-value`: a promise or a primitive value. */
  promiseIn(node: ts.Expression, whenCalled?: boolean): 'promise' | 'or-value' | 'value' | 'unknown';
  /** The name of the class that an expression is, is an object of, or (`Repository<Account>`) is a collection of. */
  recordsOf(node: ts.Expression): string | undefined;
  /** It names a place that is declared as one which may hold nothing. */
  mayHoldNothing(node: ts.Expression): boolean;
  /** The expression's value is never nothing, by its type. */
  isThere(node: ts.Expression): boolean;
  /** Where a callee takes a signal by its declared type; undefined: nowhere, or its type is not known. */
  signalOf(call: ts.CallExpression): { argument: number; option?: string } | undefined;
  /** Whether an expression, by its type, has this option (`null`: is a signal itself). */
  hasOption(node: ts.Expression, option: string | null): 'yes' | 'no' | 'unknown';
  /** The path to the signal that a parameter is or has; undefined: none. */
  signalIn(parameter: ts.ParameterDeclaration): string[] | undefined;
  /** What is known of a lock type; adds it to the file's `locks`. */
  lockKind(type: TypeId): LockKind | undefined;
  /** The id given to a function-like declaration (the extractor of its file numbers it the same way). */
  functionIdOf(declaration: ts.Node): FunctionId | undefined;
}

/** A call being lowered through a table entry. Arguments are lowered already, in order. */
export interface CallSite {
  node: ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression;
  at: At;
  /** `async-mutex#Mutex.runExclusive`. */
  external: string;
  /** For an external name `Type()`: the value called. */
  receiver?: ValueId;
  args: ValueId[];
  spreads: number[];
  optional: boolean;
  /** Of a decorated class, which is the only argument: a member with a body, by name. */
  member?(name: string): ValueId | undefined;
}

/** What `lowerEffects` needs from the extractor, besides the builder of the function that the call stands in. */
export interface EffectContext {
  builder: FunctionBuilder;
  questions: Questions;
  /** Adds a synthetic function to the module and gives its builder; `label` is `runExclusive`, made unique as `label:n`. */
  addSynthetic(
    label: string,
    at: At,
    parameters: FunctionFacts['parameters'],
    calling: FunctionFacts['calling'],
  ): FunctionBuilder;
  /** The function expression of an argument, when it is one (to count its parameters, or read a comparator). */
  functionNode(node: ts.Expression): ts.FunctionLikeDeclaration | undefined;
  /** The array in `node` was put in order in place: a local variable holds `value` from here on. */
  rebind?(node: ts.Expression, value: ValueId): void;
  /** The calls lowered so far that the tables know, of this function. */
  readonly calls: Map<ts.Node, CallSite>;
  /** The file's `test` flag. */
  test: boolean;
}

/** What the lowering of the bodies leaves for the type, export and import facts of the file. */
export interface LoweredBodies {
  functions: FunctionFacts[];
  /**
   * The value, in the module body, of a top-level variable, function or class (namespace members: `N.x`); undefined
   * when the file declares none of that name.
   */
  moduleValue(name: string): ValueId | undefined;
  /**
   * Values, in the module body, of what is exported by expression: `default` for `export default <expression>`, `export=`
   * for `export = e` and `module.exports = e`, `x` for `exports.x = e` and `module.exports.x = e`.
   */
  exported: ReadonlyMap<string, ValueId>;
  /** Field initialisers, and parameters that are fields: values of the class's constructor function (static ones: absent). */
  initials: ReadonlyMap<ts.Node, ValueId>;
  /** Decorated methods and accessors: what a call really calls, in the module body. */
  decorated: ReadonlyMap<ts.Node, ValueId>;
}
