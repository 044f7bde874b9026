/**
 * Source-to-source instrumentation: inserts the calls of `runtime.cjs`, moves no line and keeps TypeScript TypeScript,
 * so that the project's own tool chain goes on as before and all recorded positions are those of the original text.
 *
 * Left out: implicit calls (accessors, iterators, `toString`, `then`, disposal) have no site of their own; decorators,
 * enums and the calls that other tools read as syntax (`keepsItsShape`) stay as they are.
 */
import ts from 'typescript';
import { Edits } from './edits.mjs';
import {
  afterDirectives,
  baseClassOf,
  calls,
  declaresTwice,
  endsChainWithCall,
  hasConstructor,
  hasModifier,
  isCall,
  isDecorated,
  isInert,
  isInnerLink,
  keepsItsShape,
} from './syntax.mjs';

const { SyntaxKind: K } = ts;
/** The local variable of an instrumented function that keeps what its exit puts back. */
const STATE = '__co$s';

/**
 * @param {string} text source text
 * @param {string} file its path, as the manifest will say it
 * @param {{ sites: object[], functions: object[] }} manifest gets the calls and functions found; ids are index + 1
 * @returns {string} the instrumented text
 */
export function instrument(text, file, manifest) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  if (source.parseDiagnostics.length > 0)
    throw new SyntaxError(`${file}: ${String(source.parseDiagnostics[0].messageText)}`);
  const transform = new Transform(file, manifest);
  transform.visitChildren(source);
  return transform.edits.apply(text);
}

function shortText(node) {
  const text = node.getText().replace(/\s+/g, ' ');
  return text.length > 80 ? `${text.slice(0, 40)}…${text.slice(-39)}` : text;
}

class Transform {
  edits = new Edits();
  /** The innermost function: how it begins and ends. Undefined in module code. */
  #frame;

  constructor(file, manifest) {
    this.file = file;
    this.manifest = manifest;
  }

  visitChildren(node) {
    ts.forEachChild(node, child => this.visit(child));
  }

  visit(node) {
    if (isInert(node)) return;
    if (ts.isFunctionLike(node)) this.#function(node);
    else if (ts.isClassLike(node)) this.#class(node);
    else if (ts.isDecorator(node)) this.#decorator(node);
    else if (isCall(node)) this.#call(node);
    else if (endsChainWithCall(node)) this.#around(node, '__co.c(', () => this.visitChildren(node));
    else if (ts.isPropertyDeclaration(node)) this.#field(node);
    else if (ts.isAwaitExpression(node) && this.#frame) this.#suspension(node, 'w', 'v');
    else if (ts.isYieldExpression(node)) this.#yield(node);
    else if (ts.isForOfStatement(node) && node.awaitModifier && this.#frame) this.#forAwait(node);
    else if (ts.isReturnStatement(node) && this.#frame?.returns) this.#return(node);
    else if (ts.isCatchClause(node))
      this.#clearing(node.block, () => node.variableDeclaration && this.visit(node.variableDeclaration));
    else if (ts.isTryStatement(node)) this.#try(node);
    else this.visitChildren(node);
  }

  #around(node, before, fill) {
    this.edits.around(node.getStart(), before, node.end, ')', fill);
  }

  #id(list, node, more) {
    return list.push({ file: this.file, start: node.getStart(), end: node.end, ...more });
  }

  #decorator(node) {
    if (ts.isCallExpression(node.expression)) this.visitChildren(node.expression);
    else this.visit(node.expression);
  }

  // Calls

  #call(node) {
    if (ts.isTaggedTemplateExpression(node)) this.#tagged(node);
    else if (keepsItsShape(node)) this.visitChildren(node);
    else if (isInnerLink(node)) this.#arguments(node);
    else if (
      node.expression.kind === K.SuperKeyword &&
      ts.isExpressionStatement(node.parent) &&
      ts.isBlock(node.parent.parent)
    ) {
      // Compilers look for the plain statement `super(…)` to put field initialisers after it.
      this.#arguments(node);
      this.edits.insert(node.parent.end, ';__co.k();');
    } else this.#around(node, '__co.c(', () => this.#arguments(node));
  }

  #arguments(node) {
    const site = this.#id(this.manifest.sites, node, { callee: shortText(node.expression) });
    this.visit(node.expression);
    const args = node.arguments;
    if (args === undefined) return this.edits.insert(node.end, `(...__co.z(${site}))`);
    const last = args.at(-1);
    for (const argument of args) {
      if (argument === last && !ts.isSpreadElement(last)) this.#around(last, `__co.a(${site},`, () => this.visit(last));
      else this.visit(argument);
    }
    if (last === undefined) this.edits.insert(node.end - 1, `...__co.z(${site})`);
    else if (ts.isSpreadElement(last)) this.edits.insert(last.end, `,...__co.z(${site})`);
  }

  #tagged(node) {
    const site = this.#id(this.manifest.sites, node, { callee: shortText(node.tag) });
    const before = `__co.a(${site},`;
    const { tag, template } = node;
    this.#around(node, '__co.c(', () => {
      if (ts.isTemplateExpression(template)) {
        const last = template.templateSpans.at(-1);
        this.visit(tag);
        for (const span of template.templateSpans) {
          if (span === last) this.#around(span.expression, before, () => this.visit(span.expression));
          else this.visit(span.expression);
        }
      } else if (!ts.isPropertyAccessExpression(tag)) this.#around(tag, before, () => this.visit(tag));
      else if (tag.expression.kind !== K.SuperKeyword)
        this.#around(tag.expression, before, () => this.visit(tag.expression));
    });
  }

  // Functions

  #function(node) {
    const { body } = node;
    if (body === undefined || node.parameters === undefined) return;
    if (node.name) this.visit(node.name);
    if (ts.canHaveDecorators(node)) ts.getDecorators(node)?.forEach(decorator => this.visit(decorator));
    const outer = this.#frame;
    this.#frame = undefined;
    for (const parameter of node.parameters) this.#binding(parameter);
    this.#frame = this.#frameOf(node);
    if (ts.isBlock(body)) this.#block(body);
    else this.#expressionBody(body);
    this.#frame = outer;
  }

  #frameOf(node) {
    const async = hasModifier(node, K.AsyncKeyword);
    const generator = node.asteriskToken !== undefined;
    const accessor = ts.isAccessor(node);
    const id = this.#id(this.manifest.functions, node, accessor ? { accessor } : {});
    const enter = accessor ? '__co.n()' : `__co.${generator ? 'eg' : async ? 'ea' : 'e'}(${id})`;
    // Compilers want `super(…)` at the top of a constructor, not in a `try`. An exception needs no exit there:
    // whoever called the constructor puts its own site back.
    const returns = ts.isConstructorDeclaration(node) || (ts.isBlock(node.body) && declaresTwice(node.body));
    return { enter, state: async || generator ? 'a' : '', generator, returns };
  }

  #block(body) {
    const { enter, state, returns } = this.#frame;
    const exit = `__co.x${state}(${STATE});`;
    const begin = afterDirectives(body);
    this.edits.insert(begin, `;const ${STATE}=${enter};${returns ? '' : 'try{'}`);
    this.visitChildren(body);
    this.edits.insert(body.end - 1, returns ? `;${exit}` : `}finally{${exit}}`);
  }

  #expressionBody(body) {
    const { enter, state } = this.#frame;
    this.edits.insert(body.getStart(), `{const ${STATE}=${enter};try{return `);
    this.visit(body);
    this.edits.insert(body.end, `}finally{__co.x${state}(${STATE});}}`);
  }

  #return(node) {
    const { state } = this.#frame;
    if (node.expression) this.#around(node.expression, `__co.r${state}(${STATE},`, () => this.visit(node.expression));
    else this.edits.insert(node.getStart() + 'return'.length, ` __co.x${state}(${STATE})`);
  }

  /** Default values of parameters run between the call and the body: they must not lose the pending site. */
  #binding(node) {
    if (ts.canHaveDecorators(node)) ts.getDecorators(node)?.forEach(decorator => this.visit(decorator));
    if (node.propertyName) this.visit(node.propertyName);
    if (ts.isObjectBindingPattern(node.name) || ts.isArrayBindingPattern(node.name)) {
      for (const element of node.name.elements) if (ts.isBindingElement(element)) this.#binding(element);
    }
    if (node.initializer) this.#aside(node.initializer);
  }

  #aside(initializer) {
    if (calls(initializer)) this.#around(initializer, '__co.r(__co.n(),', () => this.visit(initializer));
    else this.visit(initializer);
  }

  // Classes

  #class(node) {
    const outer = this.#frame;
    if (!hasConstructor(node) && !isDecorated(node) && baseClassOf(node)?.kind !== K.NullKeyword)
      this.#implicitConstructor(node);
    this.visitChildren(node);
    this.#frame = outer;
  }

  #implicitConstructor(node) {
    const id = this.#id(this.manifest.functions, node, { implicit: true });
    const begin = `const ${STATE}=__co.e(${id});`;
    const end = `__co.x(${STATE});}`;
    if (baseClassOf(node) === undefined) return this.edits.insert(node.members.pos, `constructor(){${begin}${end}`);
    const site = this.#id(this.manifest.sites, node, { implicit: true });
    this.edits.insert(
      node.members.pos,
      `constructor(...args){${begin}super(...args,...__co.z(${site}));__co.k();${end}`,
    );
  }

  #field(node) {
    ts.getDecorators(node)?.forEach(decorator => this.visit(decorator));
    this.visit(node.name);
    const outer = this.#frame;
    this.#frame = undefined;
    if (node.initializer) this.#aside(node.initializer);
    this.#frame = outer;
  }

  // Suspensions and exceptions

  #suspension(node, after, before) {
    this.#around(node, `__co.${after}(${STATE},`, () => {
      this.#around(node.expression, `__co.${before}(${STATE},`, () => this.visit(node.expression));
    });
  }

  #yield(node) {
    if (node.asteriskToken) {
      this.#around(node, `__co.u(${STATE},`, () => {
        this.#around(node.expression, `__co.d(${STATE},`, () => this.visit(node.expression));
      });
    } else if (node.expression) this.#suspension(node, 'u', 'y');
    else this.edits.around(node.getStart(), `__co.u(${STATE},`, node.end, ` __co.y(${STATE}))`, () => undefined);
  }

  #forAwait(node) {
    this.visit(node.initializer);
    this.#around(node.expression, `__co.w(${STATE},`, () => this.visit(node.expression));
    this.visit(node.statement);
  }

  #try(node) {
    this.visit(node.tryBlock);
    if (node.catchClause) this.visit(node.catchClause);
    if (node.finallyBlock) this.#clearing(node.finallyBlock, () => undefined);
  }

  #clearing(block, before) {
    before();
    this.edits.insert(block.statements.pos, '__co.k();');
    this.visitChildren(block);
  }
}
